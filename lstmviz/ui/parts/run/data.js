// What the server sends, as all that looks at a run reads it. `lstmviz/packing.py` describes the bytes.

import { arraysOf } from "../common/bytes.js";
import { sharedAs } from "../common/shared.js";
import { below } from "../common/words.js";

/**
 * @import { Bytes } from "../common/bytes.js"
 *
 * @typedef {"lstm" | "gru" | "rnn" | "rnn_relu"} Cell
 * @typedef {string} Quantity a gate or state of the cell, "logits" or "probabilities"; of a change also "effect_probability" or
 *   "effect_loss"
 *
 * What `pack_run` of `lstmviz/packing.py` and `about` of `ui/background/packets.py` say of a run.
 * @typedef {object} RunHeader
 * @property {Cell} cell
 * @property {number} units H
 * @property {string[]} alphabet V letters
 * @property {string[]} [answers] of a task that is no pattern, what can be said
 * @property {string} pattern the text repeats it; or the name of another task
 * @property {number} period of the pattern; the whole sequence of another task
 * @property {string[]} [target_labels] of a sequence what is due at each step, "" where nothing is
 * @property {number} margin by more than so much what is right must lead to be more than a toss of a coin
 * @property {number | null} [tolerance] of a task of numbers, how far from its target one may be
 * @property {Record<"x" | "y", number>} [largest] of a task of numbers, how large get those that are read, and those told or due
 * @property {string[]} labels of the pattern's letters, which tell equal ones apart
 * @property {number} [sums] how large `h_pre` gets
 * @property {number} steps T, of the whole text
 * @property {number} start the first step that is here
 * @property {number} stop the first one after these
 * @property {number} seed
 * @property {number} lr
 * @property {number} trained epochs
 * @property {number | null} diverged the first epoch whose loss was no finite number
 * @property {number[]} epochs of the E snapshots
 * @property {(number | null)[]} losses
 * @property {Held[]} [held] of a run changed from outside, what is held: by quantity, unit (null: every one), first and last
 *   step (null: its end)
 *
 * @typedef {{ quantity: Quantity, unit: number | null, first: number, last: number | null }} Held
 *
 * The numbers: `x` and `y` (T,), the letters read and to come; each quantity of the cell, and of one without gates `h_pre`, (E,
 * N, H) over the N steps that are here; `logits` and `probabilities` (E, N, V); the state before the first step, `h_start` and
 * `c_start` (E, H); and the weights, as torch names them, `weight_ih`, `head.bias`, ..., with an axis over the snapshots first.
 * Of a change (`ui/views/cell/packets.py`) also `effect_probability`, `effect_loss`, `effect_loss_before` and
 * `effect_loss_after` (E, N), and `effect_first` and `effect_last` (E,), where it is felt: -1 if nowhere.
 * Of a task that is no pattern `y` is -1 where nothing is asked, `right` (E, N) says where the engine finds the network right,
 * and where several symbols may come `legal` (T, V) says which: 1 or 0. Of numbers `x` is (T, V) and `y` (T, A), `scored` (T,)
 * says where they are asked, and what the network tells are its `logits`.
 * @typedef {Record<string, Float32Array> & Record<"x" | "y" | "effect_first" | "effect_last", Int32Array> &
 *   Partial<Record<"right" | "legal" | "scored", Uint8Array>>} RunArrays
 *
 * The runs on display: the network of the page, the same changed from outside, and one beside it.
 * @typedef {{ first: Run, changed?: Run, second?: Run }} Runs
 */

// A space is a symbol of a text like any other, and has to be seen.
/** @type {(symbol: string) => string} */
export const visible = (symbol) => symbol.replace(/^ /, "␣");

// "x", or "x₁", "x₂", ...
/** @type {(sign: string, count: number) => string[]} */
const namesOf = (sign, count) => (count === 1 ? [sign] : Array.from({ length: count }, (_, k) => sign + below(k)));

/** @type {Record<Cell, Quantity[]>} */
const QUANTITIES = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["r", "z", "n", "h"], rnn: ["h"], rnn_relu: ["h"] };

