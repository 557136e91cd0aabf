// Where a state is seen from: two or three of its numbers, or its principal axes; and back, from a place to a state.

import { below } from "../../../parts/common/words.js";
import { scaleBound } from "../../../parts/run/palette.js";
import { sizeOf } from "./step.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 *
 * The principal axes of the states, as the engine found them (`lstmviz/dynamics/planes.py`).
 * @typedef {object} Axes
 * @property {number[]} mean (S,)
 * @property {number[][]} axes (K, S), of length 1
 * @property {number[]} share of the variance, of each
 * @property {number[]} reach how far the states go along each
 * @property {string[]} heaviest the units that weigh most in each, in words
 *
 * A way to look at states: `columns` are its axes.
 * @typedef {object} Plane
 * @property {{ name: string, title: string, low: number, high: number }[]} columns
 * @property {(state: ArrayLike<number>) => number[]} seen the coordinates of a state
 * @property {(place: number[], held: Float64Array) => Float64Array} lifted a state at a place, all that is not seen held as in `held`
 */

// The names of the numbers of a state: h₁, h₂, c₁, c₂.
/** @type {(run: Run) => string[]} */
export const stateNames = (run) =>
  Array.from({ length: sizeOf(run) }, (_, k) => (k < run.units ? "h" : "c") + below(k % run.units));

// Between what a number of the state is seen.
/** @type {(run: Run, place: number) => { low: number, high: number }} */
export function boundsOf(run, place) {
  const high = scaleBound(run, place < run.units ? "h" : "c");
  return { low: run.cell === "rnn_relu" ? 0 : -high, high };
}

// The places of the numbers that a plane of two or fewer leaves out; none of principal axes, which all numbers are in.
/** @type {(plane: string, size: number) => number[]} */
export function unseen(plane, size) {
  const seen = plane.split(",");
  if (plane.startsWith("pca") || seen.length > 2) return [];
  return Array.from({ length: size }, (_, k) => k).filter((k) => !seen.includes(String(k)));
}

/** @type {(run: Run, numbers: number[]) => Plane} */
export function numbersPlane(run, numbers) {
  const names = stateNames(run);
  return {
    columns: numbers.map((number) => {
      const { low, high } = boundsOf(run, number);
      return { name: names[number], title: names[number], low: low < 0 ? 1.04 * low : -0.04 * high, high: 1.04 * high };
    }),
    seen: (state) => numbers.map((number) => state[number]),
    lifted(place, held) {
      const state = held.slice();
      numbers.forEach((number, k) => (state[number] = place[k]));
      return state;
    },
  };
}

/** @type {(axes: Axes, count: number, title: string) => Plane} */
export function principalPlane({ mean, axes, share, reach, heaviest }, count, title) {
  const used = axes.slice(0, count);
  /** @param {ArrayLike<number>} state */
  const seen = (state) => used.map((axis) => axis.reduce((sum, weight, k) => sum + weight * (state[k] - mean[k]), 0));
  return {
    columns: used.map((_, k) => ({
      name: `PC${k + 1}`,
      title: title.replace("{k}", String(k + 1)).replace("{share}", (100 * share[k]).toFixed(0)).replace("{units}", heaviest[k]),
      low: -1.06 * reach[k],
      high: 1.06 * reach[k],
    })),
    seen,
    lifted(place, held) {
      const own = seen(held);
      return held.map((value, k) => value + used.reduce((sum, axis, j) => sum + axis[k] * (place[j] - own[j]), 0));
    },
  };
}
