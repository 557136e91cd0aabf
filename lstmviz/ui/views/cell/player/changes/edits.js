// The changes that were made, as one text in the URL, with what undo and redo need. The server answers each by a rerun.

import { partsOf, withPart, withoutPart } from "./text.js";

/**
 * @import { Wish } from "../../../../parts/run/viewer.js"
 * @import { Player } from "../main.js"
 *
 * @typedef {ReturnType<typeof createEdits>} Edits
 */

const PAUSE = 250; // ms from one question to the next while a weight is dragged
const PATIENCE = 1500; // ms after which an answer is no longer waited for

/** @type {{ past: string[], future: string[] }} */
const undoable = { past: [], future: [] }; // one for the tab: it outlives the page

/** @param {Player} ctx @param {HTMLElement} root */
export function createEdits(ctx, root) {
  /** @type {string | null} */
  let wanted = null; // the text that is to be asked for next
  let noticed = ""; // what was said when it was
  /** @type {string | null} */
  let asked = null; // the one that was asked for last, until it is answered: the URL may tell an older one meanwhile
  let askedAt = -PATIENCE;
  let busy = false;
  let timer = 0;

  /** @type {(wish: Wish) => void} */
  const ask = (wish) => {
    askedAt = performance.now();
    noticed = String(ctx.header.notices);
    busy = true;
    root.classList.add("asking");
    ctx.ask(wish);
  };
  const current = () => wanted ?? asked ?? ctx.header.changes.map(({ text }) => text).join(";");
  const send = () => {
    clearTimeout(timer);
    if (wanted === null) return;
    const text = wanted;
    wanted = null;
    asked = text;
    ask({ url: { do: text || null } });
  };
  const sendSoon = () => {
    clearTimeout(timer);
    const waited = performance.now() - askedAt;
    timer = busy && waited < PATIENCE ? setTimeout(sendSoon, 40) : setTimeout(send, Math.max(0, PAUSE - waited));
  };
  /** @param {string} text */
  const go = (text) => {
    wanted = text;
    send();
  };
  /** @type {(from: string[], to: string[]) => void} */
  const step = (from, to) => {
    const text = from.pop();
    if (text === undefined) return;
    to.push(current());
    go(text);
  };
  /** @param {string} text */
  const make = (text) => {
    if (text === current()) return;
    undoable.past.push(current());
    undoable.future.length = 0;
    go(text);
  };

  return {
    ask,
    current,
    /** @type {(text: string) => boolean} */
    has: (text) => partsOf(text).every((part) => partsOf(current()).includes(part)),
    /** @type {(part: string) => void} */
    put: (part) => make(withPart(current(), part)),
    /** @type {(part: string) => void} */
    remove: (part) => make(withoutPart(current(), part)),
    /** @param {string} text */
    toggle(text) {
      const apply = this.has(text) ? withoutPart : withPart;
      make(partsOf(text).reduce(apply, current()));
    },
    // What the server could not use is no change, but stands in the URL.
    reset: () => (current() ? make("") : go("")),
    canReset: () => current() !== "" || new URLSearchParams(location.search).has("do"),
    undo: () => step(undoable.past, undoable.future),
    redo: () => step(undoable.future, undoable.past),
    canUndo: () => undoable.past.length > 0,
    canRedo: () => undoable.future.length > 0,
    // One drag is one change to undo: it is begun, told of each new value, and ended.
    drag() {
      const before = current();
      let moved = false;
      return {
        /** @param {string} part */
        to(part) {
          if (!moved) undoable.past.push(before), (undoable.future.length = 0);
          moved = true;
          wanted = withPart(before, part);
          sendSoon();
        },
        end: send,
      };
    },
    answered() {
      const made = ctx.header.changes.map(({ text }) => text).join(";");
      if (asked === made || performance.now() - askedAt > PATIENCE || String(ctx.header.notices) !== noticed) asked = null;
      busy = false;
      root.classList.remove("asking");
    },
    leave: () => clearTimeout(timer),
  };
}
