// What a wire or an operator of the diagram says, with the numbers of one unit, and the number that stands beside it.

import { number, operand, shareText } from "../../../../parts/common/numbers.js";
import { below, fill, quoted } from "../../../../parts/common/words.js";
import { readAt } from "../../../../parts/run/labels.js";
import { activation, logit, preActivation } from "../sums/arithmetic.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Words } from "../../../../parts/common/words.js"
 *
 * The numbers of one unit in a step, each computed when it is asked for.
 * @typedef {ReturnType<typeof unitNumbers>} UnitNumbers
 * @typedef {[name: string, first: number, sign: string, second: number, result: number]} Equation
 */

/** @param {Run} run @param {number} e @param {number} t @param {number} unit */
function unitNumbers(run, e, t, unit) {
  /** @type {(quantity: Quantity) => number} */
  const get = (quantity) => run.value(quantity, e, t, unit);
  /** @type {(gate: Quantity) => ReturnType<typeof preActivation>} */
  const sum = (gate) => preActivation(run, e, t, gate, unit);
  return { run, e, t, unit, get, sum };
}

// What flows on from an operator.
/** @type {Record<string, (n: UnitNumbers) => number>} */
const OUTCOMES = {
  keep: ({ run, get }) => (run.cell === "gru" ? get("z") * get("h_prev") : get("f") * get("c_prev")),
  add: ({ run, get }) => (run.cell === "gru" ? (1 - get("z")) * get("n") : get("i") * get("g")),
  squash_c: ({ get }) => Math.tanh(get("c")),
  one: ({ get }) => 1 - get("z"),
  reset: ({ get, sum }) => get("r") * sum("n").fromState,
  uh: ({ sum }) => sum("h").fromState,
  wx: ({ sum }) => sum("h").input + sum("h").ownBias,
};

/** @param {string} id @param {Run} run @param {number} e @param {number} t @param {number} unit */
export function outcome(id, run, e, t, unit) {
  return OUTCOMES[id]?.(unitNumbers(run, e, t, unit));
}

// The operators as equations: the name, an operand, the sign, an operand, the result; `_` stands for the unit.
/** @type {Partial<Record<Run["cell"], Record<string, (n: UnitNumbers, old: (sign: string) => string) => Equation>>>} */
const EQUATIONS = {
  lstm: {
    keep: (n, old) => [`f_ × ${old("c_")}`, n.get("f"), "×", n.get("c_prev"), OUTCOMES.keep(n)],
    add: (n) => ["i_ × g_", n.get("i"), "×", n.get("g"), OUTCOMES.add(n)],
    new_c: (n) => ["c_", OUTCOMES.keep(n), "+", OUTCOMES.add(n), n.get("c")],
    new_h: (n) => ["h_ = o_ × tanh(c_)", n.get("o"), "×", OUTCOMES.squash_c(n), n.get("h")],
  },
  gru: {
    keep: (n, old) => [`z_ × ${old("h_")}`, n.get("z"), "×", n.get("h_prev"), OUTCOMES.keep(n)],
    add: (n) => ["(1 − z_) × n_", OUTCOMES.one(n), "×", n.get("n"), OUTCOMES.add(n)],
    new_h: (n) => ["h_", OUTCOMES.add(n), "+", OUTCOMES.keep(n), n.get("h")],
    reset: (n) => ["r_ × (U h + b)", n.get("r"), "×", n.sum("n").fromState, OUTCOMES.reset(n)],
  },
};

// The quantities that other wires carry on.
/** @type {Record<string, Quantity>} */
const CARRIED = { old_c: "c_prev", old_h: "h_prev", to_tanh: "c" };

// held(quantity, unit): whether it was set from outside, and so is not what the equation gives.
/**
 * @type {(id: string, at: { run: Run, e: number, t: number, unit: number }, words: Words, held: (quantity: Quantity, unit:
 *   number) => boolean) => string}
 */
export function diagramSays(id, { run, e, t, unit }, words, held) {
  const n = unitNumbers(run, e, t, unit);
  const s = below(unit);
  const result = id === "new_c" ? "c" : id === "new_h" ? "h" : id.replace(/^act_/, "");
  if (run.quantities.includes(result) && held(result, unit)) {
    return fill(words.diagram_says_held, { sign: `${result}${s}`, value: number(n.get(result)) });
  }
  const equation = EQUATIONS[run.cell]?.[id];
  if (equation)
    return equationText(
      equation(n, (sign) => fill(words.diagram_old, { sign })),
      s,
    );
  if (id.startsWith("sum_")) return sumText(n, id.slice(4), s);
  if (id.startsWith("act_")) return activationText(n, id.slice(4), s);
  if (id === "read") return readoutText(n, words);
  if (id === "squash_c") return `tanh(c${s}) = tanh(${number(n.get("c"))}) = ${number(OUTCOMES.squash_c(n))}`;
  const quantity = CARRIED[id] ?? (run.gates.includes(id) ? id : null);
  const value = quantity ? n.get(quantity) : (OUTCOMES[id]?.(n) ?? 0);
  const letter = run.ofNumbers ? readAt(run, t) : quoted(readAt(run, t));
  return fill(words[id === "x" && run.ofNumbers ? "diagram_says_x_numbers" : `diagram_says_${id}`], { unit: s, value: number(value), letter });
}

/** @type {(equation: Equation, s: string) => string} */
function equationText([name, first, sign, second, result], s) {
  return `${name.replaceAll("_", s)} = ${operand(first)} ${sign} ${operand(second)} = ${number(result)}`;
}

/** @param {UnitNumbers} n @param {Quantity} gate @param {string} s */
function sumText(n, gate, s) {
  const { input, ownBias, stateBias, fromState, reset, total } = n.sum(gate);
  const name = n.run.gates.length === 1 ? "a" : gate;
  const scaled = n.run.cell === "gru" && gate === "n"; // by the reset gate
  const formula = scaled ? "W x + b + r × (U h + b)" : "W x + U h + b";
  const terms = scaled ? [input + ownBias, reset * fromState] : [input, fromState - stateBias, ownBias + stateBias];
  return `${name}${s}: ${formula} = ${terms.map(operand).join(" + ")} = ${number(total)}`;
}

/** @param {UnitNumbers} n @param {Quantity} gate @param {string} s */
function activationText(n, gate, s) {
  return `${gate}${s} = ${activation(n.run, gate)}(${number(n.sum(gate).total)}) = ${number(n.get(gate))}`;
}

/** @param {UnitNumbers} n @param {Words} words */
function readoutText({ run, e, t }, words) {
  if (run.ofNumbers) return fill(words.diagram_says_read_numbers, { told: Array.from(run.row("logits", e, t), (value, k) => `${run.answers[k]} = ${number(value)}`).join(", ") });
  const letter = run.guess(e, t);
  if (letter < 0) return words.diagram_says_nothing;
  const probability = shareText(run.row("probabilities", e, t)[letter]);
  const values = {
    letter: quoted(run.answers[letter]),
    logit: number(logit(run, e, t, letter).total),
    probability,
  };
  return fill(words.diagram_says_read, values);
}
