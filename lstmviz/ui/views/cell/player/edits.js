// The changes that were made, as one text in the URL, with what undo and redo need. The server answers each by a rerun.

import { partsOf, withPart, withoutPart } from "./change_text.js";

const PAUSE = 250; // ms from one question to the next while a weight is dragged
const PATIENCE = 1500; // ms after which an answer is no longer waited for

const undoable = { past: [], future: [] }; // one for the tab: it outlives the page

export function createEdits(ctx, root) {
  let wanted = null; // the text that is to be asked for next
  let noticed = ""; // what was said when it was
  let asked = null; // the one that was asked for last, until it is answered: the URL may tell an older one meanwhile
  let askedAt = -PATIENCE;
  let busy = false;
  let timer = 0;

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
  const go = (text) => {
    wanted = text;
    send();
  };
  const step = (from, to) => {
    if (!from.length) return;
    to.push(current());
    go(from.pop());
  };
  const make = (text) => {
    if (text === current()) return;
    undoable.past.push(current());
    undoable.future.length = 0;
    go(text);
  };

  return {
    ask,
    current,
    has: (text) => partsOf(text).every((part) => partsOf(current()).includes(part)),
    put: (part) => make(withPart(current(), part)),
    remove: (part) => make(withoutPart(current(), part)),
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
