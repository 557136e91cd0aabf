// Keys: anywhere in the player, but not where text is typed. Tab is the browser's.

import { hasModifier } from "../common/keys.js";

// Whether the key goes into a field. The two scrubbers move time and training as the keys do everywhere.
export const isTyping = (event) =>
  event.composedPath()[0].matches?.("input:not(#transport_time, #transport_training), textarea, select, [contenteditable]");

// Whether nothing on the page has the focus: then the keys are the player's.
const isNobodys = (event) => event.composedPath()[0] === document.body;

export function keyboard(root, ctx) {
  const press = (event) => {
    if (hasModifier(event) || isTyping(event) || !ctx.runs) return;
    if (ctx.guessKey?.(event) || act(event, ctx)) {
      event.preventDefault();
      event.stopPropagation(); // Streamlit has shortcuts of its own
    }
  };
  const alone = (event) => isNobodys(event) && press(event);
  root.addEventListener("keydown", press);
  document.addEventListener("keydown", alone, true); // before Streamlit's own shortcuts
  return () => {
    root.removeEventListener("keydown", press);
    document.removeEventListener("keydown", alone, true);
  };
}

function act(event, { state, runs, stopTraining }) {
  const { first } = runs;
  const { t, epoch, playing, hover } = state.get();
  const stride = event.shiftKey ? first.period : 1;
  const move = (to) => state.set({ t: first.clamp(to), playing: false });
  const snapshot = (by) => {
    const e = Math.min(Math.max(first.snapshot(epoch) + by, 0), first.epochs.length - 1);
    state.set({ epoch: first.epochs[e] });
  };
  const isButton = event.composedPath()[0].matches?.("button, summary, a, [role=button]");
  switch (event.key) {
    case "ArrowLeft": return move(t - stride), true;
    case "ArrowRight": return move(t + stride), true;
    case "Home": return move(first.start), true;
    case "End": return move(first.stop - 1), true;
    case "PageUp": return snapshot(1), true;
    case "PageDown": return snapshot(-1), true;
    case " ":
      if (isButton) return false;
      return state.set({ playing: !playing }), true;
    case "Escape":
      if (stopTraining()) return true;
      if (!playing && !hover) return false;
      return state.set({ playing: false, hover: null }), true;
    default: return false;
  }
}
