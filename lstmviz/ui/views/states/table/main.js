// The notes' table of variables, with the numbers of the selected step in its cells. The products and sums are taken apart here;
// what comes out is the engine's own number, and a test holds the parts to the engine.

import { createMount } from "../../../parts/common/mount.js";
import { nodeOf, setText, tag } from "../../../parts/common/nodes.js";
import { number, operand, wholeText } from "../../../parts/common/numbers.js";
import { below, fill, quoted } from "../../../parts/common/words.js";
import { Run } from "../../../parts/run/data.js";
import { labelOf, readAt } from "../../../parts/run/labels.js";
import { createViewer } from "../../../parts/run/viewer.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Quantity } from "../../../parts/run/data.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 *
 * A row of `lstmviz/claims/variables.py`.
 * @typedef {object} Variable
 * @property {Quantity} name
 * @property {"h" | "c" | null} past what goes in of the step before
 * @property {string} present what goes in of this step
 * @property {"weighted sum" | "gated sum" | null} joined
 * @property {Quantity[]} gates
 * @property {"tanh" | "relu" | null} activation
 * @property {number | null} fermentation
 *
 * The parts of a number: past + present = joined; after the activation, and times the gate over the result, it is `value`.
 * @typedef {{ past: number | null, present: number, joined: number, activated: number, value: number }} Live
 *
 * @typedef {Header & { rows: Variable[] }} VariablesHeader
 */

const HEADS = ["variable", "past", "present", "joined", "activation", "value"]; // of the columns

export default createMount({ root: ".variables", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create: createVariables });

/** @type {(root: HTMLElement) => Instance<VariablesHeader, Run>} */
function createVariables(root) {
  /** @type {(ctx: Ctx<VariablesHeader>) => Drawn[]} */
  const assemble = (ctx) => [createTable(root, ctx)];
  const viewer = createViewer(root, assemble);
  return {
    show: (header, runs, { dark, setTriggerValue }) => viewer.show(header, runs, { words: header.words, language: header.language, dark }, setTriggerValue),
    refresh: viewer.refresh,
    leave: viewer.leave,
  };
}

/** @type {(root: HTMLElement, ctx: Ctx<VariablesHeader>) => Drawn} */
function createTable(root, ctx) {
  const says = nodeOf(root, "[data-part=says]");
  const table = nodeOf(root, "table");
  return {
    draw(now) {
      const { run, e } = ctx.sides(now)[0];
      const { words } = ctx;
      const unit = Math.min(now.unit, run.units - 1);
      const t = run.clamp(now.t);
      setText(says, fill(run.ofNumbers ? words.variables_says_numbers : words.variables_says, { t, letter: run.ofNumbers ? readAt(run, t) : quoted(labelOf(run, t)), unit: unit + 1, epoch: wholeText(run.epochs[e]) }));
      const heads = HEADS.map((key) => tag("th", { scope: "col" }, words[`variables_${key}`]));
      const rows = ctx.header.rows.map((row) => rowOf(row, liveOf(run, e, t, unit, row), words, unit));
      table.replaceChildren(tag("thead", {}, tag("tr", {}, ...heads)), tag("tbody", {}, ...rows));
    },
  };
}

/** @type {(row: Variable, live: Live, words: Record<string, string>, unit: number) => HTMLElement} */
function rowOf({ name, past, present, joined, gates, activation, fermentation }, live, words, unit) {
  /** @param {string} sign */
  const own = (sign) => sign + below(unit);
  const ferment = fermentation === null ? "" : fill(words.variables_fermentation, { number: fermentation });
  const [pastGate, presentGate] = joined === "gated sum" ? [gates[0], gates.length > 1 ? gates[1] : `(1 − ${own(gates[0])})`] : ["", ""];
  /** @param {string} gate */
  const times = (gate) => (gate ? `${gate.startsWith("(") ? gate : own(gate)} × ` : "");
  const inPast = past && joined === "weighted sum" ? `${gates[0] ? `${own(gates[0])} × ` : ""}(U h(t−1) + b_hh)` : past && `${times(pastGate)}${own(past)}(t−1)`;
  const inPresent = joined === "weighted sum" ? "W x(t) + b_ih" : joined ? `${times(presentGate)}${own(present)}` : own(present);
  const over = joined === null && gates[0] ? `${own(gates[0])} × ` : "";
  const end = activation ? `${over}${activation}(${number(live.joined)}) = ${over ? `${own(gates[0])} × ${number(live.activated)}` : number(live.activated)}` : words.variables_no_activation;
  /** @type {[string, string][]} */
  const cells = [
    [inPast ?? "—", live.past === null ? "" : number(live.past)],
    [inPresent, number(live.present)],
    [joined ? words[`variables_${joined.replace(" ", "_")}`] : "—", joined ? `${number(live.past ?? 0)} + ${operand(live.present)} = ${number(live.joined)}` : ""],
    ["", end],
    ["", `${own(name)} = ${number(live.value)}`],
  ];
  const head = tag("th", { scope: "row" }, tag("b", {}, own(name)), tag("small", {}, ferment));
  return tag("tr", { "data-name": name }, head, ...cells.map(([how, value], k) => tag("td", { "data-head": words[`variables_${HEADS[k + 1]}`] }, tag("small", {}, how), tag("span", {}, value))));
}


/** @type {(run: Run, e: number, t: number, unit: number, row: Variable) => Live} */
function liveOf(run, e, t, unit, { name, past, present, joined, gates, activation }) {
  /** @param {string} quantity */
  const at = (quantity) => run.value(quantity, e, t, unit);
  const value = at(name);
  if (joined === "weighted sum") {
    const row = run.gates.indexOf(name) * run.units + unit;
    const before = run.before("h", e, t);
    const hh = run.weights("weight_hh", e);
    let sum = run.weights("bias_hh", e)[row];
    for (let k = 0; k < run.units; k++) sum += hh[row * run.units + k] * before[k];
    if (gates[0]) sum *= at(gates[0]);
    const input = inputOf(run, e, t, row);
    return { past: sum, present: input, joined: sum + input, activated: value, value };
  }
  if (joined === "gated sum" && past) {
    const old = at(gates[0]) * run.before(past, e, t)[unit];
    const fresh = (gates.length > 1 ? at(gates[1]) : 1 - at(gates[0])) * at(present);
    return { past: old, present: fresh, joined: value, activated: value, value };
  }
  const own = at(present);
  return { past: null, present: own, joined: own, activated: activation === "tanh" ? Math.tanh(own) : own, value };
}

// What is read says to a row of the stacked weights, with the bias: the weight of a letter, or a sum over numbers.
/** @type {(run: Run, e: number, t: number, row: number) => number} */
function inputOf(run, e, t, row) {
  const size = run.alphabet.length;
  const own = run.weights("weight_ih", e).subarray(row * size, (row + 1) * size);
  const bias = run.weights("bias_ih", e)[row];
  return run.ofNumbers ? run.row("x", e, t).reduce((sum, value, k) => sum + own[k] * value, bias) : own[run.letter(t)] + bias;
}
