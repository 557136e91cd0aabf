// Keys, while the focus is in the part. Tab is the browser's.

import { hasModifier, keyName } from "../../../parts/common/keys.js";

export function digitKeys(root, tools, scrub, state) {
  const press = (event) => {
    const act = keyAct(event, tools.does, scrub, state);
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation(); // Streamlit has shortcuts of its own
  };
  root.addEventListener("keydown", press);
  return () => root.removeEventListener("keydown", press);
}

function keyAct(event, does, scrub, state) {
  const key = keyName(event);
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (key === "z") return event.shiftKey ? does.redo : does.undo;
    return key === "y" ? does.redo : null;
  }
  if (hasModifier(event)) return null;
  const target = event.composedPath()[0];
  const isButton = target.matches?.("button, a");
  switch (key) {
    case "p": return does.pen;
    case "e": return does.eraser;
    case "[": return does.thinner;
    case "]": return does.broader;
    case "Delete":
    case "Backspace": return target.matches?.("input, [role=option]") ? null : does.clear;
    case "ArrowLeft": return scrub.acts.back;
    case "ArrowRight": return scrub.acts.forward;
    case "Home": return scrub.acts.first;
    case "End": return scrub.acts.last;
    case " ": return isButton ? null : scrub.acts.play;
    case "Escape":
      if (scrub.running) return scrub.stop;
      return state.get().labelling ? () => state.set({ labelling: false }) : null;
    default: return null;
  }
}