// In torch's order.
/** @type {Record<Cell, Quantity[]>} */
const GATES = { lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"], rnn: ["h"], rnn_relu: ["h"] };

// A network at each snapshot of its training, followed through the steps of a window. E snapshots, T steps in the whole
// text of which those from `start` to `stop` are here, H units, V letters. Steps are counted in the whole text.
export class Run {
  static KEPT = 6; // runs unpacked: those on display, and some that were
  /** @type {Map<string, Run>} */
  static unpacked = sharedAs("lstmvizRuns", () => new Map()); // by digest; one for all parts of the document

  /** @param {Bytes} bytes */
  constructor(bytes) {
    /** @type {{ header: RunHeader, arrays: RunArrays }} */
    const { header, arrays } = arraysOf(bytes);
    this.arrays = arrays;
    this.cell = header.cell;
    this.units = header.units;
    this.ofNumbers = header.answers?.length === 0; // numbers are read and told: no symbols, no probabilities
    this.alphabet = this.ofNumbers ? namesOf("x", arrays.x.length / header.steps) : header.alphabet.map(visible);
    this.told = this.ofNumbers ? namesOf("ŷ", arrays.y.length / header.steps) : (header.answers ?? header.alphabet).map(visible);
    this.answers = this.told; // as `speak` calls them
    this.isPattern = header.answers === undefined;
    this.foretells = !this.ofNumbers && this.told.join("\n") === this.alphabet.join("\n"); // what is asked is the next symbol
    this.margin = header.margin;
    this.tolerance = header.tolerance ?? NaN;
    this.largest = header.largest ?? { x: 1, y: 1 };
    this.pattern = header.pattern;
    this.period = header.period;
    this.labels = this.ofNumbers ? header.labels.map((label) => label.replaceAll("-", "−")) : header.labels.map(visible);
    this.sums = header.sums ?? 1;
    this.steps = header.steps;
    this.start = header.start;
    this.stop = header.stop;
    this.seed = header.seed;
    this.lr = header.lr;
    this.trained = header.trained;
    this.diverged = header.diverged;
    this.epochs = header.epochs;
    this.losses = header.losses;
    this.held = header.held ?? [];
    this.quantities = QUANTITIES[this.cell];
    this.gates = GATES[this.cell];
    this.bound = 1; // how large a state gets that no function bounds, in all runs on display
    this.title = ""; // in a few words
  }

  get length() {
    return this.stop - this.start;
  }

  // Call the answers that are words as the reader's language does; symbols are their own names.
  /** @param {import("../common/words.js").Words} words */
  speak(words) {
    this.answers = this.foretells || this.ofNumbers ? this.told : this.told.map((one) => words[`run_answer_${one}`] ?? one);
  }

  // How many numbers a quantity has: the answers for "logits" and "probabilities", else the units; of a task of numbers also
  // what is read, "x", and what is due, "y".
  /** @param {Quantity} quantity */
  size(quantity) {
    if (quantity === "x") return this.alphabet.length;
    return quantity === "logits" || quantity === "probabilities" || quantity === "y" ? this.answers.length : this.units;
  }

  // The numbers that the network tells: how probable each answer is to it, or of a task of numbers these themselves.
  /** @returns {"probabilities" | "logits"} */
  get tells() {
    return this.ofNumbers ? "logits" : "probabilities";
  }

  // All numbers of a quantity after step t at snapshot e; "h_prev" and "c_prev": the state that the step started from.
  /** @param {Quantity} quantity @param {number} e @param {number} t @returns {Float32Array} */
  row(quantity, e, t) {
    if (quantity === "h_prev" || quantity === "c_prev") return this.before(quantity[0], e, t);
    const size = this.size(quantity);
    if (quantity === "x" || quantity === "y") return /** @type {Float32Array} */ (/** @type {unknown} */ (this.arrays[quantity])).subarray(t * size, (t + 1) * size);
    const at = (e * this.length + t - this.start) * size;
    return this.arrays[quantity].subarray(at, at + size);
  }

  /** @param {Quantity} quantity @param {number} e @param {number} t @param {number} unit */
  value(quantity, e, t, unit) {
    return this.row(quantity, e, t)[unit];
  }

  /** @param {Quantity} state @param {number} e @param {number} t @returns {Float32Array} */
  before(state, e, t) {
    if (t > this.start) return this.row(state, e, t - 1);
    return this.arrays[`${state}_start`].subarray(e * this.units, (e + 1) * this.units);
  }

  // One snapshot's matrix or vector of weights, row by row: "weight_ih", "bias_hh", "head.weight", ...
  /** @param {string} name @param {number} e */
  weights(name, e) {
    const size = this.arrays[name].length / this.epochs.length;
    return this.arrays[name].subarray(e * size, (e + 1) * size);
  }

  // The symbol that is read; -1 where numbers are.
  /** @param {number} t */
  letter(t) {
    return this.ofNumbers ? -1 : this.arrays.x[t];
  }

  // The answer that was trained on: of several that are legal the one that came; -1 where nothing is asked.
  /** @param {number} t */
  target(t) {
    return this.ofNumbers ? -1 : this.arrays.y[t];
  }

  /** @param {number} t */
  asked(t) {
    return this.ofNumbers ? this.arrays.scored?.[t] === 1 : this.target(t) >= 0;
  }

  // The answers that are right after step t: none where nothing is asked, one, or all that are legal.
  /** @param {number} t @returns {number[]} */
  due(t) {
    const { legal } = this.arrays;
    if (!this.asked(t) || this.ofNumbers) return [];
    return legal ? this.answers.flatMap((_, k) => (legal[t * this.answers.length + k] ? [k] : [])) : [this.target(t)];
  }

  /** @param {number} e @param {number} t */
  right(e, t) {
    const { right } = this.arrays;
    return right ? right[e * this.length + t - this.start] === 1 : this.guess(e, t) === this.target(t);
  }

  // The answers that the network should not have held to be so probable: its guess, or where several are legal each one that is
  // as probable as a legal one.
  /** @param {number} e @param {number} t @returns {number[]} */
  wrong(e, t) {
    const guess = this.guess(e, t);
    if (guess < 0 || !this.asked(t) || this.right(e, t)) return [];
    if (!this.arrays.legal) return [guess];
    const due = this.due(t);
    const probabilities = this.row("probabilities", e, t);
    const least = Math.min(...due.map((k) => probabilities[k]));
    return this.answers.map((_, k) => k).filter((k) => !due.includes(k) && probabilities[k] >= least);
  }

  // How probable the right answers are to the network, together; NaN where nothing is asked.
  /** @param {number} e @param {number} t */
  certainty(e, t) {
    const due = this.due(t);
    return due.length ? due.reduce((sum, k) => sum + this.value("probabilities", e, t, k), 0) : NaN;
  }

  // By how much each number that is told is off.
  /** @param {number} e @param {number} t @returns {number[]} */
  errors(e, t) {
    const due = this.row("y", e, t);
    return Array.from(this.row("logits", e, t), (value, k) => Math.abs(value - due[k]));
  }

  // The numbers that are told and off by more than they may be; the engine has the word on whether there is any.
  /** @param {number} e @param {number} t @returns {number[]} */
  far(e, t) {
    if (!this.asked(t) || this.right(e, t)) return [];
    const errors = this.errors(e, t);
    const worst = errors.reduce((found, error, k) => (error > errors[found] ? k : found), 0);
    return errors.flatMap((error, k) => (!(error <= this.tolerance) || k === worst ? [k] : []));
  }

  // Of a text the first step of its last pattern: what is felt there is felt to the end. Of a sequence its last step.
  get lastSteps() {
    return this.isPattern ? this.steps - this.period : this.steps - 1;
  }

  // The letter that the network holds to be the most probable one to come after step t; -1 if its outputs are no numbers.
  /** @param {number} e @param {number} t */
  guess(e, t) {
    if (this.ofNumbers) return -1;
    const probabilities = this.row("probabilities", e, t);
    let best = -1;
    for (let k = 0; k < probabilities.length; k++) {
      if (!Number.isFinite(probabilities[k])) return -1;
      if (best < 0 || probabilities[k] > probabilities[best]) best = k;
    }
    return best;
  }

  // The snapshot of the epoch nearest to the one asked for.
  /** @param {number} epoch */
  snapshot(epoch) {
    return this.epochs.reduce((best, one, e) => (Math.abs(one - epoch) < Math.abs(this.epochs[best] - epoch) ? e : best), 0);
  }

  /** @param {number} t */
  clamp(t) {
    return Math.min(Math.max(t, this.start), this.stop - 1);
  }
}
