// The cell run backwards: what comes in from the right goes out at the left, each node with its derivative. The thicker an arrow,
// the more of the loss goes that way: its width is the logarithm of what it carries, which on the ways through the weights to h of
// the step before is what the weights are multiplied with.

import { nodeOf } from "../../../parts/common/nodes.js";
import { svgNode } from "../../../parts/common/svg.js";
import { numeral } from "./numerals.js";

/**
 * @import { Cell } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Lines, LineTold } from "./lines.js"
 * @import { Look } from "./walk.js"
 *
 * @typedef {[x: number, y: number]} Spot
 * @typedef {[from: string, to: string][]} Ways
 */

const WIDE = 92; // of a node
const HIGH = 36;
const DECADES = 6; // below the largest arrow, from which on arrows are as thin as can be

/** @type {Record<Cell, { height: number, spots: Record<string, Spot>, ways: Ways }>} */
const FLOWS = {
  lstm: {
    height: 220,
    spots: {
      carried: [590, 22], next: [590, 112], above: [590, 198], c: [456, 22], h: [456, 176],
      f: [318, 66], i: [318, 110], g: [318, 154], o: [318, 198], f_pre: [190, 66], i_pre: [190, 110], g_pre: [190, 154], o_pre: [190, 198],
      out_c: [50, 22], out_h: [50, 132],
    },
    ways: [
      ["carried", "c"], ["next", "h"], ["above", "h"], ["h", "c"], ["h", "o"], ["c", "f"], ["c", "i"], ["c", "g"],
      ["f", "f_pre"], ["i", "i_pre"], ["g", "g_pre"], ["o", "o_pre"], ["f_pre", "out_h"], ["i_pre", "out_h"], ["g_pre", "out_h"], ["o_pre", "out_h"], ["c", "out_c"],
    ],
  },
  gru: {
    height: 202,
    spots: {
      next: [590, 80], above: [590, 172], h: [480, 126], n: [374, 72], z: [374, 180], n_pre: [268, 72], z_pre: [268, 180],
      r: [268, 20], n_hidden: [162, 72], r_pre: [162, 20], out_h: [48, 126],
    },
    ways: [
      ["next", "h"], ["above", "h"], ["h", "n"], ["h", "z"], ["n", "n_pre"], ["z", "z_pre"], ["n_pre", "n_hidden"], ["n_pre", "r"], ["r", "r_pre"],
      ["z_pre", "out_h"], ["n_hidden", "out_h"], ["r_pre", "out_h"], ["h", "out_h"],
    ],
  },
  rnn: { height: 110, spots: { next: [586, 26], above: [586, 84], h: [420, 55], h_pre: [240, 55], out_h: [54, 55] }, ways: [["next", "h"], ["above", "h"], ["h", "h_pre"], ["h_pre", "out_h"]] },
  rnn_relu: { height: 110, spots: { next: [586, 26], above: [586, 84], h: [420, 55], h_pre: [240, 55], out_h: [54, 55] }, ways: [["next", "h"], ["above", "h"], ["h", "h_pre"], ["h_pre", "out_h"]] },
};

/** @param {HTMLElement} root @param {Ctx} ctx @param {{ lines: () => Lines, look: Look }} about */
export function createFlow(root, ctx, { lines, look }) {
  const place = nodeOf(root, "[data-part=flow]");
  return {
    /** @param {State} now */
    draw(now) {
      const found = lines();
      const t = found.clamp(now.t);
      const unit = Math.min(now.unit, found.units - 1);
      const own = found.at(look.way, t, unit);
      const before = t > found.start ? found.at(look.way, t - 1, unit) : [];
      place.replaceChildren(flowOf(ctx.runs.first.cell, valuesOf(own, before), ctx));
    },
  };
}

// What each node says, by its name; null where it is not here, as what goes out at the earliest step.
/** @type {(own: LineTold[], before: LineTold[]) => Record<string, { symbol: string, value: number | null | undefined }>} */
function valuesOf(own, before) {
  /** @type {Record<string, { symbol: string, value: number | null | undefined }>} */
  const values = {};
  for (const { name, symbol, value } of own) values[name] = { symbol, value };
  /** @type {(some: LineTold[]) => number | null | undefined} */
  const along = (some) => {
    const line = some.find(({ name }) => name === "c");
    return line && (line.terms.length > 1 ? line.terms[1].value : 0);
  };
  values.carried = { symbol: "∂L/∂c_{t+1} · f_{t+1}", value: along(own) };
  values.within = { symbol: "", value: own.find(({ name }) => name === "c")?.terms[0]?.value };
  values.kept = { symbol: "", value: before.find(({ name }) => name === "next")?.terms.find(({ from }) => from === "kept_by_z")?.value };
  values.out_c = { symbol: "∂L/∂c · f", value: along(before) };
  values.out_h = { symbol: "⟨out⟩", value: before.find(({ name }) => name === "next")?.value };
  return values;
}

