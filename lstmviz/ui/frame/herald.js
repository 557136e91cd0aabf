// Draws nothing: tells the server once that this page is drawn, but for what waits for that. The run that this brings takes
// the part away, or puts another in its place, where something waits for what it brings.

const PATIENCE = 5000; // ms: a part that does not come keeps nothing waiting for longer
const FRAMES = 3; // that a page must have been drawn for
const AGAIN = 300; // ms of a page at rest, after which it was not heard

/** @param {{ setTriggerValue: (name: string, value: unknown) => void }} call */
export default function herald({ setTriggerValue }) {
  const began = performance.now();
  let waiting = true;
  let [told, rests] = [0, 0]; // when
  let stood = 0; // frames that the page has been drawn for

  const look = () => {
    if (!waiting) return;
    requestAnimationFrame(look);
    const now = performance.now();
    stood = isAtRest() && isDrawn() ? stood + 1 : 0; // more may come while the run goes on
    if (!told && stood < FRAMES && now - began < PATIENCE) return;
    // A part that asks for its own fragment in the same moment takes what is told along, and no whole run comes of it:
    // most ask as they are drawn, and for the others it is told again.
    rests = isAtRest() ? rests || now : 0;
    if (told && !(rests && now - Math.max(told, rests) > AGAIN)) return;
    told = now;
    setTriggerValue("drawn", now);
  };
  requestAnimationFrame(look);
  return () => void (waiting = false);
}

const isAtRest = () => document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-script-state") === "notRunning";

// Whether nothing stands for what is to come, and each part that draws was shown.
function isDrawn() {
  const parts = Array.from(document.querySelectorAll('[data-testid="stMain"] [data-testid^="stBidiComponent"]'));
  const shown = parts.every(({ shadowRoot }) => shadowRoot && !shadowRoot.querySelector(".ground:not([data-ready])"));
  return shown && !document.querySelector('[data-testid="stSkeleton"]');
}
