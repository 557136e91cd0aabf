// Draws nothing: tells the server once that this page is drawn, but for what waits for that.

const PATIENCE = 2000; // ms: a part that does not come keeps nothing waiting for longer

/** @param {{ setTriggerValue: (name: string, value: unknown) => void }} call */
export default function herald({ setTriggerValue }) {
  const began = performance.now();
  let waiting = true;
  const look = () => {
    if (!waiting) return;
    if (!isDrawn() && performance.now() - began < PATIENCE) return void requestAnimationFrame(look);
    waiting = false;
    setTriggerValue("drawn", true);
  };
  requestAnimationFrame(look);
  return () => void (waiting = false);
}

// Whether nothing stands for what is to come, and each part was shown.
function isDrawn() {
  const parts = Array.from(document.querySelectorAll('[data-testid="stMain"] [data-testid^="stBidiComponent"]'));
  const shown = parts.filter(({ shadowRoot }) => shadowRoot?.querySelector("[data-ready]"));
  const own = 1; // this one shows nothing
  return shown.length >= parts.length - own && !document.querySelector('[data-testid="stSkeleton"]');
}