/** @type {(cell: Cell, values: ReturnType<typeof valuesOf>, ctx: Ctx) => SVGElement} */
function flowOf(cell, values, { words }) {
  const { height, spots, ways } = FLOWS[cell];
  const picture = svgNode("svg", { viewBox: `0 0 640 ${height}`, role: "img", "aria-label": words.backward_flow });
  /** @param {string} name */
  const size = (name) => Math.abs(values[name]?.value ?? 0);
  const carried = ways.map(([from, to]) => size(carrier(from, to)));
  const finite = carried.map((one) => (Number.isFinite(one) ? one : 0));
  const largest = Math.max(...finite);
  ways.forEach(([from, to], k) => {
    const share = finite[k] > 0 ? Math.max(0, 1 + Math.log10(finite[k] / largest) / DECADES) : 0;
    arrow(picture, spots[from], spots[to], share);
  });
  for (const [name, spot] of Object.entries(spots)) flowNode(picture, name, spot, values[name], words);
  return picture;
}

// Whose value an arrow carries: that of its end, but of a sum the summand.
/** @type {(from: string, to: string) => string} */
function carrier(from, to) {
  if (from === "next" || from === "above" || from === "carried") return from;
  if (to === "c") return "within";
  if (to === "out_h") return from === "h" ? "kept" : from;
  return to;
}

/** @type {(picture: SVGElement, from: Spot, to: Spot, share: number) => void} */
function arrow(picture, [x1, y1], [x2, y2], share) {
  const level = Math.abs(x1 - x2) < WIDE;
  const [ax, ay] = level ? [x1, y1 + Math.sign(y2 - y1) * (HIGH / 2)] : [x1 - WIDE / 2, y1];
  const [bx, by] = level ? [x2, y2 - Math.sign(y2 - y1) * (HIGH / 2 + 5)] : [x2 + WIDE / 2 + 5, y2];
  const middle = (ax + bx) / 2;
  const d = level ? `M${ax} ${ay}L${bx} ${by}` : `M${ax} ${ay}C${middle} ${ay} ${middle} ${by} ${bx} ${by}`;
  const look = { class: share > 0 ? "flow_arrow" : "flow_arrow flow_none", "stroke-width": (0.8 + 3.7 * share).toFixed(2), opacity: (0.3 + 0.7 * share).toFixed(2) };
  svgNode("path", { d, ...look }, picture);
  const tip = level ? `M${bx - 4} ${by}h8l-4 ${Math.sign(by - ay) * 5}z` : `M${bx} ${by - 4}v8l-5 -4z`;
  svgNode("path", { d: tip, class: "flow_tip", opacity: look.opacity }, picture);
}

/** @type {(picture: SVGElement, name: string, spot: Spot, told: { symbol: string, value: number | null | undefined }, words: Record<string, string>) => void} */
function flowNode(picture, name, [x, y], { symbol, value }, words) {
  const group = svgNode("g", { "data-node": name, transform: `translate(${x} ${y})` }, picture);
  svgNode("rect", { x: -WIDE / 2, y: -HIGH / 2, width: WIDE, height: HIGH, rx: 7, class: "flow_node" }, group);
  const above = svgNode("text", { y: -4, class: "flow_symbol" }, group);
  const said = symbol.replace(/⟨([^⟩]*)⟩/g, (_, word) => words[`backward_word_${word}`]);
  said.split(/_\{([^}]*)\}/).forEach((part, k) => {
    const span = svgNode("tspan", k % 2 ? { dy: 3, class: "flow_below" } : { dy: k ? -3 : 0 }, above);
    span.textContent = part;
  });
  const number = svgNode("text", { y: 12, class: "flow_number" }, group);
  number.textContent = value === undefined ? "…" : numeral(value);
}
