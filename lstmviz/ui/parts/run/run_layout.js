// Where everything of the run panel stands: a column is a step, a band a quantity, a row one of its units. All in CSS
// pixels, on whole pixels of the screen, so that every square of a band is as large as its neighbours.

/**
 * @import { Cell, Quantity, Run } from "./data.js"
 *
 * @typedef {{ count: number, width: number, stride: number }} Columns how many steps are shown, how wide each is, and by how
 *   many the picture moves on
 * @typedef {{ room: number, most: number, row: number, letters: number, many: number, lines: number, line: number, named: boolean }}
 *   BandSizes
 *
 * A quantity in the picture: `size` rows, each `row` high, from `top` on.
 * @typedef {{ quantity: Quantity, size: number, top: number, height: number, row: number }} Band
 *
 * How a picture is laid out: `networks` share the panel; lines: whether its bands are plots; effect: whether a change's strips
 * are shown.
 * @typedef {{ left: number, width: number, ratio: number, lines: boolean, networks: number, effect: boolean, sizes: BandSizes }}
 *   Laying
 *
 * @typedef {ReturnType<typeof runLayout>} RunLayout
 */

/** @type {Partial<Record<Cell, Quantity[]>>} */
const ORDER = { lstm: ["i", "f", "o", "g", "c", "h"] }; // the gates first: they share a scale
const GAP = 3;
const AXIS = 16;
const LEAST = 13; // of a band: its name stands beside it
const MANY = 12; // letters, of which more have rows of a fixed height
const NUMBER = 21; // of one that shows numbers read, told or due
const WIDEST = 44; // of a column
const EFFECT = 12;

// The bands of a run. "logits" is the selection's name for letters; what is drawn there are their probabilities. Of a task of
// numbers what is read stands above, and below what is told what is due; as lines that is drawn behind what is told.
/** @type {(run: Run, lines: boolean) => Quantity[]} */
export function runQuantities(run, lines) {
  const own = [...(ORDER[run.cell] ?? run.quantities), "logits"];
  return run.ofNumbers ? ["x", ...own, ...(lines ? [] : ["y"])] : own;
}

// The array that a band shows.
/** @type {(quantity: Quantity, run: Run) => string} */
export const runArray = (quantity, run) => (quantity === "logits" ? run.tells : quantity);

// Whether a band is beside the network: its numbers are looked at, and never selected.
/** @type {(quantity: Quantity) => boolean} */
export const isBeside = (quantity) => quantity === "x" || quantity === "y" || quantity.startsWith("effect_");

// How many steps are shown, how wide each is, and by how many the picture moves on: whole patterns of the text.
// span: 24 or 60 steps; 0 for all that are here, or as many as there are pixels.
/** @type {(run: Run, plot: number, ratio: number, span: number) => Columns} */
export function runColumns(run, plot, ratio, span) {
  const pixels = Math.floor(plot * ratio);
  const most = run.length <= pixels ? run.length : Math.max(1, Math.floor(pixels / run.period)) * run.period;
  const count = Math.max(1, Math.min(span || most, run.length, pixels));
  const width = Math.min(Math.floor(pixels / count), Math.floor(WIDEST * ratio)) / ratio;
  const stride = count >= run.period ? Math.floor(count / run.period) * run.period : count;
  return { count, width, stride };
}

// The first step shown: the picture stays while t is in it, and turns like a page when t leaves; the last page is a full one.
/** @type {(run: Run, t: number, columns: Pick<Columns, "count" | "stride">, previous: number) => number} */
export function runPage(run, t, { count, stride }, previous) {
  const period = run.isPattern ? run.period : 1;
  const last = run.start + Math.max(Math.ceil((run.length - count) / period) * period, 0);
  const isPage = previous === last || (previous >= run.start && (previous - run.start) % stride === 0);
  if (isPage && t >= previous && t < previous + count) return previous;
  return Math.min(run.start + Math.floor((t - run.start) / stride) * stride, last);
}

// How high the bands of one network are, in pixels: all rows together, up to `most` where units are many, but none above `row`;
// the letters together up to `letters`, or where they are many a row up to `many`; as lines all together. named: rows bear the names of their units.
/** @type {BandSizes} */
export const SMALL = { room: 184, most: 320, row: 14, letters: 72, many: 4, lines: 216, line: 64, named: false };
/** @type {BandSizes} */
export const LARGE = { room: 440, most: 470, row: 24, letters: 130, many: 12, lines: 415, line: 80, named: true };

