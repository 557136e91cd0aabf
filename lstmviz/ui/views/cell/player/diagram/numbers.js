// The two ends of the diagram where numbers are read and told: what is read, and what the network tells beside what is due.

import { setAttribute, setText } from "../../../../parts/common/nodes.js";
import { exact, number } from "../../../../parts/common/numbers.js";
import { svgNode } from "../../../../parts/common/svg.js";
import { fill } from "../../../../parts/common/words.js";
import { svgName, svgText } from "./svg.js";

/**
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { Player } from "../main.js"
 * @import { DiagramLayout, OneHotSize } from "./layout.js"
 * @import { Stop } from "./cell.js"
 *
 * What is told at a step: `due` is null where nothing is asked; far: the outputs that are too far from it.
 * @typedef {{ told: Float32Array, due: Float32Array | null, far: number[] }} ToldValues
 *
 * @typedef {ReturnType<typeof toldRow>} ToldRow
 */

const TOLD = { value: 68, track: 74, target: 44, mark: 16 }; // from the left: the ends of the columns, widths
const SPELT = 2; // numbers that stand in their squares; of more there is one line below them

// x_t as squares, one for each number.
/** @param {SVGElement} parent @param {Player} ctx @param {Run} run @param {OneHotSize & { x: number, y: number }} place */
export function createInputs(parent, ctx, run, { x, y, width }) {
  const group = svgNode("g", { class: "diagram_inputs" }, parent);
  const names = run.alphabet;
  const pitch = width / names.length;
  const spelt = names.length <= SPELT;
  svgName(group, { x, y: y - 19, sign: "x", index: "t" });
  const cells = names.map((_, k) => {
    const cell = svgNode("g", {}, group);
    const box = svgNode("rect", { x: x - width / 2 + k * pitch + 1, y: y - 11, width: pitch - 2, height: 22, rx: 4 }, cell);
    const text = spelt ? svgText(cell, "", { x: x - width / 2 + (k + 0.5) * pitch, y: y + 4 }) : null;
    return { box, text, title: svgNode("title", {}, cell) };
  });
  svgText(group, ctx.words.diagram_inputs, { x, y: y + 25, class: "diagram_caption" });
  return {
    /** @param {Run} run @param {number} t */
    draw(run, t) {
      const scale = ctx.palette.scale("x", run);
      run.row("x", 0, t).forEach((value, k) => {
        const { box, text, title } = cells[k];
        const [colour, ink] = scale.colour(value);
        setAttribute(box, "style", `fill:${colour}`);
        setText(title, `${names[k]} = ${exact(value)}`);
        if (!text) return;
        setAttribute(text, "style", `fill:${ink}`);
        setText(text, twoDecimals(value));
      });
    },
  };
}

// With two decimals: more have no room.
/** @param {number} value */
const twoDecimals = (value) => (Number.isFinite(value) ? value.toFixed(2).replace("-", "−").replace(/^−(?=0\.00$)/, "") : number(value));

// What is told: a row for each number with its value, a bar from 0 to it over the reach of what is right, and what is due.
/** @param {SVGElement} parent @param {Player} ctx @param {Run} run @param {DiagramLayout} layout @param {Stop} stop */
export function createTold(parent, ctx, run, layout, stop) {
  const { x, y, width, row } = layout.bars;
  const rows = Math.min(layout.bars.rows, run.answers.length);
  const group = svgNode("g", { class: "diagram_bars" }, parent);
  svgName(group, { x: x + 8, y: y - 8, sign: "ŷ", index: "t" }).classList.add("yhat");
  svgText(group, ctx.words.diagram_told, { x: x + TOLD.value, y: y - 7, class: "diagram_head" });
  svgText(group, ctx.words.diagram_target, { x: x + width - TOLD.mark, y: y - 7, class: "diagram_head" });
  const track = { x: x + TOLD.track, width: Math.max(0, width - TOLD.track - TOLD.target - TOLD.mark) };
  const items = Array.from({ length: rows }, (_, k) => {
    const top = y + k * row;
    const hit = { x: x - 3, y: top + 0.5, width: width + 3, height: row - 1, rx: 5, class: "diagram_hit", ...stop.attributes(k) };
    return toldRow(group, hit, { x, width, track, middle: top + row / 2 });
  });
  /** @type {ToldValues | null} */
  let values = null;
  return {
    group,
    letters: items.map((_, k) => k),
    items: items.map((item) => item.hit),
    /** @param {ToldValues | null} next */
    draw(next) {
      values = next;
      items.forEach((item, k) => drawTold(item, next, run, track, k));
    },
    /** @param {number} k */
    label: (k) => toldLabel(ctx, run, values, k),
  };
}

