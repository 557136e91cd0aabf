// What the squares of a vector show: the values of its quantity, its sums, or how far they are from another run's.

import { preActivation } from "../sums/arithmetic.js";
import { scaleBound } from "../../../../parts/run/palette.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Phase } from "../../../../parts/run/state.js"
 * @import { Palette } from "../../../../parts/run/palette.js"
 * @import { Scale } from "../../../../parts/common/scales.js"
 * @import { VectorLayout } from "./layout.js"
 */

export const SUM_BOUND = 6; // where the colours of the sums end
const ALIKE = 5e-4; // less than this is the same number

// The numbers of a vector in a phase; null while there are none yet.
/** @type {(run: Run, e: number, t: number, vector: VectorLayout, phase: Phase) => Float32Array | null} */
export function vectorValues(run, e, t, vector, phase) {
  if (phase < vector.from) return null;
  if (vector.when === "before") return run.row(`${vector.quantity}_prev`, e, t);
  if (showsSums(vector, phase)) return vectorSums(run, e, t, vector.quantity);
  return run.row(vector.quantity, e, t);
}

/** @type {(vector: VectorLayout, phase: Phase) => boolean} */
export const showsSums = (vector, phase) => Boolean(vector.sum || (vector.gate && phase === 1));

/** @type {(run: Run, e: number, t: number, gate: Quantity) => Float32Array} */
const vectorSums = (run, e, t, gate) =>
  Float32Array.from({ length: run.units }, (_, unit) => preActivation(run, e, t, gate, unit).total);

/** @type {(palette: Palette, run: Run, vector: VectorLayout, phase: Phase, difference: boolean) => Scale} */
export function vectorScale(palette, run, vector, phase, difference) {
  if (showsSums(vector, phase)) return palette.signed(SUM_BOUND);
  if (difference) return palette.signed(scaleBound(run, vector.quantity));
  return palette.scale(vector.quantity, run);
}

/** @type {(one: number, other: number) => boolean} */
export const differs = (one, other) => !Object.is(one, other) && !(Math.abs(one - other) <= ALIKE);

// Whether a value of the changed run is what someone set it to.
/** @type {(run: Run, quantity: Quantity, t: number, unit: number) => boolean} */
export function isHeld(run, quantity, t, unit) {
  return run.held.some(
    (one) =>
      one.quantity === quantity &&
      (one.unit === null || one.unit === unit) &&
      one.first <= t &&
      t <= (one.last ?? Infinity),
  );
}

// The word for what is due.
/** @param {Run} run */
export const dueWord = (run) => (run.arrays.legal ? "diagram_may_come" : run.foretells ? "diagram_comes" : "diagram_due");

// The prediction's letters with a row each: all, or the most probable ones and those that are due, in the order of the
// alphabet.
/** @type {(probabilities: ArrayLike<number>, due: number[], count: number) => number[]} */
export function rankedLetters(probabilities, due, count) {
  const letters = Array.from(probabilities, (_, k) => k);
  if (letters.length <= count) return letters;
  const others = letters.filter((k) => !due.includes(k));
  others.sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  return [...due, ...others].slice(0, count - 1).sort((a, b) => a - b); // and a row for the rest
}
