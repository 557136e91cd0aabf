// The arithmetic of one number as rows: what is added and multiplied, and what comes of it.

import { fill, lone, quoted } from "../../../../parts/common/words.js";
import { activation, logit, preActivation } from "./arithmetic.js";
import { pair } from "../panel/nodes.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Weight } from "./weights.js"
 *
 * A row: "label  a × b  value". `weight` stands at `at`, and can be changed.
 * @typedef {object} SumRow
 * @property {string} key
 * @property {string} label
 * @property {number} value
 * @property {number | "tanh"} [a]
 * @property {number} [b]
 * @property {Weight} [weight]
 * @property {"a" | "value"} [at]
 * @property {"sum" | "result" | "held"} [kind]
 *
 * @typedef {{ rows: SumRow[], alone?: number[] }} Sum alone: the units whose products have rows of their own
 */

const MOST = 8; // of more units the largest products alone stand in rows of their own
const LISTED = 6;

// place: { quantity, t, unit }. `listed`: the units whose products are to stand alone, or null for the largest.
/**
 * @type {(run: Run, e: number, place: { quantity: Quantity, t: number, unit: number }, words: Words, listed: number[] | null) =>
 *   Sum}
 */
export function sumRows(run, e, place, words, listed) {
  const { quantity, t, unit } = place;
  if (quantity === "logits") return logitRows(run, e, t, unit, words, listed);
  if (run.gates.includes(quantity)) return gateRows(run, e, t, quantity, unit, words, listed);
  return stateRows(run, e, t, quantity, unit, words.panel_old);
}

// The units whose products stand in rows of their own, in their order.
/** @type {(products: number[]) => number[]} */
function listedUnits(products) {
  if (products.length <= MOST) return products.map((_, k) => k);
  /** @type {(k: number) => number} */
  const reach = (k) => (Number.isNaN(products[k]) ? Infinity : Math.abs(products[k]));
  const order = products.map((_, k) => k).sort((one, two) => reach(two) - reach(one));
  return order.slice(0, LISTED).sort((one, two) => one - two);
}

// The products of a sum that belong to units, one by one and the rest together.
/**
 * @type {(products: number[], listed: number[] | null, row: (k: number, place: number) => SumRow, words: Words) => Required<Sum>}
 */
function productRows(products, listed, row, words) {
  const alone = listed ?? listedUnits(products);
  const rest = products.reduce((sum, product, k) => (alone.includes(k) ? sum : sum + product), 0);
  const count = products.length - alone.length;
  const others = { key: "rest", label: fill(words.panel_others, { count }), value: rest };
  return { alone, rows: [...alone.map(row), ...(count ? [others] : [])] };
}

/** @type {(run: Run, e: number, t: number, gate: Quantity, unit: number, words: Words, listed: number[] | null) => Sum} */
function gateRows(run, e, t, gate, unit, words, listed) {
  const sums = preActivation(run, e, t, gate, unit);
  const { row, letter, recurrent, state, products } = sums;
  const scaled = run.cell === "gru" && gate === "n";
  /** @type {(name: string, column: number | null, value: number) => Weight} */
  const weight = (name, column, value) => ({ name, row, column, value });
  /** @type {SumRow} */
  const picked = {
    key: "w",
    label: `W[:, ${quoted(run.alphabet[letter])}]`,
    value: sums.input,
    weight: weight("weight_ih", letter, sums.input),
    at: "value",
  };
  const input = sums.read && sums.x ? inputRows(sums.own, sums.x, sums.read, unit, weight) : [picked];
  /** @type {(name: string, value: number) => SumRow} */
  const bias = (name, value) => {
    const label = `b_{${name.slice(-2)}}`;
    return { key: name, label, value, weight: weight(name, null, value), at: "value" };
  };
  const { alone, rows } = productRows(
    products,
    listed,
    (k, place) => ({
      key: `u${place}`,
      label: `U_{${pair(unit, k)}} · h_{${k + 1}}`,
      a: recurrent[k],
      b: state[k],
      value: products[k],
      weight: weight("weight_hh", k, recurrent[k]),
      at: "a",
    }),
    words,
  );
  const ih = bias("bias_ih", sums.ownBias);
  const hh = bias("bias_hh", sums.stateBias);
  const squash = activation(run, gate);
  /** @type {SumRow[]} */
  const total = [
    { key: "sum", label: words.panel_sum, value: sums.total, kind: "sum" },
    { key: "result", label: `${squash}(${words.panel_sum})`, value: squashed(squash, sums.total), kind: "result" },
  ];
  if (!scaled) return { alone, rows: [...input, ...rows, ih, hh, ...total] };
  const reset = {
    key: "reset",
    label: `r_{${unit + 1}} × (U h + b_{hh})`,
    a: sums.reset,
    b: sums.fromState,
    value: sums.reset * sums.fromState,
  };
  /** @type {SumRow} */
  const inner = { key: "inner", label: "U h + b_{hh}", value: sums.fromState, kind: "sum" };
  return { alone, rows: [...rows, hh, inner, reset, ...input, ih, ...total] };
}

