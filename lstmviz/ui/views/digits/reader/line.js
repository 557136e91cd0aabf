// One line under the rows: the number under the pointer; and beside it what can be done with a row.

import { partNode, setShown, setText } from "../../../parts/common/nodes.js";
import { number } from "../../../parts/common/numbers.js";
import { fill } from "../../../parts/common/words.js";
import { CLASSES, ROWS, asRead } from "./answers.js";
import { quantityOf } from "./gates.js";
import { percentText, placeText } from "./shares.js";

/** @import { Ctx, State } from "./main.js" */

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createLine(root, ctx) {
  const { state } = ctx;
  const says = partNode("span", "digits_says", root);
  const acts = partNode("span", "digits_actions", root);
  /** @type {(act: () => void) => HTMLButtonElement} */
  const button = (act) => {
    const made = partNode("button", "digits_action", acts);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const touch = matchMedia("(pointer: coarse)");
  /** @type {(now: State) => number} */
  const meant = ({ picked, row }) => picked ?? row;
  const one = button(() => ctx.cover(meant(state.get()), false));
  const all = button(() => ctx.cover(meant(state.get()), true));
  const uncover = button(() => {
    ctx.paper.focus({ preventScroll: true }); // the button goes
    ctx.change({ covered: [] });
  });

  return {
    /** @param {State} now */
    draw(now) {
      const { words, answers } = ctx;
      const place = placeText(words, answers.order, meant(now));
      const offered = (now.picked !== null || now.row < ROWS - 1) && answers.probabilities(now.network) !== null;
      setText(one, fill(now.covered.includes(meant(now)) ? words.uncover_one : words.cover_one, { place }));
      setText(all, fill(words.cover_after, { place }));
      setText(uncover, words.uncover);
      for (const act of [one, all]) setShown(act, offered);
      setShown(uncover, now.covered.length > 0);
      const text = now.hover ? placeSays(ctx, now, now.hover) : "";
      setText(says, text || words[`hint_${touch.matches ? "touch_" : ""}${answers.order}`]);
      says.classList.toggle("hint", !text);
    },
  };
}

// "row 12, pixel 7: 0.51", "row 12: 7 at 83.1 %", "row 12, unit 45: c = −1.234".
/** @type {(ctx: Ctx, now: State, at: NonNullable<State["hover"]>) => string} */
function placeSays({ words, answers }, now, { band, row, column }) {
  const said = { place: placeText(words, answers.order, row), column: column + 1 };
  if (band === "image") {
    if (column < 0 || column >= ROWS || !answers.image) return said.place;
    const at = row * ROWS + column;
    const slope = now.overlay ? answers.gradient(now.network) : null;
    const values = { ...said, value: number(asRead(answers.image, answers.order)[at]) };
    if (!slope) return fill(words.line_pixel, values);
    return fill(words.line_gradient, { ...values, slope: number(asRead(slope, answers.order)[at]) });
  }
  if (band === "heat") {
    const values = answers.probabilities(now.network);
    if (column < 0 || !values) return said.place;
    return fill(words.line_digit, { ...said, digit: column, share: percentText(values[row * CLASSES + column]) });
  }
  const name = quantityOf(now);
  const values = answers.quantity(now.network, now.layer, name);
  if (!values) return said.place;
  const units = values.length / ROWS;
  return fill(words.line_unit, { ...said, name, layer: now.layer + 1, value: number(values[row * units + column]) });
}
