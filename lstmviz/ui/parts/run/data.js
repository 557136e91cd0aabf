// What the server sends, as all that looks at a run reads it. `lstmviz/packing.py` describes the bytes.

import { arraysOf } from "../common/bytes.js";
import { sharedAs } from "../common/shared.js";

// A network at each snapshot of its training, followed through the steps of a window. E snapshots, T steps in the whole
// text of which those from `start` to `stop` are here, H units, V letters. Steps are counted in the whole text.
export class Run {
  static KEPT = 6; // runs unpacked: those on display, and some that were
  static unpacked = sharedAs("lstmvizRuns", () => new Map()); // by digest; one for all parts of the document

  constructor(bytes) {
    const { header, arrays } = arraysOf(bytes);
    Object.assign(this, header); // cell, units, alphabet, pattern, period, steps, start, stop, epochs, losses, ...
    this.arrays = arrays;
    this.quantities = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["r", "z", "n", "h"] }[this.cell] ?? ["h"];
    this.gates = { lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"] }[this.cell] ?? ["h"]; // torch's order
  }

  get length() {
    return this.stop - this.start;
  }

  // How many numbers a quantity has: the letters for "logits" and "probabilities", else the units.
  size(quantity) {
    return quantity === "logits" || quantity === "probabilities" ? this.alphabet.length : this.units;
  }

  // All numbers of a quantity after step t at snapshot e; "h_prev" and "c_prev": the state that the step started from.
  row(quantity, e, t) {
    if (quantity === "h_prev" || quantity === "c_prev") return this.before(quantity[0], e, t);
    const size = this.size(quantity);
    const at = (e * this.length + t - this.start) * size;
    return this.arrays[quantity].subarray(at, at + size);
  }

  value(quantity, e, t, unit) {
    return this.row(quantity, e, t)[unit];
  }

  before(state, e, t) {
    if (t > this.start) return this.row(state, e, t - 1);
    return this.arrays[`${state}_start`].subarray(e * this.units, (e + 1) * this.units);
  }

  // One snapshot's matrix or vector of weights, row by row: "weight_ih", "bias_hh", "head.weight", ...
  weights(name, e) {
    const size = this.arrays[name].length / this.epochs.length;
    return this.arrays[name].subarray(e * size, (e + 1) * size);
  }

  letter(t) {
    return this.arrays.x[t];
  }

  target(t) {
    return this.arrays.y[t];
  }

  // The letter that the network holds to be the most probable one to come after step t; -1 if its outputs are no numbers.
  guess(e, t) {
    const probabilities = this.row("probabilities", e, t);
    let best = -1;
    for (let k = 0; k < probabilities.length; k++) {
      if (!Number.isFinite(probabilities[k])) return -1;
      if (best < 0 || probabilities[k] > probabilities[best]) best = k;
    }
    return best;
  }

  // The snapshot of the epoch nearest to the one asked for.
  snapshot(epoch) {
    return this.epochs.reduce((best, one, e) => (Math.abs(one - epoch) < Math.abs(this.epochs[best] - epoch) ? e : best), 0);
  }

  clamp(t) {
    return Math.min(Math.max(t, this.start), this.stop - 1);
  }
}
