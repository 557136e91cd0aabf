// Keys: anywhere in the player, but not where text is typed. Tab is the browser's.

import { hasModifier } from "../common/keys.js";
import { isBeside, runQuantities } from "./run_layout.js";

/**
 * @import { Run } from "./data.js"
 * @import { State } from "./state.js"
 * @import { Ctx } from "./viewer.js"
 */

// Whether the key goes into a field. The two scrubbers move time and training as the keys do everywhere.
/** @type {(event: Event) => boolean} */
export const isTyping = (event) =>
  isOn(event, "input:not(#transport_time, #transport_training), textarea, select, [contenteditable]");

/** @type {(event: Event, what: string) => boolean} */
function isOn(event, what) {
  const target = event.composedPath()[0];
  return target instanceof Element && target.matches(what);
}

// Whether nothing on the page has the focus: then the keys are the player's.
/** @type {(event: Event) => boolean} */
const isNobodys = (event) => event.composedPath()[0] === document.body;

/** @param {HTMLElement} root @param {Ctx} ctx */
export function keyboard(root, ctx) {
  /** @type {(event: KeyboardEvent) => void} */
  const press = (event) => {
    if (hasModifier(event) || isTyping(event) || !ctx.runs) return;
    if (ctx.guessKey?.(event) || act(event, ctx)) {
      event.preventDefault();
      event.stopPropagation(); // Streamlit has shortcuts of its own
    }
  };
  /** @type {(event: KeyboardEvent) => void} */
  const alone = (event) => isNobodys(event) && press(event);
  root.addEventListener("keydown", press);
  document.addEventListener("keydown", alone, true); // before Streamlit's own shortcuts
  return () => {
    root.removeEventListener("keydown", press);
    document.removeEventListener("keydown", alone, true);
  };
}

/** @type {(event: KeyboardEvent, ctx: Ctx) => boolean} */
function act(event, { state, runs, stopTraining }) {
  const { first } = runs;
  const { t, epoch, playing, hover, lit } = state.get();
  const stride = event.shiftKey ? first.period : 1;
  /** @param {number} to */
  const move = (to) => state.set({ t: first.clamp(to), playing: false });
  /** @param {number} by */
  const snapshot = (by) => {
    if (first.epochs.length < 2) return; // its end alone is here, and the epoch that is looked at elsewhere stays
    const e = Math.min(Math.max(first.snapshot(epoch) + by, 0), first.epochs.length - 1);
    state.set({ epoch: first.epochs[e] });
  };
  const isButton = isOn(event, "button, summary, a, [role=button]");
  switch (event.key) {
    case "ArrowLeft": return move(t - stride), true;
    case "ArrowRight": return move(t + stride), true;
    // Up and down are the page's, but on the squares, where they go from number to number of a step.
    case "ArrowUp": return isOn(event, "canvas") && (state.set(neighbour(first, state.get(), -1)), true);
    case "ArrowDown": return isOn(event, "canvas") && (state.set(neighbour(first, state.get(), 1)), true);
    case "Home": return move(first.start), true;
    case "End": return move(first.stop - 1), true;
    case "PageUp": return snapshot(1), true;
    case "PageDown": return snapshot(-1), true;
    case " ":
      if (isButton) return false;
      return state.set({ playing: !playing }), true;
    case "Escape":
      if (stopTraining?.()) return true;
      if (!playing && !hover && !lit) return false;
      return state.set({ playing: false, hover: null, lit: null }), true;
    default: return false;
  }
}

// The number before or after the one that is selected, in the order in which the squares of a step stand.
/** @type {(run: Run, selected: State, by: -1 | 1) => Partial<State>} */
function neighbour(run, { quantity, unit }, by) {
  const drawn = runQuantities(run, false).filter((name) => !isBeside(name));
  const places = drawn.flatMap((name) => Array.from({ length: run.size(name) }, (_, row) => ({ quantity: name, unit: row })));
  const at = places.findIndex((place) => place.quantity === quantity && place.unit === unit);
  return { ...places[Math.min(Math.max(at + by, 0), places.length - 1)], playing: false, hover: null };
}