// A row for each number that is read.
/**
 * @type {(own: Float32Array, x: Float32Array, read: number[], unit: number, weight: (name: string, column: number, value: number) =>
 *   Weight) => SumRow[]}
 */
const inputRows = (own, x, read, unit, weight) =>
  read.map((value, k) => ({
    key: `x${k}`,
    label: read.length > 1 ? `W_{${pair(unit, k)}} · x_{${k + 1}}` : `W_{${unit + 1}} · x`,
    a: own[k],
    b: x[k],
    value,
    weight: weight("weight_ih", k, own[k]),
    at: "a",
  }));

/** @type {(name: string, sum: number) => number} */
function squashed(name, sum) {
  if (name === "σ") return 1 / (1 + Math.exp(-sum));
  return name === "tanh" ? Math.tanh(sum) : Math.max(0, sum);
}

/** @type {(run: Run, e: number, t: number, quantity: Quantity, unit: number, old: string) => Sum} */
function stateRows(run, e, t, quantity, unit, old) {
  /** @type {(name: Quantity) => number} */
  const at = (name) => run.value(name, e, t, unit);
  const j = unit + 1;
  /** @type {(key: string, label: string, a: number, b: number) => SumRow} */
  const product = (key, label, a, b) => ({ key, label, a, b, value: a * b });
  if (quantity === "c") {
    const kept = product("kept", `f_{${j}} × ${old} c_{${j}}`, at("f"), at("c_prev"));
    const added = product("added", `i_{${j}} × g_{${j}}`, at("i"), at("g"));
    return { rows: [kept, added, { key: "result", label: `c_{${j}}`, value: kept.value + added.value, kind: "result" }] };
  }
  if (run.cell === "lstm") {
    const inner = Math.tanh(at("c"));
    const shown = product("shown", `o_{${j}} × tanh(c_{${j}})`, at("o"), inner);
    return {
      rows: [
        { key: "tanh", label: `tanh(c_{${j}})`, a: "tanh", b: at("c"), value: inner },
        shown,
        { key: "result", label: `h_{${j}}`, value: shown.value, kind: "result" },
      ],
    };
  }
  const taken = product("taken", `(1 − z_{${j}}) × n_{${j}}`, 1 - at("z"), at("n"));
  const kept = product("kept", `z_{${j}} × ${old} h_{${j}}`, at("z"), at("h_prev"));
  return { rows: [taken, kept, { key: "result", label: `h_{${j}}`, value: taken.value + kept.value, kind: "result" }] };
}

/** @type {(run: Run, e: number, t: number, letter: number, words: Words, listed: number[] | null) => Sum} */
function logitRows(run, e, t, letter, words, listed) {
  const sums = logit(run, e, t, letter);
  const name = run.ofNumbers ? String(letter + 1) : lone(run.answers[letter]);
  const of = run.ofNumbers && run.answers.length === 1 ? "" : `${name},`;
  const { alone, rows } = productRows(
    sums.products,
    listed,
    (k, place) => ({
      key: `v${place}`,
      label: `V_{${of}${k + 1}} · h_{${k + 1}}`,
      a: sums.weights[k],
      b: sums.state[k],
      value: sums.products[k],
      weight: { name: "head.weight", row: letter, column: k, value: sums.weights[k] },
      at: "a",
    }),
    words,
  );
  /** @type {SumRow} */
  const bias = {
    key: "bias",
    label: words.panel_bias,
    value: sums.bias,
    weight: { name: "head.bias", row: letter, column: null, value: sums.bias },
    at: "value",
  };
  if (run.ofNumbers) return { alone, rows: [...rows, bias, ...toldRows(run, e, t, letter, sums.total, words)] };
  return {
    alone,
    rows: [
      ...rows,
      bias,
      { key: "sum", label: words.panel_logit, value: sums.total, kind: "sum" },
      { key: "result", label: words.panel_softmax, value: run.value("probabilities", e, t, letter), kind: "result" },
    ],
  };
}

// A number that is told, and where it is asked what is due, by how much it is off, and the square of that.
/** @type {(run: Run, e: number, t: number, which: number, total: number, words: Words) => SumRow[]} */
function toldRows(run, e, t, which, total, words) {
  const sign = run.answers.length > 1 ? `_{${which + 1}}` : "";
  /** @type {SumRow} */
  const told = { key: "sum", label: `ŷ${sign} = ${words.panel_sum}`, value: total, kind: "sum" };
  if (!run.asked(t)) return [told];
  const due = run.value("y", e, t, which);
  const off = run.value("logits", e, t, which) - due;
  return [
    told,
    { key: "due", label: `${words.panel_target} y${sign}`, value: due },
    { key: "off", label: `ŷ${sign} − y${sign}`, value: off },
    { key: "result", label: `${words.panel_loss} (ŷ${sign} − y${sign})²`, value: off * off, kind: "result" },
  ];
}
