// A vector of the diagram: its squares with their numbers, and the marks on them.

import { exact, number } from "../../../../parts/common/numbers.js";
import { svgNode } from "../../../../parts/common/svg.js";
import { fill } from "../../../../parts/common/words.js";
import { svgName, svgText } from "./svg.js";
import { differs } from "./values.js";

/**
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { Scale } from "../../../../parts/common/scales.js"
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Player } from "../main.js"
 * @import { DiagramLayout, SquareSizes, VectorLayout } from "./layout.js"
 * @import { Stop } from "./cell.js"
 *
 * A frame of a square, and the unit whose square it is around.
 * @typedef {SVGElement & { unit?: number }} Framed
 *
 * A vector on display.
 * @typedef {object} VectorParts
 * @property {SVGGElement} group
 * @property {SVGElement[]} items
 * @property {SVGTextElement[]} numbers
 * @property {Framed} row
 * @property {Framed} hovered
 * @property {Framed} pinned
 * @property {SVGTextElement | null} beside the number beside thin stripes
 * @property {(unit: number) => number} top
 * @property {SquareSizes} size
 * @property {(number | null)[]} shown
 * @property {Map<string, SVGElement>} marks
 * @property {ArrayLike<number> | null} values
 * @property {ArrayLike<number> | null} [others]
 * @property {Scale} [scale]
 * @property {boolean} difference
 * @property {string} was
 * @property {boolean} sumsShown
 * @property {((unit: number) => boolean) | null} heldAt
 * @property {(node: Framed, unit: number) => void} place
 * @property {(values: ArrayLike<number> | null, others: ArrayLike<number> | null | undefined, scale: Scale, difference: boolean)
 *   => void} draw
 * @property {(kind: "changed" | "held", unit: number, on: boolean) => void} mark
 * @property {(unit: number) => string} label
 * @typedef {VectorLayout & VectorParts} Vector
 */

const UNFITTED = 7; // letters of a gate's name that its column has room for on a phone

const SIGNS = { before: "t−1", after: "t" };

// stop: the vector's place in the order of the keyboard, whose attributes its squares get.
/** @type {(parent: SVGElement, ctx: Player, run: Run, vector: VectorLayout, layout: DiagramLayout, stop: Stop) => Vector} */
export function createVector(parent, ctx, run, vector, layout, stop) {
  const { size, half } = layout;
  const group = svgNode(
    "g",
    {
      class: "diagram_vector",
      "data-quantity": vector.quantity,
      "data-when": vector.when ?? "now",
      role: "group",
      style: `--id:${vectorColour(ctx, vector)}`,
    },
    parent,
  );
  const left = vector.x - half;
  /** @type {(unit: number) => number} */
  const top = (unit) => vector.y + unit * size.pitch;
  nameVector(group, ctx, vector, layout);
  const row = svgNode(
    "rect",
    { x: left - 4, width: size.width + 8, height: size.height + 2, class: "diagram_row" },
    group,
  );
  const squares = Array.from({ length: run.units }, (_, unit) => {
    const at = { x: left, y: top(unit), width: size.width, height: size.height };
    return svgNode("rect", { ...at, class: "diagram_square", rx: size.text ? 4 : 0, ...stop.attributes(unit) }, group);
  });
  const numbers = size.text
    ? squares.map((_, unit) =>
        svgText(group, "", { x: vector.x, y: top(unit) + size.height / 2 + 4, class: "diagram_number" }),
      )
    : [];
  if (!size.text)
    svgNode(
      "rect",
      { x: left, y: vector.y, width: size.width, height: size.tall, rx: 2, class: "diagram_outline" },
      group,
    );
  /** @type {(name: string) => SVGElement} */
  const frame = (name) =>
    svgNode(
      "rect",
      { x: left - 1, width: size.width + 2, height: size.height + 2, rx: size.text ? 5 : 1, class: name },
      group,
    );
  const [hovered, pinned] = [frame("diagram_hovered"), frame("diagram_pinned")];
  const beside = size.text
    ? null
    : svgText(group, "", {
        x: left + size.width + (layout.wide ? 7 : 4),
        class: `diagram_beside${layout.wide ? "" : " tight"}`,
      });
  /** @type {Vector} */
  const one = {
    ...vector,
    group,
    items: squares,
    numbers,
    row,
    hovered,
    pinned,
    beside,
    top,
    size,
    shown: [],
    marks: new Map(),
    values: null,
    difference: false,
    was: "diagram_was",
    sumsShown: false,
    heldAt: null,
    place: (node, unit) => place(one, node, unit),
    draw: (...drawn) => drawVector(one, ...drawn),
    mark: (kind, unit, on) => markSquare(one, left, kind, unit, on),
    label: (unit) => vectorLabel(ctx, one, unit),
  };
  return one;
}

/** @type {(ctx: Player, vector: VectorLayout) => string} */
const vectorColour = (ctx, vector) => (vector.sum ? ctx.palette.quiet : ctx.palette.identity[vector.quantity]);

