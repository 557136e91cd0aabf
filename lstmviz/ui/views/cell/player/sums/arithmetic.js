// One number of a step taken apart into what it is made of. The server's engine computed the states, gates and weights; here
// they are only multiplied and added again, so that each summand can be shown. `lstmviz/tracing/arithmetic.py` is the same in Python.

/** @import { Quantity, Run } from "../../../../parts/run/data.js" */

// The sum before the activation of a gate (or of the plain network's h), for one unit. The terms add up to `total`:
//   input:  the column of W that the letter picks, or where numbers are read the sum of their products, `read`;
//   bias:   b_ih, b_hh;  state: U[row, k] * h[k] for each unit k.
// A GRU's candidate n has the terms of its state under `scaled`: they are added up, with b_hh, and multiplied by r.
/** @param {Run} run @param {number} e @param {number} t @param {Quantity} gate @param {number} unit */
export function preActivation(run, e, t, gate, unit) {
  const row = run.gates.indexOf(gate) * run.units + unit;
  const letters = run.alphabet.length;
  const letter = run.letter(t);
  const state = run.row("h_prev", e, t);
  const own = run.weights("weight_ih", e).subarray(row * letters, (row + 1) * letters);
  const x = run.ofNumbers ? run.row("x", e, t) : null;
  const read = x ? Array.from(own, (weight, k) => weight * x[k]) : null;
  const input = read ? read.reduce((sum, product) => sum + product, 0) : own[letter];
  const recurrent = run.weights("weight_hh", e).subarray(row * run.units, (row + 1) * run.units);
  const products = Array.from(recurrent, (weight, k) => weight * state[k]);
  const ownBias = run.weights("bias_ih", e)[row];
  const stateBias = run.weights("bias_hh", e)[row];
  const fromState = products.reduce((sum, product) => sum + product, 0) + stateBias;
  const reset = run.cell === "gru" && gate === "n" ? run.value("r", e, t, unit) : 1;
  return { row, letter, own, x, read, input, recurrent, state, products, ownBias, stateBias, fromState, reset, total: input + ownBias + reset * fromState };
}

// The function that follows the sum.
/** @param {Run} run @param {Quantity} gate */
export function activation(run, gate) {
  if ("ifozr".includes(gate)) return "σ";
  return run.cell === "rnn_relu" ? "ReLU" : "tanh";
}

// The logit of a letter: its row of the head times h, plus its bias.
/** @param {Run} run @param {number} e @param {number} t @param {number} letter */
export function logit(run, e, t, letter) {
  const weights = run.weights("head.weight", e).subarray(letter * run.units, (letter + 1) * run.units);
  const state = run.row("h", e, t);
  const products = Array.from(weights, (weight, k) => weight * state[k]);
  const bias = run.weights("head.bias", e)[letter];
  return { weights, state, products, bias, total: products.reduce((sum, product) => sum + product, 0) + bias };
}
