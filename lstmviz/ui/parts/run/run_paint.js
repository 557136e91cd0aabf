// The numbers of a run as a picture: squares or lines. Drawn again only when other numbers are to be seen.

import { blockOf, clearLines, paintBlocks } from "../common/squares.js";
import { isBeside, runArray } from "./run_layout.js";
import { scaleBound, unitBounds } from "./palette.js";

/**
 * @import { Block } from "../common/squares.js"
 * @import { Scale } from "../common/scales.js"
 * @import { Quantity, Run } from "./data.js"
 * @import { Band, RunLayout } from "./run_layout.js"
 * @import { Palette } from "./palette.js"
 *
 * What of a run is in the picture: its snapshot `e`, from step `start` on; difference: less `other`; changed: the run whose
 * effect is shown.
 * @typedef {{ run: Run, e: number, other: Run | null, start: number, difference: boolean, changed: Run | null }} Shown
 *
 * @typedef {{ band: Band, row: number, t: number }} Marked a number of the picture
 */

export const LETTER = 12; // size of the letters under the columns
const NARROWED = 0.8; // a letter stays legible at this share of its width, as on a phone, where columns are narrow
export const DASHES = [[], [2, 2], [6, 3], [6, 3, 2, 3], [12, 4]]; // by which the lines of a few units are told apart
/** @type {WeakMap<Run, number>} */
const EFFECT_BOUNDS = new WeakMap(); // by run: the largest change of any step's loss

// The colour scale of a band; of differences, where `other` is the run to hold against.
/** @param {Palette} palette @param {Quantity} quantity @param {Run} run @param {boolean} difference */
export function runScale(palette, quantity, run, difference) {
  if (quantity === "effect_probability") return palette.signed(1);
  if (quantity === "effect_loss") return palette.signed(effectBound(run));
  if (!difference) return palette.scale(runArray(quantity, run), run);
  return palette.signed(scaleBound(run, quantity));
}

/** @param {Run} run */
function effectBound(run) {
  const known = EFFECT_BOUNDS.get(run);
  if (known !== undefined) return known;
  const bound = run.arrays.effect_loss.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0.01);
  EFFECT_BOUNDS.set(run, bound);
  return bound;
}

// The numbers of one band: those of the steps from `start` on stand at `at` and after, `size` to a step.
/** @param {Band} band @param {Shown} shown */
function bandNumbers(band, { run, changed, other, e, start, difference }) {
  const ofChange = band.quantity.startsWith("effect_");
  const source = (ofChange && changed) || run;
  const name = runArray(band.quantity, run);
  const isRead = band.quantity === "x" || band.quantity === "y"; // the same at each snapshot, and here as a whole
  return {
    values: source.arrays[name],
    minus: difference && !ofChange && !isRead && other ? other.arrays[name] : null,
    at: (isRead ? start : e * source.length + start - source.start) * band.size,
    /** @type {(palette: Palette) => Scale} */
    scale: (palette) => runScale(palette, band.quantity, source, difference),
  };
}

/** @param {CanvasRenderingContext2D} pen @param {RunLayout} layout @param {Shown} shown @param {Palette} palette */
export function paintSquares(pen, layout, shown, palette) {
  const count = Math.min(layout.count, shown.run.stop - shown.start);
  paintBlocks(pen, layout.bands.flatMap((band) => bandBlocks(layout, band, shown, palette, count)), layout.ratio);
  for (const band of layout.bands) if (rowScales(layout, band, shown, palette)) clearLines(pen, bandBlock(layout, band, shown, palette, count), layout.ratio);
  if (shown.run.ofNumbers) paintAsked(pen, layout, shown, palette, count);
  else if (layout.width >= 6) paintTargets(pen, layout, shown, palette, count);
}

// A row for each unit, a column for each step.
/** @type {(layout: RunLayout, band: Band, shown: Shown, palette: Palette, count: number) => Block} */
function bandBlock({ left, width }, band, shown, palette, count) {
  const { values, minus, at, scale } = bandNumbers(band, shown);
  const shape = { rows: band.size, columns: count, down: 1, across: band.size };
  return blockOf(values, at, shape, { left, top: band.top, width, height: band.row }, scale(palette), minus);
}

// Where rows bear the names of their units, each of what nothing bounds has a scale of its own; else null.
/** @type {(layout: RunLayout, band: Band, shown: Shown, palette: Palette) => Scale[] | null} */
export function rowScales({ named, lines }, { quantity }, { run, difference }, palette) {
  const bounds = named && !lines && !difference ? unitBounds(run, quantity) : null;
  return bounds && bounds.map((bound) => palette.signed(bound));
}

