// SVG by hand: nodes, wires with rounded corners, arrow heads, names with subscripts.

import { svgNode } from "../../../../parts/common/svg.js";

/**
 * @typedef {[x: number, y: number]} Point
 * @typedef {Record<string, string | number>} Attributes
 */

/** @type {(parent: Element, text: string, attributes?: Attributes) => SVGTextElement} */
export function svgText(parent, text, attributes = {}) {
  const node = svgNode("text", attributes, parent);
  node.textContent = text;
  return node;
}

// A quantity's sign with its index below the line, and a word after it: "c", "t−1", "old cell state".
/** @type {(parent: Element, name: { x: number, y: number, sign: string, index?: string, word?: string }) => SVGTextElement} */
export function svgName(parent, { x, y, sign, index = "", word = "" }) {
  const node = svgNode("text", { x, y, class: "diagram_name" }, parent);
  svgNode("tspan", { class: "diagram_sign" }, node).textContent = sign;
  if (index) svgNode("tspan", { class: "diagram_index", dy: 4 }, node).textContent = index;
  if (word) svgNode("tspan", { class: "diagram_word", dx: 4, ...(index ? { dy: -4 } : {}) }, node).textContent = word;
  return node;
}

// The path through `points`, its corners rounded.
/** @type {(points: Point[], radius?: number) => string} */
export function svgRoute(points, radius = 7) {
  const parts = [`M${points[0].join()}`];
  for (let k = 1; k < points.length - 1; k++) {
    const [x, y] = points[k];
    const [before, after] = [points[k - 1], points[k + 1]].map((other) => toward(points[k], other, radius));
    parts.push(`L${before.join()}Q${x},${y} ${after.join()}`);
  }
  parts.push(`L${points[points.length - 1].join()}`);
  return parts.join("");
}

// At most `distance` from one point on the way to another, and not past the middle of that way.
/** @type {(from: Point, to: Point, distance: number) => Point} */
function toward([x, y], [toX, toY], distance) {
  const length = Math.hypot(toX - x, toY - y) || 1;
  const share = Math.min(distance, length / 2) / length;
  return [x + (toX - x) * share, y + (toY - y) * share];
}

// An arrow head whose tip is the last of `points`.
/** @type {(points: Point[], size?: number) => string} */
export function svgTip(points, size = 5) {
  const [x, y] = points[points.length - 1];
  const [fromX, fromY] = points[points.length - 2];
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length];
  const [baseX, baseY] = [x - dx * size * 1.7, y - dy * size * 1.7];
  return `M${x},${y}L${baseX - dy * size},${baseY + dx * size}L${baseX + dy * size},${baseY - dx * size}Z`;
}
