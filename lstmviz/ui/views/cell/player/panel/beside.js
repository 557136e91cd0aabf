// BESIDE: a second network in step with the first, on the same text.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { fill } from "../../../../parts/common/words.js";
import { fillChips, numberField, push, section } from "./nodes.js";
import { options } from "../changes/hold.js";
import { isHere } from "./try.js";

/**
 * @import { Runs } from "../../../../parts/run/data.js"
 * @import { Player } from "../main.js"
 * @import { ShownHeader } from "../main.js"
 * @import { Edits } from "../changes/edits.js"
 *
 * @typedef {"hidden" | "seed" | "epoch"} BesideField
 */

/** @type {[value: string, text: string][]} */
const BESIDE_CELLS = [["lstm", "LSTM"], ["gru", "GRU"], ["rnn", "RNN (tanh)"], ["rnn_relu", "RNN (ReLU)"]];
/** @type {Record<BesideField, [low: number, high: number]>} */
const LIMITS = { hidden: [1, 64], seed: [0, 2 ** 32 - 1], epoch: [0, 100000] };

/** @type {BesideField[]} */
const BESIDE_FIELDS = ["hidden", "seed", "epoch"];

/** @param {Player} ctx @param {Edits} edits */
export function createBeside(ctx, edits) {
  const cell = tag("select");
  const field = () => numberField({ inputmode: "numeric" });
  const inputs = { hidden: field(), seed: field(), epoch: field() };
  const labels = { hidden: tag("span"), seed: tag("span"), epoch: tag("span") };
  const problem = tag("p", { class: "problem", role: "alert" });
  const show = push("", take, { class: "chip strong" });
  const remove = push("", () => edits.ask({ url: { with: null } }));
  const quick = tag("div", { class: "chips" });
  const fields = BESIDE_FIELDS.map((name) => tag("label", {}, labels[name], inputs[name]));
  const form = tag("div", { class: "beside-fields" }, cell, ...fields);
  const { root, heading } = section("beside", quick, form, problem, tag("div", { class: "chips" }, show, remove));
  let filled = "";
  for (const input of Object.values(inputs)) {
    input.addEventListener("keydown", (event) => event.key === "Enter" && take());
    input.addEventListener("input", () => (setText(problem, ""), input.removeAttribute("aria-invalid")));
  }

  /** @type {(changes: Record<string, string | number>) => void} */
  const network = (changes) => {
    const { first } = ctx.runs;
    const asked = { cell: first.cell, hidden: first.units, seed: first.seed, ...changes };
    edits.ask({ url: { with: Object.entries(asked).map(([name, value]) => `${name}=${value}`).join(";") } });
  };

  function take() {
    /** @type {Record<string, string | number>} */
    const values = { cell: cell.value };
    for (const name of BESIDE_FIELDS) {
      const [low, high] = LIMITS[name];
      const text = inputs[name].value.trim();
      if (name === "epoch" && !text) continue;
      const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
      if (!(value >= low && value <= high)) return refuse(name, text, low, high);
      values[name] = value;
    }
    network(values);
  }

  /** @type {(name: BesideField, text: string, low: number, high: number) => void} */
  function refuse(name, text, low, high) {
    const sentence = text ? ctx.words.panel_bad_whole : ctx.words.panel_no_whole;
    setText(problem, fill(sentence, { name: labels[name].textContent ?? "", got: text.slice(0, 20), low, high }));
    inputs[name].setAttribute("aria-invalid", "true");
    inputs[name].focus();
  }

  // What is on display fills the fields, once for each: what somebody typed since is kept.
  /** @type {(runs: Runs, asked: ShownHeader["second"]) => void} */
  function prefill({ first, second }, asked) {
    const now = second && asked ? asked : { cell: first.cell, hidden: first.units, seed: first.seed, epoch: null };
    const key = JSON.stringify(now);
    if (key === filled) return;
    filled = key;
    cell.value = now.cell;
    inputs.hidden.value = String(now.hidden);
    inputs.seed.value = String(now.seed);
    inputs.epoch.value = String(now.epoch ?? "");
  }

  return {
    root,
    refresh() {
      const { words, header, runs } = ctx;
      setShown(root, !header.saved);
      if (header.saved) return;
      setText(heading, words.panel_beside);
      options(cell, BESIDE_CELLS, words.panel_cell);
      const named = { hidden: words.panel_hidden_nodes, seed: words.panel_seed, epoch: words.panel_epoch };
      for (const name of BESIDE_FIELDS) setText(labels[name], named[name]);
      inputs.epoch.placeholder = words.panel_in_step;
      setText(show, words.panel_show_beside);
      setText(remove, words.panel_remove);
      setShown(remove, Boolean(header.second));
      prefill(runs, header.second);
      const { first } = runs;
      // What the page names in full is known to do what its name says: it comes before what any seed may do.
      const known = header.actions.filter(({ changes }) => changes.task === first.pattern && "seed" in changes && !isHere(changes, first));
      const promised = known.map(({ label, changes: { task, ...network } }) => /** @type {[string, Record<string, string>]} */ ([label, network]));
      /** @param {string} cell */
      const open = (cell) => first.cell !== cell && !known.some(({ changes }) => changes.cell === cell);
      /** @type {([label: string, changes: Record<string, string | number>] | false)[]} */
      const chips = [
        ...promised,
        open("rnn") && [words.panel_an_rnn, { cell: "rnn" }],
        open("lstm") && [words.panel_an_lstm, { cell: "lstm" }],
        open("gru") && [words.panel_a_gru, { cell: "gru" }],
        [words.panel_another_seed, { seed: (first.seed + 1) % 2 ** 32 }],
        [words.panel_untrained, { epoch: first.epochs[0] }],
      ];
      fillChips(quick, chips.flatMap((chip) => (chip ? [chip] : [])), network);
    },
  };
}
