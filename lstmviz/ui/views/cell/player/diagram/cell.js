// One network's step as a drawing: built once for its size, then kept up to date.

import { setAttribute, setText } from "../../../../parts/common/nodes.js";
import { number } from "../../../../parts/common/numbers.js";
import { svgNode } from "../../../../parts/common/svg.js";
import { createBars, createOneHot } from "./bars.js";
import { createInputs, createTold } from "./numbers.js";
import { createVector, vectorName } from "./vector.js";
import { diagramSays, outcome } from "./says.js";
import { svgRoute, svgText, svgTip } from "./svg.js";
import { isHeld, showsSums, vectorScale, vectorValues } from "./values.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Of, Phase, Place, State } from "../../../../parts/run/state.js"
 * @import { Side } from "../../../../parts/run/viewer.js"
 * @import { Player } from "../main.js"
 * @import { Attributes } from "./svg.js"
 * @import { DiagramLayout, SignLayout, WireLayout } from "./layout.js"
 * @import { Bars, BarValues } from "./bars.js"
 * @import { Vector } from "./vector.js"
 *
 * A stop of the Tab key, with several items among which the arrow keys go; `at` is the one that Tab comes to.
 * @typedef {object} Stop
 * @property {"wire" | "vector" | "bars"} kind
 * @property {number} at
 * @property {SVGElement[]} items
 * @property {(item: number) => Attributes} attributes
 * @property {(item: number) => string} label
 * @property {Vector} [vector]
 * @property {number} [followed] the unit that it followed last
 *
 * A wire or an operator that is drawn, and what of it was shown last.
 * @typedef {{ group: SVGElement, hit: SVGElement, beside?: SVGTextElement | null, state?: "later" | "lit" | "" }} SpokenParts
 * @typedef {(WireLayout | SignLayout) & SpokenParts} Spoken
 *
 * A cell on display: at snapshot `e` of a run, step `t`, as far as `phase`; `unit` is the one that its sentences are about.
 * @typedef {object} Cell
 * @property {Player} ctx
 * @property {Of} of
 * @property {DiagramLayout} layout
 * @property {SVGSVGElement} svg
 * @property {Stop[]} stops
 * @property {Vector[]} vectors
 * @property {Spoken[]} says
 * @property {ReturnType<typeof createOneHot> | null} oneHot the letter that is read, and what is predicted
 * @property {Bars | null} bars
 * @property {{ inputs: ReturnType<typeof createInputs>, told: ReturnType<typeof createTold> } | null} numbers where numbers are read
 *   and told: these in their place
 * @property {boolean} compares whether there is another run to hold against
 * @property {Run} run
 * @property {number} e
 * @property {number} t
 * @property {number} unit
 * @property {Phase} phase
 * @property {(now: State, side: Side, unit: number) => void} draw
 * @property {(stop: number, item: number) => Pointed | null} placeOf
 * @property {(id: string) => string} saysOf
 *
 * @typedef {{ t: number, unit: number, of: Of, quantity?: Quantity }} Pointed
 */

// ctx: the player's; side: the number of the network; layout: of `diagramLayout`.
/** @param {Player} ctx @param {Side} side @param {DiagramLayout} layout */
export function createCell(ctx, { of, run, other }, layout) {
  const svg = svgNode("svg", { width: layout.width, height: layout.height, class: "diagram_svg" });
  /** @type {Cell} */
  const cell = {
    ctx,
    of,
    layout,
    svg,
    stops: [],
    vectors: [],
    says: [],
    oneHot: null,
    bars: null,
    numbers: null,
    compares: Boolean(other),
    run,
    e: 0,
    t: run.start,
    unit: 0,
    phase: 1,
    draw: (now, side, unit) => drawCell(cell, now, side, unit),
    placeOf: (stop, item) => cellPlace(cell, stop, item),
    saysOf: (id) => saysOf(cell, id),
  };
  svgNode("rect", { ...layout.frame, rx: 14, class: "diagram_frame" }, svg);
  const wires = stopOf(cell, "wire");
  const drawn = layout.wires.map((wire) => drawnWire(svg, ctx, wire, layout));
  for (const [cx, cy] of layout.dots ?? []) svgNode("circle", { cx, cy, r: 3, class: "diagram_dot" }, svg);
  cell.says = [...drawn, ...layout.signs.map((sign) => drawnSign(svg, ctx, sign, layout))];
  cell.says.forEach(({ hit }, k) => setAttributes(hit, wires.attributes(k)));
  wires.items = cell.says.map(({ hit }) => hit);
  wires.label = (k) => saysOf(cell, cell.says[k].id);
  if (!run.ofNumbers) cell.oneHot = createOneHot(svg, ctx, run, layout.x);
  const inputs = run.ofNumbers ? createInputs(svg, ctx, run, layout.x) : null;
  for (const one of layout.vectors) {
    const stop = stopOf(cell, "vector");
    const vector = createVector(svg, ctx, run, one, layout, stop);
    vector.group.setAttribute("aria-label", vectorName(ctx.words, one));
    Object.assign(stop, { vector, items: vector.items, label: vector.label });
    cell.vectors.push(vector);
  }
  const stop = stopOf(cell, "bars");
  if (inputs) cell.numbers = { inputs, told: createTold(svg, ctx, run, layout, stop) };
  else cell.bars = createBars(svg, ctx, run, layout, stop);
  const { items, label } = saidBy(cell);
  Object.assign(stop, { items, label });
  return cell;
}

