// THIS NUMBER: the arithmetic of the number under the pointer, else of the one that is pinned.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { exact, number, operand } from "../../../../parts/common/numbers.js";
import { fill, lone } from "../../../../parts/common/words.js";
import { weightName } from "../changes/text.js";
import { isHeld } from "../diagram/values.js";
import { createMatrices, weightAt } from "./matrices.js";
import { section, setMarked, unmarked } from "../panel/nodes.js";
import { sumRows } from "./sum_rows.js";
import { createWeight } from "./weights.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Of, State } from "../../../../parts/run/state.js"
 * @import { Side } from "../../../../parts/run/viewer.js"
 * @import { Player } from "../main.js"
 * @import { Edits } from "../changes/edits.js"
 * @import { SumRow } from "./sum_rows.js"
 * @import { Grip, Weight, WeightPlace } from "./weights.js"
 *
 * A row on display.
 * @typedef {object} RowView
 * @property {HTMLElement[]} nodes
 * @property {HTMLElement} label
 * @property {HTMLElement} a
 * @property {HTMLElement} b
 * @property {HTMLElement} result
 * @property {ReturnType<typeof createWeight> | null} weight
 *
 * Where the number shown stands: `t` is the step whose arithmetic it is.
 * @typedef {Side & { quantity: Quantity, t: number, unit: number }} SumPlace
 */

