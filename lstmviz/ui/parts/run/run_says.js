// The run panel in words: the value under the pointer, how long a change is felt, what a picture holds.

import { number, points, valueText } from "../common/numbers.js";
import { below, fill, quoted } from "../common/words.js";
import { isVeiled } from "./run_marks.js";
import { readAt } from "./labels.js";
import { isBeside, runArray } from "./run_layout.js";

/**
 * @import { Words } from "../common/words.js"
 * @import { Quantity, Run } from "./data.js"
 * @import { RunLayout } from "./run_layout.js"
 * @import { Shown } from "./run_paint.js"
 * @import { Place, State } from "./state.js"
 * @import { Side, Veil } from "./viewer.js"
 *
 * @typedef {{ words: Words, changed?: Run, difference?: boolean, veil?: Veil | null, now: State }} Saying
 */

// place: t, quantity and unit as in the selection; side: one of ctx.sides. Empty while it is to be guessed.
/** @type {(place: Partial<Place> & { t: number }, side: Side, saying: Saying) => string} */
export function placeSays({ t, quantity, unit }, { run, e, other }, { words, changed, difference, veil, now }) {
  if (isVeiled(quantity ?? "", t, now.t, veil)) return "";
  /** @type {(k: number) => string} */
  const answer = (k) => quoted(run.answers[k]);
  const parts = [`t = ${t}`];
  if (changed && quantity?.startsWith("effect_")) {
    const off = changed.arrays[quantity][e * changed.length + t - changed.start];
    const value = quantity === "effect_probability" ? fill(words.run_points, { count: points(off) }) : number(off);
    parts.push(fill(words[`run_says_${quantity}`], { value, letter: run.asked(t) ? answer(run.target(t)) : "—" }));
  } else if (quantity && unit !== undefined) {
    const array = runArray(quantity, run);
    const name = placeName(run, quantity, unit);
    const value = quantity === "y" && !run.asked(t) ? NaN : run.value(array, e, t, unit);
    const before = difference && other ? other.value(array, e, t, unit) : null;
    const [is, was] = [value, before ?? NaN].map((one) => valueText(array, one));
    const off = value - (before ?? NaN);
    const moved = array === "probabilities" ? fill(words.run_points, { count: points(off) }) : number(off);
    parts.push(before === null ? `${name} = ${is}` : fill(words.run_says_difference, { name, value: is, difference: moved, before: was }));
  }
  parts.push(fill(words.run_reads, { letter: run.ofNumbers ? readAt(run, t) : quoted(readAt(run, t)) }));
  if (run.ofNumbers) {
    if (quantity === "logits" && unit !== undefined) parts.push(dueSays(run, t, unit, words));
  } else if (quantity === "logits" || quantity?.startsWith("effect_")) {
    const due = run.due(t).map(answer).join(", ");
    parts.push(due ? fill(words[run.arrays.legal ? "run_may_come" : run.foretells ? "run_comes" : "run_due"], { letter: due }) : words.run_unasked);
  }
  return parts.join(" · ");
}

// What a number is called: ŷ(“b”), c₂; of a task of numbers also x₁, ŷ, y.
/** @type {(run: Run, quantity: Quantity, unit: number) => string} */
export function placeName(run, quantity, unit) {
  if (quantity === "logits") return run.ofNumbers ? run.answers[unit] : `ŷ(${quoted(run.answers[unit])})`;
  return isBeside(quantity) && run.size(quantity) === 1 ? quantity : quantity + below(unit);
}

/** @type {(run: Run, t: number, unit: number, words: Words) => string} */
function dueSays(run, t, unit, words) {
  if (!run.asked(t)) return words.run_unasked;
  return fill(words.run_due_number, { target: number(run.value("y", 0, t, unit)), tolerance: number(run.tolerance) });
}

// How long the change is felt, from the engine's own count over the whole text.
/** @param {Run} changed @param {number} e @param {Words} words */
export function effectSays(changed, e, words) {
  const [first, last] = [changed.arrays.effect_first[e], changed.arrays.effect_last[e]];
  if (first < 0) return words.run_unfelt;
  const values = { first, last, count: last - first + 1 };
  if (last >= changed.lastSteps) return fill(changed.isPattern ? words.run_felt_end : words.run_felt_last, values);
  return fill(first === last ? words.run_felt_once : words.run_felt, values);
}

/** @type {(run: Run, shown: Pick<Shown, "start" | "difference"> & Pick<RunLayout, "count" | "lines">, words: Words) => string} */
export function pictureSays(run, { start, count, lines, difference }, words) {
  const names = [...(run.ofNumbers ? ["x"] : []), ...run.quantities, "ŷ", ...(run.ofNumbers ? ["y"] : [])].join(", ");
  const values = { names, title: run.title, first: start, last: Math.min(start + count, run.stop) - 1 };
  const kind = difference ? words.run_picture_difference : lines ? words.run_picture_lines : words.run_picture;
  return fill(kind, values);
}
