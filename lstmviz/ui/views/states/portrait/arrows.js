// Where the map leads, drawn: arrows from a grid of states, a curve where there is one number, the basins as colours.

import { colourOf } from "./colours.js";
import { basinCells } from "./field.js";
import { arrowTo, line } from "./pen.js";

/**
 * @import { Arrow } from "./field.js"
 * @import { Ground } from "./frame.js"
 * @import { Plane } from "./plane.js"
 */

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, arrows: Arrow[], plane: Plane, colour: string) => void} */
export function paintArrows(pen, ground, arrows, plane, colour) {
  pen.strokeStyle = colour;
  const most = 0.8 * (ground.width / 19);
  if (plane.columns.length === 1) return paintGraph(pen, ground, arrows, colour);
  for (const { from, to } of arrows) {
    const [x, y] = ground.at(from);
    const [u, v] = ground.at(to);
    const length = Math.hypot(u - x, v - y);
    if (!(length > 0)) continue;
    const part = Math.min(1, most / length);
    pen.globalAlpha = 0.35 + 0.4 * (1 - part);
    arrowTo(pen, [x, y, 1], [x + (u - x) * part, y + (v - y) * part, 1]);
  }
  pen.globalAlpha = 1;
}

// The map of one number, as a curve over it, and the diagonal, where nothing changes.
/** @type {(pen: CanvasRenderingContext2D, ground: Ground, arrows: Arrow[], colour: string) => void} */
function paintGraph(pen, ground, arrows, colour) {
  const ends = [arrows[0].from[0], arrows[arrows.length - 1].from[0]];
  const [a, b] = ends.map((value) => ground.at([value, value]));
  pen.setLineDash([4, 4]);
  line(pen, a[0], a[1], b[0], b[1]);
  pen.setLineDash([]);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  arrows.forEach(({ from, to }) => {
    const [x, y] = ground.at([from[0], to[0]]);
    pen.lineTo(x, y);
  });
  pen.stroke();
  pen.lineWidth = 1;
}

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, plane: Plane, ends: Int16Array, dark: boolean) => void} */
export function paintBasins(pen, ground, { columns }, ends, dark) {
  if (columns.length !== 2) return;
  const [left, bottom] = ground.at([columns[0].low, columns[1].low]);
  const [right, top] = ground.at([columns[0].high, columns[1].high]);
  // On whole pixels, so that neither gaps nor seams are seen.
  /** @type {(from: number, to: number, k: number) => number} */
  const edge = (from, to, k) => Math.round(from + ((to - from) * k) / basinCells);
  pen.globalAlpha = 0.18;
  ends.forEach((end, cell) => {
    if (end < 0) return;
    pen.fillStyle = colourOf(end, dark);
    const [across, up] = [cell % basinCells, Math.floor(cell / basinCells)];
    const [x, y] = [edge(left, right, across), edge(bottom, top, up + 1)];
    pen.fillRect(x, y, edge(left, right, across + 1) - x, edge(bottom, top, up) - y);
  });
  pen.globalAlpha = 1;
}