/** @type {(layout: RunLayout, band: Band, shown: Shown, palette: Palette, count: number) => Block[]} */
function bandBlocks(layout, band, shown, palette, count) {
  const block = bandBlock(layout, band, shown, palette, count);
  const scales = rowScales(layout, band, shown, palette);
  if (!scales) return [block];
  return scales.map((scale, row) => ({ ...block, rows: 1, at: block.at + row * block.down, top: block.top + row * block.height, scale }));
}

// A thin ring on what is due, in the ink that can be read on its square, and a cross on the guess where it is wrong.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {number} count
 */
function paintTargets(pen, layout, { run, e, start, difference }, palette, count) {
  const band = layout.bands.find(({ quantity }) => quantity === "logits");
  if (!band || band.row < 5) return;
  const scale = runScale(palette, "logits", run, difference);
  const radius = Math.min(layout.width, band.row, 12) / 2 - 1.5;
  pen.lineWidth = 1;
  for (let j = 0; j < count; j++) {
    for (const letter of run.due(start + j)) {
      pen.strokeStyle = difference ? palette.quiet : scale.colour(run.value("probabilities", e, start + j, letter))[1];
      pen.beginPath();
      pen.arc(layout.left + (j + 0.5) * layout.width - 0.5, band.top + (letter + 0.5) * band.row - 0.5, radius, 0, 7);
      pen.stroke();
    }
    for (const guess of difference ? [] : run.wrong(e, start + j)) paintWrong(pen, layout, band, palette, j, guess, Math.min(radius, 5));
  }
}

// Of numbers: a cross on those that are too far from what is due, and nothing is due where nothing is asked.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {number} count
 */
