// What the engine found of a map at each snapshot of the training: the states that it leads to themselves, alone or in a circle.

/**
 * @import { Attractor, Circle, Point } from "./field.js"
 *
 * What `packed_points` of `ui/views/states/born.py` makes: P points and C circles of k states in all, ordered by their
 * snapshots, of S numbers each.
 * @typedef {object} PointArrays
 * @property {Int32Array} snapshot (P,)
 * @property {Int32Array} branch (P,) which of those that are followed over the training it belongs to
 * @property {Int32Array} stable (P,)
 * @property {Float32Array} modulus (P,) of the largest eigenvalue
 * @property {Float32Array} state (P, S)
 * @property {Int32Array} directions (P,) how many real eigenvectors there are
 * @property {Float32Array} vectors (P, 2, S) the first two of them
 * @property {Int32Array} cycle_snapshot (C,)
 * @property {Int32Array} cycle_branch (C,)
 * @property {Int32Array} cycle_stable (C,)
 * @property {Float32Array} cycle_modulus (C,) of the largest eigenvalue of a round
 * @property {Float32Array} cycle_states (C, 2, S)
 *
 * @typedef {{ snapshot: number, kind: string, branch: number }} Event
 * @typedef {{ branches: number, circles: boolean, events: Event[] }} PointsHeader `circles`: whether any were looked for
 */

const ROUND = 2; // states of a circle

export class Points {
  /** @param {{ header: PointsHeader, arrays: any }} come */
  constructor({ header, arrays }) {
    this.events = header.events;
    this.circles = header.circles;
    this.branches = header.branches;
    /** @type {PointArrays} */
    this.arrays = arrays;
    /** @type {Point[][]} by snapshot */
    this.points = [];
    /** @type {Circle[][]} */
    this.rounds = [];
    this.size = this.arrays.state.length / Math.max(this.arrays.snapshot.length, 1) || this.arrays.cycle_states.length / Math.max(ROUND * this.arrays.cycle_snapshot.length, 1);
    this.unpack();
  }

  unpack() {
    const { arrays } = this;
    /** @type {(from: Float32Array, row: number) => Float64Array} */
    const row = (from, k) => Float64Array.from(from.subarray(k * this.size, (k + 1) * this.size));
    arrays.snapshot.forEach((e, k) => {
      const count = Math.min(arrays.directions[k], 2);
      (this.points[e] ??= []).push({
        state: row(arrays.state, k),
        stable: arrays.stable[k] === 1,
        modulus: arrays.modulus[k],
        branch: arrays.branch[k],
        directions: Array.from({ length: count }, (_, j) => row(arrays.vectors, 2 * k + j)),
      });
    });
    arrays.cycle_snapshot.forEach((e, k) => {
      (this.rounds[e] ??= []).push({
        states: Array.from({ length: ROUND }, (_, j) => row(arrays.cycle_states, ROUND * k + j)),
        stable: arrays.cycle_stable[k] === 1,
        modulus: arrays.cycle_modulus[k],
        branch: this.branches + arrays.cycle_branch[k],
      });
    });
  }

  // Those of snapshot e.
  /** @param {number} e */
  at(e) {
    return this.points[e] ?? [];
  }

  /** @param {number} e */
  circlesAt(e) {
    return this.rounds[e] ?? [];
  }

  // What attracts there.
  /** @param {number} e @returns {Attractor[]} */
  attractorsAt(e) {
    const points = this.at(e).filter(({ stable }) => stable);
    return [...points.map(({ state, branch }) => ({ states: [state], branch })), ...this.circlesAt(e).filter(({ stable }) => stable)];
  }
}
