// What the browser is told of two machines beside each other, and which of their states are lit.

import { createStore } from "../../../parts/common/store.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 *
 * A machine of n states, as `_told` of `ui/views/automaton/computed.py` has it.
 * @typedef {object} Machine
 * @property {"network" | "needed" | "clusters" | "folded"} kind
 * @property {number} start
 * @property {(string | null)[]} says by state: a letter, all symbols that may come as one text, or an answer
 * @property {[x: number, y: number][]} positions within -1 and 1, upwards
 * @property {[source: number, target: number, letters: string[], bent: boolean][]} edges
 * @property {string[][]} places of the pattern that are read in each state
 * @property {number[]} steps of the text in each state
 * @property {number[]} wrong how many of these say something else than what is due
 *
 * What a state says: the letter that comes, the symbols that may come, or the answer to a question.
 * @typedef {"letter" | "symbols" | "answer"} Asks
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
    /** @type {Asks} */
    this.asks = header.asks;
    /** @type {string} what is read before the start; "" for nothing */
    this.opening = header.opening;
    /** @type {(string | null)[]} what can be said; null where nothing is */
    this.names = header.names;
    this.states = arrays.states;
    this.predicted = arrays.predicted; // as numbers of names
    this.due = arrays.due;
    /** @type {Int32Array | Float32Array | undefined} how probable what may come is after each step, 0 to 1 */
    this.mass = arrays.mass;
  }

  // Whether the network says what is due after step t.
  /** @param {number} t */
  right(t) {
    return this.predicted[t] === this.due[t];
  }

  // As the reader's language has it.
  /** @type {(name: string | null, words: Record<string, string>) => string} */
  speak(name, words) {
    if (name === null) return this.asks === "letter" ? "—" : "·";
    return this.asks === "answer" ? (words[`run_answer_${name}`] ?? name) : name;
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