/** @param {Player} ctx @param {Edits} edits */
export function createSums(ctx, edits) {
  const title = tag("span", { class: "sum-title" });
  const value = tag("b", { class: "sum-value" });
  const rows = tag("div", { class: "sum-rows" });
  const note = tag("p", { class: "quiet" });
  const picked = tag("div", { class: "picked" });
  /** @type {Grip} */
  const grip = { held: null }; // the weight that is being changed
  /** @type {WeightPlace | null} */
  let chosen = null; // the weight picked in a matrix
  let chosenIn = ""; // of which network
  const matrices = createMatrices(ctx, choose);
  const card = tag("div", { class: "sum-card" }, tag("div", { class: "sum-head" }, title, value), rows, note);
  const { root, heading } = section("this-number", card, matrices.root, picked);
  const pickedName = tag("span");
  const pickedWeight = createWeight(ctx, edits, grip);
  picked.append(pickedName, pickedWeight.root);
  /** @type {Map<string, RowView>} */
  const views = new Map(); // by key: the nodes of a row
  let layout = "";
  /** @type {{ at: Pick<State, "of" | "quantity" | "unit" | "t">, listed: number[] | null } | null} */
  let kept = null; // what is shown, and stays so while a weight is held

  /** @param {WeightPlace} entry */
  function choose(entry) {
    const { run, of, quantity } = place(ctx.state.get());
    chosen = entry;
    const unit = entry.name.startsWith("head") ? entry.row : entry.row % run.units;
    ctx.pin({ unit, quantity, of });
    // The same place may be pinned already: then no frame is due, and the choice is to be seen all the same.
    requestAnimationFrame(() => ctx.runs && draw(ctx.state.get()));
  }

  /** @type {(now: State) => SumPlace} */
  function place(now) {
    const at = now.hover?.quantity ? { ...now, ...now.hover } : now;
    const sides = ctx.sides(now);
    const side = sides.find((one) => one.of === at.of) ?? sides[0];
    const { run } = side;
    const known = run.quantities.includes(at.quantity) || at.quantity === "logits";
    const quantity = known ? at.quantity : run.gates[0];
    return { ...side, quantity, t: run.clamp(at.t), unit: Math.min(at.unit, run.size(quantity) - 1) };
  }

  /** @param {State} now */
  function draw(now) {
    reserve(now);
    const held = grip.held ? kept : null;
    const found = place(held ? { ...now, ...held.at, hover: null } : now);
    const { of, quantity, unit, t } = found;
    const showing = (kept = held ?? { at: { of, quantity, unit, t }, listed: null });
    drawHead(found);
    const hides = found.t > now.t || (found.t === now.t && found.quantity === "logits");
    const silent = ctx.hidden(now) && hides;
    setText(note, silent ? ctx.words.panel_hidden : ctx.words.panel_rounded);
    if (silent) setText(value, "?");
    setShown(rows, !silent);
    if (silent) setShown(matrices.root, false);
    else {
      const shown = sumRows(found.run, found.e, found, ctx.words, showing.listed);
      showing.listed = shown.alone ?? null;
      drawRows(found, heldRows(found, shown.rows));
      matrices.draw(found.run, found.e, found, found.of === "first" ? chosen : null, now.quantity);
    }
    drawPicked(found, silent);
  }

  // Room for the rows of the pinned number, so that what stands below stays while the pointer passes others.
  /** @param {State} now */
  function reserve({ quantity, of }) {
    const run = (of === "second" && ctx.runs.second) || ctx.runs.first;
    const terms = run.units > 8 ? 7 : run.units;
    const gate = run.gates.includes(quantity);
    const read = run.ofNumbers ? run.alphabet.length - 1 : 0;
    const told = run.ofNumbers ? 5 : 3;
    const count = String(gate ? terms + 5 + read + (quantity === "n" ? 2 : 0) : quantity === "logits" ? terms + told : 3);
    if (card.style.getPropertyValue("--rows") !== count) card.style.setProperty("--rows", count);
  }

  /** @param {SumPlace} found */
  function drawHead({ run, e, of, quantity, t, unit }) {
    const { words, palette, runs } = ctx;
    const values = { t, unit: unit + 1, q: quantity, name: words[`panel_name_${quantity}`] };
    const named = run.units > 1 ? words.panel_title : words.panel_title_only;
    const isLogit = quantity === "logits";
    const letter = isLogit ? lone(run.answers[unit]) : "";
    const logitTitle = run.ofNumbers ? words.panel_title_told : words.panel_title_logit;
    const what = isLogit ? fill(logitTitle, { t, letter }) : fill(named, values);
    const before = runs.changed && run === runs.first;
    const whose = of === "second" ? words.panel_of_second : before ? words.panel_of_before : "";
    setText(title, whose ? `${whose}: ${what}` : what);
    const own = palette.identity[isLogit ? "yhat" : quantity];
    if (card.style.getPropertyValue("--own") !== own) card.style.setProperty("--own", own);
    const now = run.value(quantity, e, t, unit);
    setText(value, number(now));
    if (value.title !== exact(now)) value.title = exact(now);
  }

  // Where a value is held from outside, what it is held at follows what it would be.
  /** @type {(found: SumPlace, shown: SumRow[]) => SumRow[]} */
  function heldRows({ run, e, quantity, t, unit }, shown) {
    if (!isHeld(run, quantity, t, unit)) return shown;
    const value = run.value(quantity, e, t, unit);
    return [...shown, { key: "held", label: ctx.words.panel_held, value, kind: "held" }];
  }

  /** @type {(found: SumPlace, shown: SumRow[]) => void} */
  function drawRows({ run, of }, shown) {
    const keys = shown.map((row) => row.key);
    const kind = `${of} ${ctx.header.saved} ${run.ofNumbers} `;
    const asked = kind + keys.join();
    if (asked !== layout) {
      if (!layout.startsWith(kind)) views.clear();
      layout = asked;
      rows.replaceChildren(...shown.flatMap((row) => viewOf(row, of).nodes));
    }
    for (const row of shown) drawRow(run, viewOf(row, of), row);
  }

  /** @type {(row: SumRow, of: Of) => RowView} */
  function viewOf(row, of) {
    const view = views.get(row.key) ?? rowView(row, Boolean(row.weight) && of === "first" && !ctx.header.saved && !ctx.runs.first.ofNumbers);
    views.set(row.key, view);
    return view;
  }

  /** @param {SumRow} row @param {boolean} editable */
  function rowView(row, editable) {
    const weight = editable ? createWeight(ctx, edits, grip) : null;
    const label = tag("span", { class: "term" });
    const a = weight && row.at === "a" ? weight.root : tag("span");
    const b = tag("span");
    const detail = tag("span", { class: "factors" });
    const result = weight && row.at === "value" ? weight.root : tag("span");
    if (row.a !== undefined) detail.append(a, row.a === "tanh" ? "" : " × ", b);
    const amount = tag("span", { class: "amount" }, result);
    const root = tag("div", { class: `sum-row ${row.kind ?? ""}` }, label, detail, amount);
    return { nodes: [root], label, a, b, result, weight };
  }

  /** @param {Run} run @param {RowView} view @param {SumRow} row */
  function drawRow(run, view, row) {
    setMarked(view.label, row.label);
    if (view.weight && row.weight) {
      const { name, row: line, column } = row.weight;
      const before = weightAt(ctx.runs.first, ctx.runs.first.snapshot(ctx.state.get().epoch), row.weight);
      const label = unmarked(weightName(run, name, line, column));
      view.weight.set({ ...row.weight, label }, !Object.is(before, row.weight.value));
    }
    if (row.a !== undefined && row.b !== undefined) {
      if (!view.weight || row.at !== "a") setText(view.a, row.a === "tanh" ? "tanh " : number(row.a));
      setText(view.b, row.a === "tanh" ? `(${number(row.b)})` : operand(row.b));
    }
    if (view.weight && row.at === "value") return;
    setText(view.result, number(row.value));
    const all = exact(row.value);
    if (view.result.title !== all) view.result.title = all;
  }

  // The weight that was picked in a matrix, to be changed wherever it stands.
  /** @type {(found: SumPlace, silent: boolean) => void} */
  function drawPicked({ run, e, of, quantity, unit }, silent) {
    const line = quantity === "logits" ? unit : run.gates.indexOf(quantity) * run.units + unit;
    const fits = chosen && !silent && chosen.row === line && chosen.name.startsWith("head") === (quantity === "logits");
    const shown = fits && of === "first" && !run.ofNumbers ? chosen : null;
    setShown(picked, shown !== null);
    if (!shown) return;
    const label = weightName(run, shown.name, shown.row, shown.column);
    setMarked(pickedName, `${label} = `);
    const before = weightAt(ctx.runs.first, e, shown);
    const here = weightAt(run, e, shown);
    pickedWeight.set({ ...shown, value: here, label: unmarked(label) }, !Object.is(before, here));
  }

  return {
    root,
    draw,
    refresh() {
      const { cell, units, pattern } = ctx.runs.first;
      const network = [cell, units, pattern].join();
      if (network !== chosenIn) chosen = null;
      chosenIn = network;
      setText(heading, ctx.words.panel_this_number);
    },
  };
}
