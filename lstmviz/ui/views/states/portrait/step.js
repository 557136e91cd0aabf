// One step of a cell from any state, so that arrows and paths move with the training without a request. The states of a text come
// from the engine; this is for states that no text has led to. A test holds it to the engine.

/**
 * @import { Run } from "../../../parts/run/data.js"
 *
 * What is read at a step: a letter by its number, or numbers.
 * @typedef {number | ArrayLike<number>} Read
 *
 * @typedef {(state: Float64Array, read: Read) => Float64Array} Step the state after what is read, h first, then c if there is one
 */

/** @param {Run} run */
export const sizeOf = (run) => run.units * (run.cell === "lstm" ? 2 : 1);

// The state before step t, and after it: h first, then c.
/** @type {(run: Run, e: number, t: number) => Float64Array} */
export function stateAt(run, e, t) {
  const state = new Float64Array(sizeOf(run));
  state.set(t < run.start ? run.before("h", e, run.start) : run.row("h", e, t));
  if (run.cell === "lstm") state.set(t < run.start ? run.before("c", e, run.start) : run.row("c", e, t), run.units);
  return state;
}

/** @type {(run: Run, e: number) => Step} */
export function stepOf(run, e) {
  const { units, cell } = run;
  const size = run.alphabet.length;
  const [ih, hh, b_ih, b_hh] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => run.weights(name, e));
  // What the input says to a row of the stacked weights, and what the state does.
  /** @type {(row: number, read: Read) => number} */
  const input = (row, read) => {
    if (typeof read === "number") return ih[row * size + read] + b_ih[row];
    let sum = b_ih[row];
    for (let k = 0; k < size; k++) sum += ih[row * size + k] * read[k];
    return sum;
  };
  /** @type {(row: number, state: Float64Array) => number} */
  const hidden = (row, state) => {
    let sum = b_hh[row];
    for (let k = 0; k < units; k++) sum += hh[row * units + k] * state[k];
    return sum;
  };
  /** @type {Record<import("../../../parts/run/data.js").Cell, Step>} */
  const steps = {
    rnn: (state, read) => state.map((_, k) => Math.tanh(input(k, read) + hidden(k, state))),
    rnn_relu: (state, read) => state.map((_, k) => Math.max(0, input(k, read) + hidden(k, state))),
    lstm(state, read) {
      const next = new Float64Array(2 * units);
      for (let k = 0; k < units; k++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((gate) => input(gate * units + k, read) + hidden(gate * units + k, state));
        const c = logistic(f) * state[units + k] + logistic(i) * Math.tanh(g);
        next[units + k] = c;
        next[k] = logistic(o) * Math.tanh(c);
      }
      return next;
    },
    gru(state, read) {
      const next = new Float64Array(units);
      for (let k = 0; k < units; k++) {
        const r = logistic(input(k, read) + hidden(k, state));
        const z = logistic(input(units + k, read) + hidden(units + k, state));
        const n = Math.tanh(input(2 * units + k, read) + r * hidden(2 * units + k, state));
        next[k] = (1 - z) * n + z * state[k];
      }
      return next;
    },
  };
  return steps[cell];
}

// What is read at step t.
/** @type {(run: Run, t: number) => Read} */
export const readOf = (run, t) => (run.ofNumbers ? run.row("x", 0, t) : run.letter(t));

// The state after several letters, or several times numbers.
/** @type {(step: Step, state: Float64Array, letters: ArrayLike<Read>) => Float64Array} */
export function through(step, state, letters) {
  let now = state;
  for (let k = 0; k < letters.length; k++) now = step(now, letters[k]);
  return now;
}

/** @param {number} a */
const logistic = (a) => 1 / (1 + Math.exp(-a));
