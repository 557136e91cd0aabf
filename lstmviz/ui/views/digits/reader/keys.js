// Keys, while the focus is in the part. Tab is the browser's.

import { hasModifier, keyName } from "../../../parts/common/keys.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { State } from "./main.js"
 * @typedef {ReturnType<typeof import("./pad/tools.js").createTools>} Tools
 * @typedef {ReturnType<typeof import("./read/scrub.js").createScrub>} Scrub
 */

/**
 * @param {HTMLElement} root
 * @param {Tools} tools
 * @param {Scrub} scrub
 * @param {Store<State>} state
 */
export function digitKeys(root, tools, scrub, state) {
  /** @type {(event: KeyboardEvent) => void} */
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

/** @type {(event: KeyboardEvent, does: Tools["does"], scrub: Scrub, state: Store<State>) => (() => void) | null} */
function keyAct(event, does, scrub, state) {
  const key = keyName(event);
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (key === "z") return event.shiftKey ? does.redo : does.undo;
    return key === "y" ? does.redo : null;
  }
  if (hasModifier(event)) return null;
  const target = event.composedPath()[0];
  /** @type {(what: string) => boolean} */
  const isOn = (what) => target instanceof Element && target.matches(what);
  switch (key) {
    case "p": return does.pen;
    case "e": return does.eraser;
    case "[": return does.thinner;
    case "]": return does.broader;
    case "Delete":
    case "Backspace": return isOn("input, [role=option]") ? null : does.clear;
    case "ArrowLeft": return scrub.acts.back;
    case "ArrowRight": return scrub.acts.forward;
    case "Home": return scrub.acts.first;
    case "End": return scrub.acts.last;
    case " ": return isOn("button, a") ? null : scrub.acts.play;
    case "Escape":
      if (scrub.running) return scrub.stop;
      return state.get().labelling ? () => state.set({ labelling: false }) : null;
    default: return null;
  }
}
