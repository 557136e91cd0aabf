// One line under the rows: the number under the pointer, or what the row did that is looked at; and beside it what can be done with a row.

import { partNode, setShown, setText } from "../../../../parts/common/nodes.js";
import { number } from "../../../../parts/common/numbers.js";
import { aloud, fill, phrase } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, asRead } from "../answers.js";
import { quantityOf } from "./gates.js";
import { largestOf } from "./pixels.js";
import { percentText, placeText } from "./shares.js";

/** @import { Ctx, State } from "../main.js" */

const LEAST_MOVE = 0.005; // a probability that changes by less is not said to move

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
      const text = now.hover ? placeSays(ctx, now, now.hover) : moveSays(ctx, now, meant(now));
      says.replaceChildren(...phrase(text || words[`hint_${touch.matches ? "touch_" : ""}${answers.order}`], {}));
      says.classList.toggle("hint", !text);
    },
  };
}

// "row 18 takes 9 from 71% to 33% and lifts 4 from 12% to 58%: pixels 9, 10, 11 and units 45, 17 of layer 2"; nothing while
// none is looked at.
/** @type {(ctx: Ctx, now: State, row: number) => string} */
function moveSays({ words, answers }, now, row) {
  if (now.picked === null && now.row === ROWS - 1) return "";
  const move = answers.move(now.network, row);
  if (!move || !answers.image) return "";
  const place = placeText(words, answers.order, row);
  const read = asRead(answers.image, answers.order);
  /** @type {(k: number) => boolean} */
  const isBare = (k) => now.covered.includes(k) || read.subarray(k * ROWS, (k + 1) * ROWS).every((value) => value === 0);
  if (Array.from({ length: row + 1 }, (_, k) => k).every(isBare)) return fill(words.move_unseen, { place });
  const { rise, fall, was, now: after, units, pixels } = move;
  const digit = winnerOf(after);
  if (Math.max(after[rise] - was[rise], was[fall] - after[fall]) < LEAST_MOVE) return fill(words.move_still, { place, digit, share: aloud(percentText(after[digit]), words) });
  /** @type {(places: number[]) => string} */
  const list = (places) => places.map((place) => place + 1).join(", ");
  const said = {
    ...{ place, rise, fall, units: list(units), pixels: list(pixels) },
    ...{ rise_was: percentText(was[rise]), rise_now: percentText(after[rise]) },
    ...{ fall_was: percentText(was[fall]), fall_now: percentText(after[fall]) },
  };
  const why = isBare(row) ? words.move_bare : pixels.length ? words.move_pixels : words.move_units;
  return `${fill(words.move, said)} ${fill(why, said)}`;
}

/** @type {(values: Float32Array) => number} */
const winnerOf = (values) => largestOf(values, CLASSES);

// "row 12, pixel 7: 0.51", "row 12: 7 at 83.1%", "row 12, unit 45: c = −1.234".
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
