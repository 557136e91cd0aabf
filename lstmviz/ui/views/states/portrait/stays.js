// What the map leads back to itself, drawn: squares for states that stay, diamonds joined by a line for those that go in a circle.

import { hollowOf } from "./colours.js";
import { line } from "./pen.js";

/**
 * @import { Circle, Point } from "./field.js"
 * @import { Ground } from "./frame.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Plane } from "./plane.js"
 */

// A state that stays: full if what is near comes to it, hollow if not, with the directions in which its map only stretches.
/** @type {(pen: CanvasRenderingContext2D, point: Point, ground: Ground, plane: Plane, palette: Palette) => void} */
export function paintPoint(pen, { state, stable, directions }, ground, plane, { ink, dark }) {
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
  pen.fillStyle = stable ? ink : hollowOf(dark);
  pen.fill();
  pen.stroke();
  pen.lineWidth = 1;
}

// States that the map leads through in turn: full if what is near comes to them, hollow if not.
/** @type {(pen: CanvasRenderingContext2D, circle: Circle, ground: Ground, plane: Plane, palette: Palette) => void} */
export function paintCircle(pen, { states, stable }, ground, plane, { ink, dark }) {
  const places = states.map((state) => ground.at(plane.seen(state)));
  pen.strokeStyle = ink;
  pen.setLineDash([5, 4]);
  pen.beginPath();
  for (const [x, y] of places) pen.lineTo(x, y);
  if (places.length > 2) pen.closePath(); // there and back would fill the gaps
  pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 1.5;
  pen.fillStyle = stable ? ink : hollowOf(dark);
  for (const [x, y] of places) {
    pen.beginPath();
    for (const [u, v] of [[0, -7.5], [7.5, 0], [0, 7.5], [-7.5, 0]]) pen.lineTo(x + u, y + v);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
  pen.lineWidth = 1;
}