// options: lines (bands are plots), networks (how many share the panel), effect (the strips of a change are shown), sizes.
/** @param {Run} run @param {Columns} columns @param {Laying} options */
export function runLayout(run, columns, { left, width, ratio, lines, networks, effect, sizes }) {
  const height = lines ? lineHeights(run, networks, sizes) : squareHeights(run, networks, ratio, sizes);
  /** @type {Band[]} */
  const bands = [];
  let top = effect ? 9 : 3; // room for the mark of the first change
  /** @type {(quantity: Quantity, size: number, tall: number) => void} */
  const add = (quantity, size, tall) => {
    bands.push({ quantity, size, top, height: tall, row: tall / size });
    top += tall + GAP;
  };
  for (const quantity of runQuantities(run, lines)) add(quantity, run.size(quantity), height(quantity));
  const foot = top - GAP;
  const axis = foot + 2;
  top = axis + AXIS + 4;
  if (effect) for (const quantity of ["effect_probability", "effect_loss"]) add(quantity, 1, EFFECT);
  const across = { ...columns, left, total: width, ratio };
  return { ...across, lines, named: sizes.named, bands, foot, axis, axisHeight: AXIS, height: Math.ceil(top + 1) };
}

/** @type {(run: Run, networks: number, ratio: number, sizes: BandSizes) => (quantity: Quantity) => number} */
function squareHeights(run, networks, ratio, sizes) {
  const letters = run.answers.length;
  const rows = run.quantities.length * run.units + (run.ofNumbers ? run.size("x") + run.size("y") : 0);
  const room = networks > 1 ? 112 : sizes.room;
  const most = networks > 1 ? 190 : sizes.most; // for many units the panel may grow to this
  const wanted = Math.min(Math.max(room / (rows + letters), Math.min(4, most / rows)), sizes.row);
  /** @type {(size: number) => number} */
  const onPixels = (size) => Math.max(1, Math.floor(size * ratio)) / ratio;
  const legible = networks > 1 ? 6 : 12; // the names beside these rows stand one below the other
  const few = Math.max(Math.min(wanted, sizes.letters / letters), Math.min(legible, (letters > 8 ? 54 : 96) / letters));
  const letterRow = letters > MANY ? Math.min(sizes.many, networks > 1 ? 4 : sizes.many) : few;
  return (quantity) => {
    const size = run.size(quantity);
    const isNumber = run.ofNumbers && ["x", "logits", "y"].includes(quantity); // what counts most there, in few rows
    return size * onPixels(Math.max(isNumber ? Math.max(wanted, networks > 1 ? 0 : NUMBER / size) : quantity === "logits" ? letterRow : wanted, LEAST / size));
  };
}

/** @type {(run: Run, networks: number, sizes: BandSizes) => (quantity: Quantity) => number} */
function lineHeights(run, networks, sizes) {
  const room = networks > 1 ? 140 : sizes.lines;
  const tall = Math.floor(Math.min(Math.max(room / runQuantities(run, true).length, 20), sizes.line));
  return () => tall;
}

// What is at a point of the plot: its step, band and row; null beside the steps. The gap below a band belongs to it.
/**
 * @type {(layout: RunLayout, run: Run, start: number, x: number, y: number) => { t: number, band: Band | null, row: number | null
 *   } | null}
 */
export function runPlaceAt(layout, run, start, x, y) {
  const t = start + Math.floor((x - layout.left) / layout.width);
  if (x < layout.left || t >= Math.min(start + layout.count, run.stop)) return null;
  const band = layout.bands.find((one) => y >= one.top - GAP / 2 && y < one.top + one.height + GAP / 2) ?? null;
  const row = band && Math.min(Math.max(Math.floor((y - band.top) / band.row), 0), band.size - 1);
  return { t, band, row };
}

// The step at a point, or the one nearest to it of those on display.
/** @type {(layout: RunLayout, run: Run, start: number, x: number) => number} */
export function runStepAt(layout, run, start, x) {
  const at = Math.min(Math.max(Math.floor((x - layout.left) / layout.width), 0), layout.count - 1);
  return run.clamp(start + at);
}
