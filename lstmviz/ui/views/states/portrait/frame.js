// The ground of the picture: its axes, and where on it a place stands.

import { line } from "./pen.js";

/**
 * @import { Plane } from "./plane.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 *
 * @typedef {{ yaw: number, pitch: number }} Turn of the eye, in radians; of three axes alone
 *
 * @typedef {object} Ground where a place stands, in CSS pixels
 * @property {number} width
 * @property {number} height
 * @property {(place: number[]) => [x: number, y: number, near: number]} at near: from 0, far away, to 1
 * @property {((x: number, y: number) => number[]) | null} place what is there; null where there are three axes
 */

const MARGIN = { left: 46, right: 14, top: 14, bottom: 34 };

/** @type {(plane: Plane, width: number, height: number, turn: Turn) => Ground} */
export function groundOf({ columns }, width, height, turn) {
  if (columns.length < 2) return lineGround(columns[0], width, height);
  return columns.length === 3 ? spaceGround(columns, width, height, turn) : planeGround(columns, width, height);
}

/** @type {(columns: Plane["columns"], width: number, height: number) => Ground} */
function planeGround([across, up], width, height) {
  const [wide, high] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  return {
    width,
    height,
    at: ([x, y]) => [MARGIN.left + (wide * (x - across.low)) / (across.high - across.low), MARGIN.top + (high * (up.high - y)) / (up.high - up.low), 1],
    place: (x, y) => [across.low + ((x - MARGIN.left) / wide) * (across.high - across.low), up.high - ((y - MARGIN.top) / high) * (up.high - up.low)],
  };
}

// One number: what a state is before a step is drawn across, what it is after it upwards, so that all on the diagonal stays.
/** @type {(column: Plane["columns"][0], width: number, height: number) => Ground} */
function lineGround(column, width, height) {
  const plane = planeGround([column, column], width, height);
  return { ...plane, at: ([x, y = x]) => plane.at([x, y]), place: (x, y) => [plane.place?.(x, y)[0] ?? 0] };
}

/** @type {(columns: Plane["columns"], width: number, height: number, turn: Turn) => Ground} */
function spaceGround(columns, width, height, { yaw, pitch }) {
  const size = Math.min(width, height) * 0.33;
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return {
    width,
    height,
    at(place) {
      const [x, y, z] = columns.map(({ low, high }, k) => (2 * (place[k] - low)) / (high - low) - 1);
      const [across, depth] = [cy * x - sy * y, sy * x + cy * y];
      const up = cp * z + sp * depth;
      return [width / 2 + size * across, height / 2 - size * up, 0.5 - (cp * depth - sp * z) / 3.5];
    },
    place: null,
  };
}

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, plane: Plane, palette: Palette, family: string) => void} */
export function paintGround(pen, ground, { columns }, palette, family) {
  pen.clearRect(0, 0, ground.width, ground.height);
  pen.font = `12px ${family}`;
  pen.lineWidth = 1;
  if (columns.length === 3) paintBox(pen, ground, columns, palette);
  else paintAxes(pen, ground, columns, palette);
}

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, columns: Plane["columns"], palette: Palette) => void} */
function paintAxes(pen, ground, [across, up = across], palette) {
  const [left, top] = ground.at([across.low, up.high]);
  const [right, bottom] = ground.at([across.high, up.low]);
  pen.strokeStyle = palette.rule;
  pen.strokeRect(left, top, right - left, bottom - top);
  pen.fillStyle = palette.quiet;
  pen.textBaseline = "top";
  for (const value of ticks(across)) {
    const [x] = ground.at([value, up.low]);
    line(pen, x, top, x, bottom);
    pen.textAlign = x > right - 14 ? "right" : "center";
    pen.fillText(tickText(value), Math.min(x, right), bottom + 4);
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of ticks(up)) {
    const y = ground.at([across.low, value])[1];
    line(pen, left, y, right, y);
    pen.fillText(tickText(value), left - 5, Math.max(y, top + 5));
  }
  pen.fillStyle = palette.ink;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(across.title, (left + right) / 2, ground.height - 1);
  pen.save();
  pen.translate(11, (top + bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.textBaseline = "middle";
  pen.fillText(up === across ? `${up.title}′` : up.title, 0, 0);
  pen.restore();
}

/** @type {(pen: CanvasRenderingContext2D, ground: Ground, columns: Plane["columns"], palette: Palette) => void} */
function paintBox(pen, ground, columns, palette) {
  /** @param {number} corner */
  const place = (corner) => columns.map(({ low, high }, k) => (corner & (1 << k) ? high : low));
  pen.strokeStyle = palette.rule;
  for (let corner = 0; corner < 8; corner++) {
    for (let k = 0; k < 3; k++) {
      if (corner & (1 << k)) continue;
      const [x, y] = ground.at(place(corner));
      const [u, v] = ground.at(place(corner | (1 << k)));
      line(pen, x, y, u, v);
    }
  }
  pen.fillStyle = palette.ink;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  columns.forEach(({ title, low, high }, k) => {
    const [x, y] = ground.at(columns.map((column, j) => (j === k ? column.high + 0.12 * (high - low) : column.low)));
    pen.fillText(`${title} ${tickText(high)}`, Math.min(Math.max(x, 60), ground.width - 60), Math.min(Math.max(y, 8), ground.height - 8));
  });
}

/** @type {(column: Plane["columns"][0]) => number[]} */
function ticks({ low, high }) {
  const reach = Math.max(-low, high) / 1.04;
  const size = 10 ** Math.floor(Math.log10(reach));
  const step = [1, 2, 5, 10].map((times) => (times * size) / 2).find((one) => reach / one <= 2.5) ?? size;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found;
}

/** @param {number} value */
const tickText = (value) => (Math.abs(value) < 1e-9 ? "0" : String(Number(value.toPrecision(2)))).replace("-", "−");
