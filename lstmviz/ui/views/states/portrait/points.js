// What the engine found of a map at each snapshot of the training: the states that it leads to themselves.

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Point } from "./field.js"
 *
 * What `packed_points` of `ui/views/states/points.py` makes: P points in all, ordered by their snapshots, of S numbers each.
 * @typedef {object} PointArrays
 * @property {Int32Array} snapshot (P,)
 * @property {Int32Array} branch (P,) which of those that are followed over the training it belongs to
 * @property {Int32Array} one (P,) the branch that it is shown as: the states of a cycle are shown as one
 * @property {Int32Array} cycle (P,) whether it is a state of a cycle
 * @property {Int32Array} stable (P,)
 * @property {Float32Array} modulus (P,) of the largest eigenvalue
 * @property {Float32Array} state (P, S)
 * @property {Int32Array} directions (P,) how many real eigenvectors there are
 * @property {Float32Array} vectors (P, 2, S) the first two of them
 *
 * States that the map leads through in turn, back to the first.
 * @typedef {{ states: Float64Array[], stable: boolean, one: number }} Cycle
 */

export class Points {
  /** @param {{ header: { events: { snapshot: number, kind: string }[] }, arrays: any }} come */
  constructor({ header, arrays }) {
    this.events = header.events;
    /** @type {PointArrays} */
    this.arrays = arrays;
    /** @type {Map<number, Point[]>} */
    this.made = new Map();
    /** @type {Map<number, Cycle[]>} */
    this.turned = new Map();
  }

  // The cycles of snapshot e.
  /** @param {number} e @returns {Cycle[]} */
  cyclesAt(e) {
    const known = this.turned.get(e);
    if (known) return known;
    const { snapshot, one, cycle, stable, state } = this.arrays;
    const size = state.length / Math.max(snapshot.length, 1);
    /** @type {Map<number, Cycle>} */
    const found = new Map();
    snapshot.forEach((at, k) => {
      if (at !== e || !cycle[k]) return;
      const own = found.get(one[k]) ?? { states: [], stable: stable[k] === 1, one: one[k] };
      own.states.push(Float64Array.from(state.subarray(k * size, (k + 1) * size)));
      found.set(one[k], own);
    });
    const cycles = Array.from(found.values());
    this.turned.set(e, cycles);
    return cycles;
  }

  // The states of snapshot e that the map leads to themselves.
  /** @param {number} e @param {Run} run @returns {Point[]} */
  at(e, run) {
    const known = this.made.get(e);
    if (known) return known;
    const { snapshot, branch, cycle, stable, modulus, state, directions, vectors } = this.arrays;
    const size = state.length / Math.max(snapshot.length, 1);
    /** @type {Point[]} */
    const found = [];
    snapshot.forEach((one, k) => {
      if (one !== e || cycle[k]) return;
      const count = Math.min(directions[k], 2);
      found.push({
        state: Float64Array.from(state.subarray(k * size, (k + 1) * size)),
        stable: stable[k] === 1,
        modulus: modulus[k],
        branch: branch[k],
        directions: Array.from({ length: count }, (_, j) => Float64Array.from(vectors.subarray((2 * k + j) * size, (2 * k + j + 1) * size))),
      });
    });
    this.made.set(e, found);
    return found;
  }
}
