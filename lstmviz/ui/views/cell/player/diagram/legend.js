// The colour scales of a diagram with their ranges, and the marks of the prediction.

import { tag } from "../../../../parts/common/nodes.js";
import { number } from "../../../../parts/common/numbers.js";
import { rampOf } from "../../../../parts/common/scales.js";
import { dueWord, SUM_BOUND } from "./values.js";
import { scaleBound } from "../../../../parts/run/palette.js";

/**
 * @import { Phase } from "../../../../parts/run/state.js"
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { Player } from "../main.js"
 * @import { Scale } from "../../../../parts/common/scales.js"
 *
 * A scale that is in use, and the quantities on it with their colours.
 * @typedef {{ scale: Scale, names: [name: string, colour: string][] }} ScaleLine
 */

/** @param {Player} ctx */
export function createDiagramLegend(ctx) {
  const element = tag("div", { class: "diagram_legend" });
  let shown = "";
  return {
    element,
    /** @param {Run} run @param {Phase} phase @param {boolean} difference */
    draw(run, phase, difference) {
      const key = `${phase === 1} ${difference}`;
      if (shown === key) return;
      shown = key;
      element.replaceChildren(...legendScales(ctx, run, phase, difference), legendMarks(ctx, run));
    },
  };
}

// A line for each scale that is in use: the quantities on it, its ends, and the colours between them.
/** @param {Player} ctx @param {Run} run @param {Phase} phase @param {boolean} difference */
function legendScales(ctx, run, phase, difference) {
  const { palette } = ctx;
  /** @type {Map<string, ScaleLine>} */
  const lines = new Map();
  /** @type {(name: string, scale: Scale, colour: string) => void} */
  const add = (name, scale, colour) => {
    const key = `${scale.low} ${scale.high} ${scale.stops.length}`;
    /** @type {ScaleLine} */
    const line = lines.get(key) ?? { scale, names: [] };
    lines.set(key, line);
    line.names.push([name, colour]);
  };
  const plain = run.gates.length === 1;
  const inPhase1 = phase === 1 && !plain;
  if (run.ofNumbers) {
    add("x", palette.scale("x", run), palette.quiet);
    add("ŷ y", palette.scale("logits", run), palette.identity.yhat);
  }
  for (const quantity of run.quantities) {
    if (inPhase1 && run.gates.includes(quantity)) continue;
    const scale = difference ? palette.signed(scaleBound(run, quantity)) : palette.scale(quantity, run);
    add(quantity, scale, palette.identity[quantity]);
  }
  if (inPhase1 || plain) add(plain ? "a" : "W x + U h + b", palette.signed(SUM_BOUND), palette.quiet);
  return [...lines.values()].map((line) => legendLine(line, difference ? ctx.words.diagram_difference : ""));
}

/** @type {(line: ScaleLine, title: string) => HTMLElement} */
function legendLine({ scale, names }, title) {
  const line = tag("span");
  for (const [name, colour] of names) {
    const sign = tag("b", {}, name);
    sign.style.color = colour;
    line.append(sign, " ");
  }
  const ramp = tag("i");
  ramp.style.background = rampOf(scale);
  line.append(scaleEnd(scale.low), ramp, scaleEnd(scale.high));
  if (title) line.append(` ${title}`);
  return line;
}

// An end of a scale: a whole number, or a bound that is none.
/** @param {number} value */
const scaleEnd = (value) =>
  Number.isInteger(value) && Math.abs(value) < 1000
    ? String(value).replace("-", "−")
    : number(value).replace(/(\.\d\d)\d$/, "$1");

/** @param {Player} player @param {Run} run */
function legendMarks({ words }, run) {
  /** @type {(sign: string, name: string, word: string) => (Node | string)[]} */
  const mark = (sign, name, word) => [tag("span", {}, tag("em", { class: name }, sign), ` ${word}`), " "];
  return tag(
    "span",
    { class: "marks" },
    ...mark("○", "comes", run.ofNumbers ? words.diagram_near : words[dueWord(run)]),
    ...mark("✕", "wrong", run.ofNumbers ? words.diagram_far : words.diagram_wrong),
  );
}
