// Draws nothing: tells the server that another theme was chosen, so that figures which it has coloured come in the new colours.
/** @param {{ parentElement: ParentNode, setTriggerValue: (name: string, value: unknown) => void }} call */
export default function hear({ parentElement, setTriggerValue }) {
  const ear = parentElement.querySelector(".ear");
  if (!ear) return;
  // Its ground takes the theme's colour by a transition, and that is told.
  const tell = () => setTriggerValue("theme", getComputedStyle(ear).backgroundColor);
  ear.addEventListener("transitionend", tell);
  return () => ear.removeEventListener("transitionend", tell);
}