// The rows of what is predicted or told.
/** @type {(cell: Cell) => Pick<Bars, "items" | "label" | "letters">} */
function saidBy({ bars, numbers }) {
  const rows = bars ?? numbers?.told;
  if (!rows) throw new Error("A cell says something.");
  return rows;
}

// A stop of the Tab key, with several items among which the arrow keys up and down go.
/** @param {Cell} cell @param {Stop["kind"]} kind */
function stopOf(cell, kind) {
  const index = cell.stops.length;
  const role = kind === "wire" ? "img" : "button";
  /** @type {Stop} */
  const stop = {
    kind,
    at: 0,
    items: [],
    /** @param {number} item */
    attributes: (item) => ({ "data-stop": index, "data-item": item, role, tabindex: item === 0 ? 0 : -1 }),
    label: () => "",
  };
  cell.stops.push(stop);
  return stop;
}

/** @param {SVGElement} node @param {Attributes} attributes */
const setAttributes = (node, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, String(value)));

/** @returns {Spoken} @param {SVGElement} svg @param {Player} ctx @param {WireLayout} wire @param {DiagramLayout} layout */
function drawnWire(svg, ctx, wire, layout) {
  const colour = wire.colour ? ctx.palette.identity[wire.colour] : ctx.palette.quiet;
  const group = svgNode("g", { class: "diagram_wire", style: `--id:${colour}` }, svg);
  const d = svgRoute(wire.points);
  const width = wire.width ?? 1.75;
  svgNode("path", { d, class: "diagram_line", "stroke-width": layout.wide ? width : Math.min(width, 2.25) }, group);
  if (!wire.plain || wire.tip)
    svgNode("path", { d: svgTip(wire.points, width > 2 ? 5.5 : 4.5), class: "diagram_tip" }, group);
  svgNode("path", { d, class: "diagram_flow" }, group);
  return { ...wire, group, hit: svgNode("path", { d, class: "diagram_reach" }, group) };
}

/** @returns {Spoken} @param {SVGElement} svg @param {Player} ctx @param {SignLayout} sign @param {DiagramLayout} layout */
function drawnSign(svg, ctx, sign, layout) {
  const colour = sign.colour ? ctx.palette.identity[sign.colour] : ctx.palette.quiet;
  const group = svgNode("g", { class: `diagram_operator${sign.small ? " small" : ""}`, style: `--id:${colour}` }, svg);
  const round = sign.sign.length === 1 && !sign.small;
  const reach =
    sign.reach ?? (round ? 11 : sign.small ? (sign.sign === "σ" ? 12 : 18) : sign.sign.length > 4 ? 23 : 20);
  const tall = round ? 11 : sign.small ? 9 : 11;
  const box = { x: sign.x - reach, y: sign.y - tall, width: 2 * reach, height: 2 * tall, rx: round ? 11 : 7 };
  const hit = svgNode("rect", { ...box, class: "diagram_box" }, group);
  svgText(group, sign.sign, {
    x: sign.x,
    y: sign.y + (round ? 5.5 : 4.2),
    class: round ? "diagram_round" : `diagram_function${layout.wide ? "" : " narrow"}`,
  });
  const beside = sign.quiet || !layout.roomy ? null : svgText(group, "", besideSign(sign, reach, tall));
  return { ...sign, group, hit, beside };
}

// Where the number of an operator stands: `aside` of its middle, else below it at the right.
/** @param {SignLayout} sign @param {number} reach @param {number} tall */
function besideSign({ x, y, aside, end }, reach, tall) {
  const [dx, dy] = aside ?? [reach - (reach < 12 ? 2 : -4), tall + 9];
  return { x: x + dx, y: y + dy, class: `diagram_result${end ? " end" : ""}` };
}

/** @param {Cell} cell @param {State} now @param {Side} side @param {number} unit */
function drawCell(cell, now, { run, e, other }, unit) {
  const { ctx } = cell;
  const hidden = ctx.hidden(now);
  const t = run.clamp(now.t);
  /** @type {Phase} */
  const phase = hidden && now.phase === 4 ? 3 : now.phase;
  const difference = Boolean(other) && now.show === "difference";
  Object.assign(cell, { run, e, t, unit: Math.min(unit, run.units - 1), phase });
  const kin = cell.compares ? other : undefined;
  for (const vector of cell.vectors) drawOneVector(cell, vector, now, kin, difference);
  cell.numbers?.inputs.draw(run, t);
  cell.oneHot?.draw(run.letter(t), other ? other.letter(t) : run.letter(t), now.show === "before" ? "diagram_changed" : "diagram_was");
  for (const one of cell.says) drawSays(cell, one, hidden);
  cell.bars?.draw(hidden ? "hidden" : phase < 4 ? null : prediction(ctx, run, e, t, other, now));
  cell.numbers?.told.draw(phase < 4 ? null : { told: run.row("logits", e, t), due: run.asked(t) ? run.row("y", e, t) : null, far: run.far(e, t) });
  const rows = saidBy(cell);
  const marked = now.of === cell.of && now.quantity === "logits" ? now.unit : -1;
  rows.items.forEach((item, k) => item.classList.toggle("pinned", marked >= 0 && rows.letters[k] === marked));
  const touched = hoverOf(cell, now);
  rows.items.forEach((item, k) =>
    item.classList.toggle("hovered", touched?.quantity === "logits" && rows.letters[k] === touched.unit),
  );
  cell.svg.classList.toggle("playing", now.playing);
}

