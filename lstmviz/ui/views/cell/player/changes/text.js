// Changes from outside as the URL writes them, joined by semicolons: `lstmviz/changes/text.py` has the same form.
// Units, letters, rows and columns count from 1 there, steps from 0.

import { fill, lone, quoted } from "../../../../parts/common/words.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Words } from "../../../../parts/common/words.js"
 */

const HOLD = /^([a-z])(\d*)=([^=@]+?)(?:@(start|\d+(-\d*)?))?$/;
const READ = /^x=(\d+)@(\d+)$/;
const WEIGHT = /^((?:weight|bias)_[ih]h|head\.(?:weight|bias))\.(\d+)(?:\.(\d+))?=([^=@]+)$/;

/** @type {(text: string) => string[]} */
export const partsOf = (text) => text.split(";").map((part) => part.trim()).filter(Boolean);

// What a change is about: a newer one about the very same thing takes its place.
/** @param {string} part */
const aboutWhat = (part) => part.replace(/=[^@]*/, "=");

/** @type {(text: string, part: string) => string} */
export const withPart = (text, part) =>
  [...partsOf(text).filter((one) => aboutWhat(one) !== aboutWhat(part)), part].join(";");

/** @param {string} text @param {string} part */
export const withoutPart = (text, part) => partsOf(text).filter((one) => one !== part).join(";");

// The number of a weight's row in torch's stacked matrices as its gate and unit.
/** @param {Run} run @param {number} row */
const rowOf = (run, row) => ({ gate: run.gates[Math.floor(row / run.units)], unit: row % run.units });

// The name of a weight, for the reader: U_f[3, 1], W_f[3, “c”], b_ih of f3, V[“c”, 2]; row and column from 0.
/** @type {(run: Run, name: string, row: number, column: number | null) => string} */
export function weightName(run, name, row, column) {
  /** @param {number} k */
  const letter = (k) => quoted(run.alphabet[k] ?? "?");
  /** @type {(k: number) => string} */
  const answer = (k) => quoted(run.answers[k] ?? "?");
  if (name === "head.weight") return `V[${answer(row)}, ${Number(column) + 1}]`;
  if (name === "head.bias") return `b[${answer(row)}]`;
  const { gate, unit } = rowOf(run, row);
  const of = run.gates.length > 1 ? `_{${gate}}` : "";
  if (name === "weight_ih") return `W${of}[${unit + 1}, ${letter(Number(column))}]`;
  if (name === "weight_hh") return `U${of}[${unit + 1}, ${Number(column) + 1}]`;
  return `b_{${name.slice(-2)}}[${gate}${unit + 1}]`;
}

// A change in words; null if it is none. Lower parts of names stand between _{ and }.
/** @type {(part: string, run: Run, words: Words) => string | null} */
export function changeLabel(part, run, words) {
  const weight = WEIGHT.exec(part);
  if (weight) {
    const [, name, row, column, value] = weight;
    return `${weightName(run, name, Number(row) - 1, Number(column) - 1)} = ${shownValue(value)}`;
  }
  const read = READ.exec(part);
  if (read) return fill(words.panel_change_read, { t: read[2], letter: lone(run.alphabet[Number(read[1]) - 1] ?? "?") });
  const hold = HOLD.exec(part);
  return hold ? holdLabel(hold, words) : null;
}

// A value as it was given: what somebody set has the digits that it has.
/** @type {(given: string) => string} */
const shownValue = (given) => given.trim().replaceAll("-", "−");

/** @type {(found: string[], words: Words) => string} */
function holdLabel([, quantity, unit, given, when, span], words) {
  const value = shownValue(given);
  const named = { q: unit ? `${quantity}_{${unit}}` : quantity, unit, value };
  if (when === "start") return fill(unit ? words.panel_change_start : words.panel_change_start_all, named);
  const off = quantity === "h" && Number(given) === 0 && unit && !when;
  if (off) return fill(words.panel_change_off, named);
  const held = fill(unit ? words.panel_change_hold : words.panel_change_hold_all, named);
  if (when === undefined) return held;
  const [first, last] = when.split("-");
  const template = span === undefined ? "panel_when_at" : last ? "panel_when_span" : "panel_when_from";
  return `${held}${fill(words[template], { first, last })}`;
}

// The sign of a held place in the text form.
/** @type {(quantity: Quantity, unit: number | null, value: string | number, when: string) => string} */
export const holdPart = (quantity, unit, value, when) => `${quantity}${unit === null ? "" : unit + 1}=${value}${when}`;
