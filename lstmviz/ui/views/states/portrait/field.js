// Where a map leads: arrows from a grid of states, the basins of what attracts, and a path from any state.

import { stepOf, through } from "./step.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Plane } from "./plane.js"
 * @import { Read } from "./step.js"
 *
 * A map: what is read, one after the other; one letter or input of numbers, or a whole pattern.
 * @typedef {ArrayLike<Read>} Letters
 *
 * A state that the map leads to itself, as the engine found it.
 * @typedef {object} Point
 * @property {Float64Array} state
 * @property {boolean} stable
 * @property {number} modulus of its largest eigenvalue
 * @property {Float64Array[]} directions its real eigenvectors, as long as 1
 * @property {number} branch which of those that are followed over the training it belongs to
 *
 * States that the map leads through in turn, back to the first.
 * @typedef {object} Circle
 * @property {Float64Array[]} states
 * @property {boolean} stable
 * @property {number} modulus of the largest eigenvalue of a round
 * @property {number} branch which of those that are followed over the training it belongs to, counted on after the points'
 *
 * What a state may come to: one state, or a circle; `branch` is the number of its colour.
 * @typedef {{ states: Float64Array[], branch: number }} Attractor
 *
 * @typedef {{ from: number[], to: number[] }} Arrow places in the plane
 */

const ARROWS = 19; // along each side
const BASIN = 64; // states along each side whose end is looked for
const ROUNDS = 200; // of what attracts a state, within which it must have come there
const NEAR = 1e-3; // to count as come

/** @type {(run: Run, e: number, letters: Letters, plane: Plane, held: Float64Array) => Arrow[]} */
export function arrowsOf(run, e, letters, plane, held) {
  const step = stepOf(run, e);
  return gridOf(plane, ARROWS).map((from) => {
    const to = plane.seen(through(step, plane.lifted(from, held), letters));
    return { from, to: plane.columns.length === 1 ? [...to] : to };
  });
}

// For each state of a grid, row by row from below, the number of what it comes to; -1 where it comes to nothing in time.
/** @type {(run: Run, e: number, letters: Letters, plane: Plane, held: Float64Array, attractors: Attractor[]) => Int16Array} */
export function basinsOf(run, e, letters, plane, held, attractors) {
  const step = stepOf(run, e);
  const ends = new Int16Array(BASIN * BASIN).fill(-1);
  if (attractors.length === 0) return ends;
  const most = ROUNDS * Math.max(...attractors.map(({ states }) => states.length));
  gridOf(plane, BASIN).forEach((place, cell) => {
    let state = plane.lifted(place, held);
    for (let period = 0; period < most; period++) {
      const next = through(step, state, letters);
      if (period % 4 === 3) {
        const found = attractors.find(({ states }) => period < ROUNDS * states.length && states.some((one) => distance(one, next) < NEAR));
        if (found) {
          ends[cell] = found.branch;
          return;
        }
      }
      state = next;
    }
  });
  return ends;
}

// The states after each letter of `count` patterns, from a state, which comes first.
/** @type {(run: Run, e: number, start: Float64Array, letters: Letters, count: number) => Float64Array[]} */
export function pathOf(run, e, start, letters, count) {
  const step = stepOf(run, e);
  const path = [start];
  for (let k = 0; k < count * letters.length; k++) path.push(step(path[k], letters[k % letters.length]));
  return path;
}

/** @type {(plane: Plane, count: number) => number[][]} */
function gridOf({ columns }, count) {
  /** @type {(column: Plane["columns"][0], k: number) => number} */
  const at = ({ low, high }, k) => low + ((high - low) * (k + 0.5)) / count;
  if (columns.length === 1) return Array.from({ length: count }, (_, k) => [at(columns[0], k)]);
  return Array.from({ length: count * count }, (_, k) => [at(columns[0], k % count), at(columns[1], Math.floor(k / count))]);
}

export const basinCells = BASIN;

/** @type {(one: Float64Array, other: Float64Array) => number} */
function distance(one, other) {
  let most = 0;
  for (let k = 0; k < one.length; k++) most = Math.max(most, Math.abs(one[k] - other[k]) / Math.max(1, Math.abs(other[k])));
  return most;
}
