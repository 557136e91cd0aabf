// What the browser is told of two machines beside each other, and which of their states are lit.

import { createStore } from "../../../parts/common/store.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 *
 * A machine of n states, as `_told` of `ui/views/automaton/computed.py` has it.
 * @typedef {object} Machine
 * @property {"network" | "needed" | "clusters" | "folded"} kind
 * @property {number} start
 * @property {(string | null)[]} says by state
 * @property {[x: number, y: number][]} positions within -1 and 1, upwards
 * @property {[source: number, target: number, letters: string[], bent: boolean][]} edges
 * @property {string[][]} places of the pattern that are read in each state
 * @property {number[]} steps of the text in each state
 * @property {number[]} wrong how many of these say another letter than the one that comes
 */

/**
 * The state that is pointed at, and the machine whose states the strip shows.
 * @typedef {{ of: number, hover: number | null }} Light
 */

export class Machines {
  /** @param {{ header: any, arrays: Record<string, Int32Array> }} unpacked */
  constructor({ header, arrays }) {
    /** @type {Machine[]} */
    this.machines = header.machines;
    this.states = arrays.states;
    this.predicted = arrays.predicted;
  }

  get steps() {
    return this.predicted.length;
  }

  // The state of a machine after step t; -1 for none.
  /** @type {(of: number, t: number) => number} */
  state(of, t) {
    return t < 0 ? -1 : this.states[of * this.steps + t];
  }

  // All steps after which a machine is in a state.
  /** @type {(of: number, state: number) => Set<number>} */
  stepsIn(of, state) {
    return new Set(Array.from({ length: this.steps }, (_, t) => t).filter((t) => this.state(of, t) === state));
  }

  // The step in a state that is nearest to step t, or the next one where t is in that state itself; -1 if none is.
  /** @type {(of: number, state: number, t: number) => number} */
  stepIn(of, state, t) {
    for (let by = 1; this.state(of, t) === state && by < this.steps; by++) {
      const next = (t + by) % this.steps;
      if (this.state(of, next) === state) return next;
    }
    for (let by = 0; by < this.steps; by++) {
      if (t - by >= 0 && this.state(of, t - by) === state) return t - by;
      if (t + by < this.steps && this.state(of, t + by) === state) return t + by;
    }
    return -1;
  }
}

/** @returns {Store<Light>} */
export const theLight = () => createStore(/** @type {Light} */ ({ of: 0, hover: null }));