/**
 * @param {Cell} cell
 * @param {Vector} vector
 * @param {State} now
 * @param {Run | null | undefined} other
 * @param {boolean} difference
 */
function drawOneVector(cell, vector, now, other, difference) {
  const { ctx, run, e, t, unit, phase } = cell;
  const values = vectorValues(run, e, t, vector, phase);
  const others = other ? vectorValues(other, e, t, vector, phase) : other;
  const sums = showsSums(vector, phase);
  vector.was = now.show === "before" ? "diagram_changed" : "diagram_was";
  vector.sumsShown = sums;
  vector.draw(values, others, vectorScale(ctx.palette, run, vector, phase, difference), difference);
  const step = vector.when === "before" ? t - 1 : t;
  vector.heldAt = !sums ? (k) => isHeld(run, vector.quantity, step, k) : null;
  if (cell.compares) for (let k = 0; k < run.units; k++) vector.mark("held", k, Boolean(values && vector.heldAt?.(k)));
  const chosen =
    now.of === cell.of && vector.when !== "before" && now.quantity === vector.quantity && now.unit < run.units;
  vector.place(vector.row, unit);
  vector.place(vector.pinned, chosen ? now.unit : -1);
  const touched = hoverOf(cell, now);
  const here =
    touched && touched.quantity === vector.quantity && touched.t === (vector.when === "before" ? now.t - 1 : now.t);
  const at = here ? (touched.unit ?? null) : null;
  vector.place(vector.hovered, at ?? -1);
  if (vector.beside) drawBeside(vector, vector.beside, at ?? unit);
}

/** @param {Cell} cell @param {State} now */
const hoverOf = (cell, now) => (now.hover && now.hover.of === cell.of ? now.hover : null);

// Of thin stripes one number stands beside them.
/** @param {Vector} vector @param {NonNullable<Vector["beside"]>} node @param {number} unit */
function drawBeside(vector, node, unit) {
  const value = vector.shown[unit];
  const text = value === null || value === undefined ? "" : number(value);
  setText(node, text);
  setAttribute(node, "y", String(vector.top(unit) + vector.size.height / 2 + 4));
}

/** @param {Cell} cell @param {Spoken} one @param {boolean} hidden */
function drawSays(cell, one, hidden) {
  const { phase, run, e, t, unit } = cell;
  const state = phase < one.phase || (hidden && one.phase === 4) ? "later" : phase === one.phase ? "lit" : "";
  if (one.state !== state) {
    one.group.classList.toggle("later", state === "later");
    one.group.classList.toggle("lit", state === "lit");
    one.state = state;
  }
  if (!one.beside) return;
  const value = state === "later" ? undefined : outcome(one.id, run, e, t, unit);
  const text = value === undefined ? "" : number(value);
  setText(one.beside, text);
}

/** @type {(ctx: Player, run: Run, e: number, t: number, other: Run | null, now: State) => BarValues} */
function prediction(ctx, run, e, t, other, now) {
  return {
    probabilities: run.row("probabilities", e, t),
    logits: run.row("logits", e, t),
    due: run.due(t),
    wrong: run.wrong(e, t),
    other: other ? other.row("probabilities", e, t) : null,
    was: ctx.words[now.show === "before" ? "diagram_changed" : "diagram_was"],
  };
}

/** @param {Cell} cell @param {string} id */
const saysOf = (cell, id) =>
  cell.phase >= (cell.says.find((one) => one.id === id)?.phase ?? 0)
    ? diagramSays(id, cell, cell.ctx.words, (quantity, unit) => isHeld(cell.run, quantity, cell.t, unit))
    : cell.ctx.words.diagram_later;

// The selection that a square or a bar stands for; null for a wire or for letters without a row.
/** @type {(cell: Cell, stop: number, item: number) => Pointed | null} */
function cellPlace(cell, stop, item) {
  const { stops, run, t, of } = cell;
  const { kind, vector } = stops[stop];
  const letter = kind === "bars" ? saidBy(cell).letters[item] : undefined;
  if (kind === "bars") return letter === undefined ? null : { t, unit: letter, quantity: "logits", of };
  if (!vector) return null;
  if (vector.when !== "before") return { t, unit: item, quantity: vector.quantity, of };
  return t > run.start ? { t: t - 1, unit: item, quantity: vector.quantity, of } : { t, unit: item, of };
}
