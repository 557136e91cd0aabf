// The states of the text, drawn: a dot a step, the way through the last ones, their names, and what is selected.

import { penOf } from "../../../parts/common/nodes.js";
import { labelOf } from "../../../parts/run/labels.js";
import { stepColour } from "./colours.js";
import { arrowTo, circle, line } from "./pen.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Look } from "./look.js"
 *
 * @typedef {(t: number, e: number) => [x: number, y: number, near: number]} At where the state after step t is, at snapshot e
 */

const APART = [30, 20]; // pixels between the numbers of two steps
const SETTLING = 3; // patterns at the start of the text whose states are drawn faint: they have not settled

/** @type {(pen: CanvasRenderingContext2D, run: Run, e: number, look: Look, at: At, palette: Palette) => void} */
export function paintDots(pen, run, e, { by, ghost }, at, palette) {
  if (ghost && e > 0) {
    pen.strokeStyle = palette.quiet;
    for (let t = run.start; t < run.stop; t++) circle(pen, at(t, 0), 2.5, null);
  }
  pen.strokeStyle = palette.quiet;
  const settled = run.start === 0 && run.isPattern ? Math.min(SETTLING * run.period, run.stop) : run.start;
  for (let t = run.start; t < run.stop; t++) {
    pen.globalAlpha = t < settled ? 0.25 : 0.75;
    circle(pen, at(t, e), 3.5, stepColour(run, by, t, palette));
    if (run.ofNumbers) circle(pen, at(t, e), 3.5, null); // a pale one has an edge
  }
  pen.globalAlpha = 1;
}

// The way through the last `patterns` before the step t.
/** @type {(pen: CanvasRenderingContext2D, run: Run, e: number, t: number, patterns: number, at: At, ink: string) => void} */
export function paintTrail(pen, run, e, t, patterns, at, ink) {
  if (patterns === 0) return;
  pen.strokeStyle = ink;
  const first = Math.max(t - patterns * run.period, run.start - 1);
  for (let k = first + 1; k <= t; k++) {
    pen.globalAlpha = 0.25 + (0.65 * (k - first)) / (t - first);
    arrowTo(pen, at(k - 1, e), at(k, e));
  }
  pen.globalAlpha = 1;
}

// Rings around the steps that are lit from another page.
/** @type {(pen: CanvasRenderingContext2D, run: Run, e: number, steps: ReadonlySet<number>, at: At, accent: string) => void} */
export function paintLit(pen, run, e, steps, at, accent) {
  pen.strokeStyle = accent;
  for (const t of steps) if (t >= run.start && t < run.stop) circle(pen, at(t, e), 5.5, null);
}

// Rings around the selected step and the one under the pointer, if they are there.
/** @type {(pen: CanvasRenderingContext2D, run: Run, e: number, steps: (number | undefined)[], at: At, accent: string) => void} */
export function paintSelected(pen, run, e, steps, at, accent) {
  steps.forEach((t, k) => {
    if (t === undefined || t < run.start || t >= run.stop) return;
    pen.strokeStyle = accent;
    pen.lineWidth = 2.5;
    circle(pen, at(t, e), k === 0 ? 8 : 6, null);
    pen.lineWidth = 1;
  });
}

/** @type {(pen: CanvasRenderingContext2D, places: [number, number, number][], colour: string) => void} */
export function paintPath(pen, places, colour) {
  pen.strokeStyle = colour;
  for (let k = 1; k < places.length; k++) line(pen, places[k - 1][0], places[k - 1][1], places[k][0], places[k][1]);
  circle(pen, places[0], 5, colour);
  circle(pen, places[places.length - 1], 3, colour);
}

// The name of each letter, or place of the pattern, where its states of the last pattern are. By what is right, a sequence has that
// there, and the letter where nothing is asked; one of numbers the numbers of some steps.
/** @type {(pen: CanvasRenderingContext2D, run: Run, by: Look["by"], at: (t: number) => [number, number, number], family: string, palette: Palette) => void} */
export function nameClouds(pen, run, by, at, family, palette) {
  pen.font = `700 13px ${family}`;
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  if (run.ofNumbers) return nameSteps(pen, run, at, palette);
  for (let t = Math.max(run.stop - run.period, run.start); t < run.stop; t++) {
    const [x, y] = at(t);
    pen.fillStyle = stepColour(run, by, t, palette);
    const name = by === "label" ? nameOf(run, t) : run.alphabet[run.letter(t)];
    const room = penOf(pen.canvas).canvas.clientWidth - Math.max(pen.measureText(name).width + 2, 20);
    pen.fillText(name, Math.min(x + 5, room), y - 3);
  }
}

// The numbers of the steps, from the last one on; one that would stand on another is left out.
/** @type {(pen: CanvasRenderingContext2D, run: Run, at: (t: number) => [number, number, number], palette: Palette) => void} */
function nameSteps(pen, run, at, palette) {
  /** @type {[number, number][]} */
  const taken = [];
  pen.fillStyle = palette.quiet;
  for (let t = run.stop - 1; t >= run.start; t--) {
    const [x, y] = at(t);
    if (taken.some(([u, v]) => Math.abs(u - x) < APART[0] && Math.abs(v - y) < APART[1])) continue;
    taken.push([x, y]);
    pen.fillText(String(t), x + 5, y - 3);
  }
}

/** @type {(run: Run, t: number) => string} */
function nameOf(run, t) {
  const due = run.isPattern ? [] : run.due(t);
  return due.length ? `→ ${due.map((k) => run.answers[k]).join(" ")}` : labelOf(run, t);
}
