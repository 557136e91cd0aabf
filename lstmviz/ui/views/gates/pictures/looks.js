// Over the pictures: how many patterns, drawn how; and in words the number that is pointed at.

import { choiceOf } from "../../../parts/common/choice.js";
import { focusOf, partNode, setAttribute, setShown, setText, tag } from "../../../parts/common/nodes.js";
import { byHand, fill } from "../../../parts/common/words.js";
import { createLit } from "../../../parts/run/lit.js";
import { runArray } from "../../../parts/run/run_layout.js";
import { placeSays } from "../../../parts/run/run_says.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Choice } from "../../../parts/common/choice.js"
 *
 * @typedef {ReturnType<typeof createLooks>} Looks
 */

const MOST_ROWS = 64;
const MOST_STEPS = 31; // of a sequence: so many have room beside each other on a small screen

// How many patterns can be shown of a run: of 1, 3 and 6 those that have room.
/** @param {Run} run */
const counts = ({ period, length }) => [1, 3, 6].filter((count) => count === 1 || (count * period <= MOST_ROWS && count * period <= length));

// How many steps are shown.
/** @param {Ctx} ctx */
export function rowsOf({ state, runs: { first } }) {
  const wanted = state.get().patterns;
  const most = first.isPattern ? MOST_ROWS : MOST_STEPS;
  return Math.min(Math.max(...counts(first).filter((count) => count <= wanted)) * first.period, first.length, most);
}

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createLooks(root, ctx) {
  const { state } = ctx;
  root.classList.add("gates_looks");
  /** @type {Choice<number>} */
  const patterns = choiceOf(root, (value) => state.set({ patterns: value }));
  /** @type {Choice<State["drawn"]>} */
  const drawn = choiceOf(root, (value) => state.set({ drawn: value }));
  /** @type {(name: "numbers" | "notes") => HTMLButtonElement} */
  const toggle = (name) => {
    const button = tag("button", { type: "button", class: "gates_toggle", click: () => state.set({ [name]: !state.get()[name] }) });
    root.append(button);
    return button;
  };
  const numbers = toggle("numbers");
  const notes = toggle("notes");
  const lit = createLit(root, ctx);
  const says = partNode("p", "gates_says", root);
  const narrow = partNode("p", "gates_note", root);

  return {
    // Whether numbers are wanted that have no room in their squares.
    /** @param {boolean} is */
    tight(is) {
      setShown(narrow, is);
    },
    /** @param {State} now */
    draw(now) {
      const side = ctx.sides(now)[0];
      patterns.press(Math.max(...counts(ctx.runs.first).filter((count) => count <= now.patterns)));
      drawn.press(now.drawn);
      /** @type {[button: HTMLButtonElement, on: boolean][]} */
      const switches = [[numbers, now.numbers], [notes, now.notes]];
      for (const [button, on] of switches) {
        setAttribute(button, "aria-pressed", String(on));
        button.disabled = now.drawn === "lines";
      }
      const place = now.hover ?? now;
      const { quantity = "", unit = Infinity } = place;
      const known = unit < side.run.size(quantity) && side.run.arrays[runArray(quantity, side.run)];
      setAttribute(says, "aria-live", !now.playing && focusOf(root)?.matches("canvas") ? "polite" : "off");
      setText(says, known ? placeSays(place, side, { words: ctx.words, now }) : "");
      if (now.drawn === "lines") setShown(narrow, false);
      lit.draw(now);
      setShown(says, now.drawn !== "lines"); // the lines say it themselves
    },
    refresh() {
      const { words } = ctx;
      lit.refresh();
      const offered = counts(ctx.runs.first);
      patterns.group.hidden = offered.length < 2;
      patterns.offer(words.gates_patterns, offered.map((count) => [count, String(count)]));
      drawn.offer(words.run_drawn, [["squares", words.run_squares], ["lines", words.run_lines]], "");
      setText(numbers, words.gates_numbers);
      setText(notes, words.gates_notes);
      notes.title = words.gates_notes_about;
      setText(narrow, fill(byHand(words.gates_tight, words.gates_tight_touch), {}));
    },
  };
}
