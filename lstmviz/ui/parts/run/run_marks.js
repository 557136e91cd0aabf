// What lies over the numbers: the frames of the present step and of the selection, and the veil of what is to guess.
// Drawn again in every frame, so that the numbers need not be.

import { LETTER, paintUnit } from "./run_paint.js";

/**
 * @import { Quantity } from "./data.js"
 * @import { RunLayout } from "./run_layout.js"
 * @import { Marked, Shown } from "./run_paint.js"
 * @import { Of, State } from "./state.js"
 * @import { Palette } from "./palette.js"
 * @import { Veil } from "./viewer.js"
 *
 * What one network's picture shows, and what is marked in it.
 * @typedef {object} Marks
 * @property {Of} of
 * @property {State} now
 * @property {string} title
 * @property {Shown} shown
 * @property {Veil | null} veil
 * @property {Palette} palette
 * @property {number} widest of the letters
 * @property {string} family of the font
 * @property {number | null} firstChange the first step that a change from outside changes
 * @property {ReadonlySet<number>} lit steps that are marked
 *
 * @typedef {Marks & { pinned: Marked | null, hovered: Marked | null }} View
 */

/** @param {CanvasRenderingContext2D} pen @param {RunLayout} layout @param {View} view */
export function paintMarks(pen, layout, view) {
  const { shown, now, veil, palette, firstChange } = view;
  pen.clearRect(0, 0, layout.total, layout.height);
  if (veil) paintVeil(pen, layout, view);
  if (firstChange !== null) paintFirstChange(pen, layout, shown.start, firstChange, palette);
  for (const t of view.lit) paintLit(pen, layout, shown.start, t, palette);
  paintColumn(pen, layout, view);
  /** @type {[place: Marked | null, thick: number][]} */
  const marked = [[view.pinned, 2], [view.hovered, 1.25]];
  for (const [place, thick] of marked) {
    if (!place || isVeiled(place.band.quantity, place.t, now.t, veil)) continue;
    if (layout.lines) paintUnit(pen, layout, shown, palette, place, thick);
    else paintCell(pen, layout, shown.start, place, thick, palette);
  }
}

// While the class guesses nothing after t may be seen ("future"), and until it has guessed not what the network expects at t
// either ("present").
/** @type {(quantity: Quantity, t: number, present: number, veil?: Veil | null) => boolean} */
export const isVeiled = (quantity, t, present, veil) =>
  Boolean(veil) && (t > present || (veil === "present" && t === present && ofPrediction(quantity)));

/** @param {Quantity} quantity */
const ofPrediction = (quantity) => quantity === "logits" || quantity.startsWith("effect_");

/** @param {CanvasRenderingContext2D} pen @param {RunLayout} layout @param {View} view */
function paintVeil(pen, layout, { shown, now, veil, palette, family }) {
  const count = Math.min(layout.count, shown.run.stop - shown.start);
  /** @param {number} t */
  const edge = (t) => layout.left + Math.min(Math.max(t - shown.start, 0), count) * layout.width;
  const right = layout.left + count * layout.width;
  pen.fillStyle = palette.dark ? "#1d2638" : "#eef1f7";
  for (const band of layout.bands) {
    const x = edge(now.t + (veil === "present" && ofPrediction(band.quantity) ? 0 : 1));
    pen.fillRect(x, band.top - 1, right - x, band.height + 2);
  }
  const next = edge(now.t + (veil === "present" ? 1 : 2)); // the letter that was guessed is known
  pen.fillRect(next, layout.axis - 1, right - next, layout.axisHeight + 1);
  if (veil === "future" || layout.width < 7 || next >= right) return;
  pen.fillStyle = palette.quiet;
  pen.font = `700 ${LETTER}px ${family}`;
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  pen.fillText("?", next + layout.width / 2, layout.axis + layout.axisHeight / 2 + 0.5);
}

// A small triangle over the first step in which a change from outside changes anything.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {number} start
 * @param {number} t
 * @param {Palette} palette
 */
function paintFirstChange(pen, layout, start, t, palette) {
  if (t < start || t >= start + layout.count) return;
  const x = layout.left + (t - start + 0.5) * layout.width;
  pen.fillStyle = palette.ink;
  pen.beginPath();
  pen.moveTo(x - 4, 0);
  pen.lineTo(x + 4, 0);
  pen.lineTo(x, 6);
  pen.fill();
}

// A bar between a column that is lit and its letter.
/** @type {(pen: CanvasRenderingContext2D, layout: RunLayout, start: number, t: number, palette: Palette) => void} */
function paintLit(pen, layout, start, t, palette) {
  if (t < start || t >= start + layout.count) return;
  pen.fillStyle = palette.accent;
  pen.fillRect(layout.left + (t - start) * layout.width, layout.foot, Math.max(layout.width - 1, 1), 3);
}

/** @param {CanvasRenderingContext2D} pen @param {RunLayout} layout @param {View} view */
function paintColumn(pen, layout, { shown, now, palette, widest, family }) {
  const at = now.t - shown.start;
  if (at < 0 || at >= layout.count) return;
  const width = Math.max(layout.width + 2, 5);
  const middle = layout.left + (at + 0.5) * layout.width - 0.5;
  const top = layout.bands[0].top - 2;
  pen.strokeStyle = pen.fillStyle = palette.accent;
  pen.lineWidth = layout.width >= 6 ? 2 : 1.5;
  roundRect(pen, middle - width / 2, top, width, layout.foot - top + 2, 3);
  pen.stroke();
  for (const band of layout.bands.filter((one) => one.top > layout.foot)) {
    roundRect(pen, middle - width / 2, band.top - 1, width, band.height + 2, 2);
    pen.stroke();
  }
  const text = shown.run.ofNumbers ? String(now.t) : shown.run.alphabet[shown.run.letter(now.t)];
  const beside = layout.width < widest + 3 ? 2 : 6; // where the letters stand close, its plate does not hide them
  const plate = Math.max(width, shown.run.ofNumbers ? 7 * text.length + 6 : widest + beside);
  roundRect(pen, middle - plate / 2, layout.axis, plate, layout.axisHeight, 4);
  pen.fill();
  pen.fillStyle = palette.dark ? "#0f1420" : "#ffffff";
  pen.font = `700 ${LETTER}px ${family}`;
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  pen.fillText(text, middle, layout.axis + layout.axisHeight / 2 + 0.5);
}

// A frame around one square, with a rim in the ground's colour: it is seen on light squares and on dark ones.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {number} start
 * @param {Marked} marked
 * @param {number} thick
 * @param {Palette} palette
 */
function paintCell(pen, layout, start, { band, row, t }, thick, palette) {
  const width = Math.max(layout.width, 5);
  const height = Math.max(band.row, 5);
  const x = layout.left + (t - start + 0.5) * layout.width - width / 2 - 0.5;
  const y = band.top + (row + 0.5) * band.row - height / 2 - 0.5;
  /** @type {[colour: string, line: number][]} */
  const rims = [[palette.dark ? "#0f1420" : "#ffffff", thick + 2], [palette.ink, thick]];
  for (const [colour, line] of rims) {
    pen.strokeStyle = colour;
    pen.lineWidth = line;
    roundRect(pen, x, y, width, height, 2);
    pen.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} radius
 */
function roundRect(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
}