/** @type {(group: SVGElement, ctx: Player, vector: VectorLayout, layout: DiagramLayout) => void} */
function nameVector(group, ctx, vector, { wide, size }) {
  const { x, y, quantity, when } = vector;
  const sign = vector.sum ? "a" : quantity;
  const word = when ? "" : (ctx.words[vector.sum ? "diagram_sum" : `diagram_short_${quantity}`] ?? "");
  if (wide || when) svgName(group, { x, y: y - 8, sign, index: when && SIGNS[when], word: wide ? word : "" });
  else {
    svgName(group, { x, y: y - 20, sign });
    /** @type {Record<string, string | number>} */
    const fitted = word.length > UNFITTED ? { textLength: size.width, lengthAdjust: "spacingAndGlyphs" } : {};
    svgText(group, word, { x, y: y - 5, class: "diagram_caption tight", ...fitted });
  }
  if (when && wide)
    svgText(group, ctx.words[`diagram_memory_${quantity}`], {
      x,
      y: y + size.tall + 15,
      class: "diagram_caption",
    });
}

// Only what differs from what stands there is written.
/** @type {(one: Vector, ...drawn: Parameters<Vector["draw"]>) => void} */
function drawVector(one, values, others, scale, difference) {
  if (one.scale !== scale) one.shown.length = 0;
  Object.assign(one, { values, others, scale, difference });
  one.group.classList.toggle("empty", values === null);
  for (let unit = 0; unit < one.items.length; unit++) {
    const value = values ? (difference && others ? values[unit] - others[unit] : values[unit]) : null;
    if (others !== undefined)
      one.mark("changed", unit, Boolean(values && others && differs(values[unit], others[unit])));
    if (unit in one.shown && Object.is(one.shown[unit], value)) continue;
    one.shown[unit] = value;
    const [fill, ink] = value === null ? ["none", ""] : scale.colour(value);
    one.items[unit].setAttribute("fill", fill);
    if (!one.size.text) continue;
    one.numbers[unit].textContent = value === null ? "" : number(value);
    one.numbers[unit].setAttribute("fill", ink);
  }
}

// Put a frame around a unit's square; -1: nowhere.
/** @type {(one: Vector, node: Framed, unit: number) => void} */
function place(one, node, unit) {
  if (node.unit === unit) return;
  node.unit = unit;
  node.setAttribute("visibility", unit < 0 ? "hidden" : "visible");
  if (unit >= 0) node.setAttribute("y", String(one.top(unit) - 1));
}

// A corner for what a change from outside made different, a lock for what was set.
/** @type {(one: Vector, left: number, kind: "changed" | "held", unit: number, on: boolean) => void} */
function markSquare(one, left, kind, unit, on) {
  const key = `${kind}${unit}`;
  const mark = one.marks.get(key);
  if (!on) return mark?.setAttribute("visibility", "hidden");
  if (mark) return mark.setAttribute("visibility", "visible");
  const [right, y, side] = [left + one.size.width, one.top(unit), Math.min(8, one.size.height)];
  const path = kind === "changed" ? `M${right - side},${y}H${right}V${y + side}Z` : lockPath(left, y, one.size);
  one.marks.set(key, svgNode("path", { d: path, class: `diagram_${kind}` }, one.group));
}

// A padlock in the corner of a square; a tick at the side of a stripe.
/** @type {(left: number, y: number, size: SquareSizes) => string} */
function lockPath(left, y, size) {
  if (!size.text) return `M${left - 4},${y}h3v${size.height}h-3Z`;
  const [x, top] = [left - 4, y + size.height / 2 - 5];
  return `M${x},${top + 4}h8v6.5h-8ZM${x + 1.4},${top + 4}v-1.4a2.6,2.6 0 0 1 5.2,0v1.4`;
}

/** @type {(words: Words, vector: Pick<VectorLayout, "quantity" | "when" | "sum">) => string} */
export const vectorName = (words, { quantity, when, sum }) =>
  words[`diagram_${sum ? "sum_a" : when ? `${when}_${quantity}` : quantity}`];

/** @type {(ctx: Player, one: Vector, unit: number) => string} */
function vectorLabel(ctx, one, unit) {
  const { words } = ctx;
  const { values, others, difference } = one;
  const name = vectorName(words, one);
  if (!values) return fill(words.diagram_unit_empty, { name, unit: unit + 1 });
  const about = fill(words.diagram_unit, { name, unit: unit + 1, value: exact(values[unit]) });
  const isSum = one.sumsShown && !one.sum ? ` (${words.diagram_sum})` : "";
  const changed = others && differs(values[unit], others[unit]);
  const was = changed ? ` (${fill(words[one.was], { value: exact(others[unit]) })})` : "";
  const by = difference && others ? ` · ${words.diagram_difference}: ${exact(values[unit] - others[unit])}` : "";
  const held = one.heldAt?.(unit) ? ` · ${words.diagram_held}` : "";
  return about + isSum + was + by + held;
}