/**
 * @param {SVGElement} parent
 * @param {import("./svg.js").Attributes} attributes
 * @param {{ x: number, width: number, track: { x: number, width: number }, middle: number }} size
 */
function toldRow(parent, attributes, { x, width, track, middle }) {
  const group = svgNode("g", { class: "diagram_bar" }, parent);
  const hit = svgNode("rect", attributes, group);
  const bar = { y: middle - 6, height: 12 };
  const base = middle + 4.5;
  svgNode("rect", { ...bar, x: track.x, width: track.width, rx: 3, class: "diagram_track" }, group);
  return {
    group,
    hit,
    reach: svgNode("rect", { x: track.x, y: middle - 8, height: 16, width: 0, class: "diagram_reach_right" }, group),
    fill: svgNode("rect", { ...bar, x: track.x, width: 0, class: "diagram_share" }, group),
    zero: svgNode("rect", { x: track.x + track.width / 2 - 0.5, y: middle - 8, width: 1, height: 16, class: "diagram_zero" }, group),
    due: svgNode("rect", { x: track.x, y: middle - 8, width: 2, height: 16, class: "diagram_other" }, group),
    name: svgText(group, "", { x: x + 8, y: base, class: "diagram_bar_letter" }),
    value: svgText(group, "", { x: x + TOLD.value, y: base, class: "diagram_bar_number" }),
    target: svgText(group, "", { x: x + width - TOLD.mark, y: base, class: "diagram_bar_logit" }),
    mark: svgText(group, "", { x: x + width - 6, y: base, class: "diagram_bar_mark" }),
  };
}

/** @param {ToldRow} item @param {ToldValues | null} values @param {Run} run @param {{ x: number, width: number }} track @param {number} k */
function drawTold(item, values, run, track, k) {
  const value = values ? values.told[k] : NaN;
  const due = values?.due ? values.due[k] : NaN;
  const far = values?.far.includes(k) ?? false;
  const bound = run.largest.y;
  /** @param {number} number */
  const place = (number) => track.x + (track.width * (Math.min(Math.max(number / bound, -1), 1) + 1)) / 2;
  setText(item.name, run.answers[k]);
  setText(item.value, values ? number(value) : "");
  setText(item.target, Number.isFinite(due) ? number(due) : "");
  setText(item.mark, !values?.due ? "" : far ? "✕" : "○");
  spanBar(item.fill, place(0), Number.isFinite(value) ? place(value) : place(0));
  const known = Number.isFinite(due);
  spanBar(item.reach, known ? place(due - run.tolerance) : 0, known ? place(due + run.tolerance) : 0);
  setAttribute(item.due, "x", String(known ? place(due) - 1 : track.x));
  const kinds = { comes: Boolean(values?.due) && !far, wrong: far, empty: !values, compared: known };
  setAttribute(item.group, "class", ["diagram_bar", ...Object.entries(kinds).flatMap(([kind, is]) => (is ? [kind] : []))].join(" "));
}

/** @param {SVGElement} node @param {number} from @param {number} to */
function spanBar(node, from, to) {
  setAttribute(node, "x", Math.min(from, to).toFixed(1));
  setAttribute(node, "width", Math.abs(to - from).toFixed(1));
}

/** @param {Player} ctx @param {Run} run @param {ToldValues | null} values @param {number} k */
function toldLabel({ words }, run, values, k) {
  const name = run.answers[k];
  if (!values) return name;
  const said = `${name} = ${exact(values.told[k])}`;
  if (!values.due) return `${said} · ${words.run_unasked}`;
  const target = fill(words.run_due_number, { target: exact(values.due[k]), tolerance: number(run.tolerance) });
  return `${said} · ${target} · ${values.far.includes(k) ? words.diagram_far : words.diagram_near}`;
}