function paintAsked(pen, layout, { run, e, start, difference }, palette, count) {
  const due = layout.bands.find(({ quantity }) => quantity === "y");
  const told = layout.bands.find(({ quantity }) => quantity === "logits");
  for (let j = 0; j < count; j++) {
    if (due && !run.asked(start + j)) pen.clearRect(layout.left + j * layout.width, due.top, layout.width, due.height);
    if (!told || difference || layout.width < 6) continue;
    for (const k of run.far(e, start + j)) paintWrong(pen, layout, told, palette, j, k, Math.min(layout.width, told.row, 12) / 2 - 1.5);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Band} band
 * @param {Palette} palette
 * @param {number} column
 * @param {number} letter
 * @param {number} size
 */
function paintWrong(pen, layout, band, palette, column, letter, size) {
  const [x, y] = [layout.left + (column + 0.5) * layout.width - 0.5, band.top + (letter + 0.5) * band.row - 0.5];
  const thin = pen.lineWidth;
  /** @type {[colour: string, wide: number][]} */
  const twice = [[palette.dark ? "#0f1420" : "#ffffff", 4], [palette.wrong, 2]];
  for (const [colour, wide] of twice) {
    Object.assign(pen, { strokeStyle: colour, lineWidth: wide });
    pen.beginPath();
    for (const way of [1, -1]) {
      pen.moveTo(x - size, y - size * way);
      pen.lineTo(x + size, y + size * way);
    }
    pen.stroke();
  }
  pen.lineWidth = thin;
}

/** @param {CanvasRenderingContext2D} pen @param {RunLayout} layout @param {Shown} shown @param {Palette} palette */
export function paintLines(pen, layout, shown, palette) {
  const count = Math.min(layout.count, shown.run.stop - shown.start);
  for (const band of layout.bands) {
    const { low, high } = bandNumbers(band, shown).scale(palette);
    pen.fillStyle = palette.rule;
    for (const value of low < 0 ? [low, 0, high] : [low, high]) {
      pen.globalAlpha = value === 0 ? 1 : 0.6;
      pen.fillRect(layout.left, Math.round(lineY(band, low, high, value)), count * layout.width, 1 / layout.ratio);
    }
    if (shown.run.ofNumbers && band.quantity === "logits") paintDue(pen, layout, band, shown, palette, count);
    const dashed = layout.named && band.size <= DASHES.length;
    pen.globalAlpha = band.size > 8 ? 0.45 : dashed ? 1 : 0.75;
    pen.lineWidth = dashed ? 1.5 : 1;
    pen.strokeStyle = bandColour(palette, band.quantity);
    for (let row = 0; row < band.size; row++) {
      pen.setLineDash(dashed ? DASHES[row] : []);
      pen.beginPath();
      traceLine(pen, layout, band, shown, palette, row, count);
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

// What is due, broad and faint behind the lines of what is told, with a dot where only one step asks.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Band} band
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {number} count
 */
function paintDue(pen, layout, band, { run, start }, palette, count) {
  const bound = scaleBound(run, "y");
  Object.assign(pen, { globalAlpha: 0.35, lineWidth: 5, strokeStyle: palette.ink, fillStyle: palette.ink, lineJoin: "round", lineCap: "round" });
  for (let row = 0; row < band.size; row++) {
    pen.beginPath();
    let drawing = false;
    for (let j = 0; j < count; j++) {
      const asked = run.asked(start + j);
      const [x, y] = [layout.left + (j + 0.5) * layout.width, asked ? lineY(band, -bound, bound, run.value("y", 0, start + j, row)) : 0];
      if (asked && !drawing) {
        pen.moveTo(x, y);
        pen.lineTo(x, y); // a dot, where no line follows
      } else if (asked) pen.lineTo(x, y);
      drawing = asked;
    }
    pen.stroke();
  }
  Object.assign(pen, { lineJoin: "miter", lineCap: "butt" });
}

/** @param {Palette} palette @param {Quantity} quantity */
export const bandColour = (palette, quantity) =>
  isBeside(quantity) ? palette.ink : palette.identity[quantity === "logits" ? "yhat" : quantity];

/** @param {Band} band @param {number} low @param {number} high @param {number} value */
const lineY = (band, low, high, value) =>
  band.top + 1 + (band.height - 2) * (1 - (Math.min(Math.max(value, low), high) - low) / (high - low));

// Put the line of one unit into the path; what is no number leaves a gap.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Band} band
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {number} row
 * @param {number} count
 */
function traceLine(pen, layout, band, shown, palette, row, count) {
  const { values, minus, at, scale } = bandNumbers(band, shown);
  const { low, high } = scale(palette);
  let drawing = false;
  for (let j = 0; j < count; j++) {
    const k = at + j * band.size + row;
    const value = minus ? values[k] - minus[k] : values[k];
    if (Number.isFinite(value)) {
      const x = layout.left + (j + 0.5) * layout.width;
      if (drawing) pen.lineTo(x, lineY(band, low, high, value));
      else pen.moveTo(x, lineY(band, low, high, value));
    }
    drawing = Number.isFinite(value);
  }
}

// One unit's line drawn thick, and a dot at step t.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {Marked} marked
 * @param {number} thick
 */
export function paintUnit(pen, layout, shown, palette, { band, row, t }, thick) {
  const count = Math.min(layout.count, shown.run.stop - shown.start);
  pen.lineWidth = thick;
  pen.strokeStyle = pen.fillStyle = bandColour(palette, band.quantity);
  pen.beginPath();
  traceLine(pen, layout, band, shown, palette, row, count);
  pen.stroke();
  const y = unitY(layout, shown, palette, { band, row, t });
  if (!Number.isFinite(y)) return;
  pen.beginPath();
  pen.arc(layout.left + (t - shown.start + 0.5) * layout.width, y, thick + 1.2, 0, 7);
  pen.fill();
}

// Where the line of a unit is at step t; NaN where its value is no number.
/** @param {RunLayout} layout @param {Shown} shown @param {Palette} palette @param {Marked} marked */
export function unitY(layout, shown, palette, { band, row, t }) {
  const { values, minus, at, scale } = bandNumbers(band, shown);
  const { low, high } = scale(palette);
  const k = at + (t - shown.start) * band.size + row;
  return lineY(band, low, high, minus ? values[k] - minus[k] : values[k]);
}

// Under the columns the letters read; where they do not fit, the numbers of some steps.
// family: of the font; widest: the width of the widest letter, in LETTER pixels.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {RunLayout} layout
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {number} widest
 * @param {string} family
 */
export function paintAxis(pen, layout, { run, other, start }, palette, widest, family) {
  const count = Math.min(layout.count, run.stop - start);
  const fit = !run.ofNumbers && layout.width >= NARROWED * widest + 0.5;
  const middle = layout.axis + layout.axisHeight / 2 + 0.5;
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  if (fit) {
    for (let t = start; t < start + count; t++) {
      const changed = other && run.letter(t) !== other.letter(t);
      pen.font = `${changed ? 700 : 400} ${LETTER}px ${family}`;
      pen.fillStyle = changed ? palette.ink : palette.quiet;
      pen.fillText(run.alphabet[run.letter(t)], layout.left + (t - start + 0.5) * layout.width, middle, layout.width - 0.5);
    }
    return;
  }
  pen.font = `${LETTER}px ${family}`;
  pen.fillStyle = palette.quiet;
  const every = tickStep(count, (count * layout.width) / 44, run.isPattern ? run.period : 1);
  for (let t = Math.ceil(start / every) * every; t < start + count; t += every) {
    const x = layout.left + (t - start + 0.5) * layout.width;
    pen.fillRect(x - 0.5, layout.axis - 1, 1, 3);
    pen.textAlign = x < layout.left + 12 ? "left" : "center";
    pen.fillText(String(t), t === start ? layout.left : x, middle + 1);
  }
}

// Whole patterns between ticks, as round a number as that allows.
/** @type {(count: number, most: number, period: number) => number} */
function tickStep(count, most, period) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((times) => times * period);
  return steps.find((step) => count / step <= most) ?? steps[steps.length - 1];
}
