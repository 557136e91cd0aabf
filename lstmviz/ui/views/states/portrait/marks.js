// What stands in the picture: arrows, basins, states that stay or turn, paths and names.

import { penOf } from "../../../parts/common/nodes.js";
import { labelOf } from "../../../parts/run/labels.js";
import { colourOf, kindOf } from "./colours.js";
import { basinCells } from "./field.js";
import { line } from "./frame.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Arrow, Point } from "./field.js"
 * @import { Ground } from "./frame.js"
 * @import { Look } from "./look.js"
 * @import { Plane } from "./plane.js"
 * @import { Cycle } from "./points.js"
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

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, plane: Plane, ends: Int8Array, dark: boolean) => void} */
export function paintBasins(pen, ground, { columns }, ends, dark) {
  if (columns.length !== 2) return;
  const [left, bottom] = ground.at([columns[0].low, columns[1].low]);
  const [right, top] = ground.at([columns[0].high, columns[1].high]);
  const [wide, high] = [(right - left) / basinCells, (bottom - top) / basinCells];
  pen.globalAlpha = 0.18;
  ends.forEach((end, cell) => {
    if (end < 0) return;
    pen.fillStyle = colourOf(end, dark);
    pen.fillRect(left + (cell % basinCells) * wide, bottom - (Math.floor(cell / basinCells) + 1) * high, wide + 0.5, high + 0.5);
  });
  pen.globalAlpha = 1;
}

// A state that stays: full if what is near comes to it, hollow if not, with the directions in which its map only stretches.
/** @type {(pen: CanvasRenderingContext2D, point: Point, ground: Ground, plane: Plane, palette: Palette) => void} */
export function paintPoint(pen, { state, stable, directions }, ground, plane, { dark, ink }) {
  const place = plane.seen(state);
  const [x, y] = ground.at(place);
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  for (const direction of directions) {
    const moved = plane.seen(state.map((value, k) => value + 1e-3 * direction[k]));
    const [u, v] = ground.at(moved);
    const length = Math.hypot(u - x, v - y);
    if (length < 1e-6) continue;
    const [du, dv] = [((u - x) * 16) / length, ((v - y) * 16) / length];
    line(pen, x - du, y - dv, x + du, y + dv);
  }
  pen.beginPath();
  pen.rect(x - 5, y - 5, 10, 10);
  pen.fillStyle = stable ? ink : hollow(dark);
  pen.fill();
  pen.stroke();
  pen.lineWidth = 1;
}

// States that the map leads through in turn: diamonds on a broken line.
/** @type {(pen: CanvasRenderingContext2D, cycle: Cycle, ground: Ground, plane: Plane, palette: Palette) => void} */
export function paintCycle(pen, { states, stable }, ground, plane, { dark, ink }) {
  const places = states.map((state) => ground.at(plane.seen(state)));
  Object.assign(pen, { strokeStyle: ink, fillStyle: stable ? ink : hollow(dark), lineWidth: 1.5 });
  pen.setLineDash([2, 4]);
  places.forEach(([x, y], k) => {
    const [u, v] = places[(k + 1) % places.length];
    line(pen, x, y, u, v);
  });
  pen.setLineDash([]);
  for (const [x, y] of places) {
    pen.beginPath();
    for (const [a, b] of [[-7, 0], [0, -7], [7, 0], [0, 7]]) pen.lineTo(x + a, y + b);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
  pen.lineWidth = 1;
}

/** @param {boolean} dark */
const hollow = (dark) => (dark ? "#0f1420" : "#fff");

/** @type {(pen: CanvasRenderingContext2D, places: [number, number, number][], colour: string) => void} */
export function paintPath(pen, places, colour) {
  pen.strokeStyle = colour;
  for (let k = 1; k < places.length; k++) line(pen, places[k - 1][0], places[k - 1][1], places[k][0], places[k][1]);
  circle(pen, places[0], 5, colour);
  circle(pen, places[places.length - 1], 3, colour);
}

// The name of each letter, or place of the pattern, where its states of the last pattern are.
/** @type {(pen: CanvasRenderingContext2D, run: Run, by: Look["by"], at: (t: number) => [number, number, number], family: string, palette: { dark: boolean }) => void} */
export function nameClouds(pen, run, by, at, family, { dark }) {
  pen.font = `700 13px ${family}`;
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  for (let t = Math.max(run.stop - run.period, run.start); t < run.stop; t++) {
    const [x, y] = at(t);
    pen.fillStyle = colourOf(kindOf(run, by, t), dark);
    pen.fillText(by === "label" ? labelOf(run, t) : run.alphabet[run.letter(t)], Math.min(x + 5, penOf(pen.canvas).canvas.clientWidth - 20), y - 3);
  }
}

/** @type {(pen: CanvasRenderingContext2D, at: [number, number, number], radius: number, fill: string | null) => void} */
export function circle(pen, [x, y, near], radius, fill) {
  pen.beginPath();
  pen.arc(x, y, radius * (0.6 + 0.4 * near), 0, 2 * Math.PI);
  if (fill === null) return pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
}

/** @type {(pen: CanvasRenderingContext2D, from: [number, number, number], to: [number, number, number]) => void} */
export function arrowTo(pen, [x, y], [u, v]) {
  line(pen, x, y, u, v);
  const length = Math.hypot(u - x, v - y);
  if (length < 5) return;
  const [a, b] = [(u - x) / length, (v - y) / length];
  pen.beginPath();
  pen.moveTo(u - 5 * a + 2.5 * b, v - 5 * b - 2.5 * a);
  pen.lineTo(u, v);
  pen.lineTo(u - 5 * a - 2.5 * b, v - 5 * b + 2.5 * a);
  pen.stroke();
}
