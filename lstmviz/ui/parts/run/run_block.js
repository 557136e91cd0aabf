// The picture of one network: the names of its quantities, the numbers on one canvas, the marks on another over it.

import { canvasPair, partNode, setAttribute, setText, sizedCanvas } from "../common/nodes.js";
import { rampOf, rangeText } from "../common/scales.js";
import { svgNode } from "../common/svg.js";
import { below } from "../common/words.js";
import { DASHES, LETTER, bandColour, paintAxis, paintLines, paintSquares, rowScales, runScale, unitY } from "./run_paint.js";
import { paintMarks } from "./run_marks.js";
import { runLayout, runPlaceAt, runStepAt } from "./run_layout.js";
import { pictureSays } from "./run_says.js";

/**
 * @import { Band, Columns, Laying, RunLayout } from "./run_layout.js"
 * @import { Run } from "./data.js"
 * @import { Marked, Shown } from "./run_paint.js"
 * @import { Marks } from "./run_marks.js"
 * @import { Place, State } from "./state.js"
 * @import { Palette } from "./palette.js"
 * @import { Ctx } from "./viewer.js"
 *
 * @typedef {Pick<Place, "t"> & Partial<Place>} Pointed a place, or with no network one of the picture's steps
 *
 * A picture's marks, the selection among them as it stands in the state.
 * @typedef {Marks & { pinned: State | null, hovered: Place | null }} BlockView
 */

/** @type {Record<string, string>} */
const SIGNS_OF_BANDS = { logits: "ŷ", effect_probability: "Δp", effect_loss: "Δloss" };
const DRAG = 4; // pixels that a pointer may move in a click

// over: called with a place, or null, when the pointer moves; `pick` with one that is clicked.
/**
 * @param {HTMLElement} parent
 * @param {Ctx} ctx
 * @param {{ over: (place: Pointed | null) => void, pick: (place: Pointed) => void }} told
 */
export function createRunBlock(parent, ctx, { over, pick }) {
  const root = partNode("div", "run_block", parent);
  const title = partNode("div", "run_title", root);
  const plot = partNode("div", "run_plot", root);
  const names = partNode("div", "run_names", plot);
  const [numbers, marks] = canvasPair(plot, "run_numbers", "run_marks");
  names.setAttribute("aria-hidden", "true");
  marks.tabIndex = 0; // its keys go from number to number
  /** @type {RunLayout} */
  let layout; // made by `lay`, as the pens are
  /** @type {Record<"numbers" | "marks", CanvasRenderingContext2D>} */
  let pens;
  /** @type {unknown[]} */
  let painted = [];
  /** @type {BlockView | null} */
  let view = null; // what is on display: for the pointer

  runPointer(marks, ctx, {
    over,
    pick,
    /** @param {number} x @param {number} y */
    place: (x, y) => view && pointed(layout, view, x, y),
    /** @param {number} x */
    step: (x) => (view ? runStepAt(layout, view.shown.run, view.shown.start, x) : 0),
  });

  return {
    root,
    // Lay out anew: other data, sizes or looks.
    /** @param {Run} run @param {Columns} columns @param {Laying} looks @param {Shown} shown */
    lay(run, columns, looks, shown) {
      layout = runLayout(run, columns, looks);
      plot.style.height = `${layout.height}px`;
      /** @param {HTMLCanvasElement} canvas */
      const pen = (canvas) => sizedCanvas(canvas, looks.width, layout.height);
      pens = { numbers: pen(numbers), marks: pen(marks) };
      nameBands(names, layout, ctx, shown);
      painted = [];
    },
    /** @param {BlockView} next */
    draw(next) {
      view = next;
      const { shown, palette, widest, family } = next;
      setText(title, next.title);
      title.hidden = !next.title;
      const wanted = [shown.run, shown.other, shown.changed, shown.e, shown.start, shown.difference, palette];
      if (wanted.some((one, k) => one !== painted[k])) {
        pens.numbers.clearRect(0, 0, layout.total, layout.height);
        (layout.lines ? paintLines : paintSquares)(pens.numbers, layout, shown, palette);
        paintAxis(pens.numbers, layout, shown, palette, widest, family);
        painted = wanted;
        setAttribute(marks, "aria-label", pictureSays(shown.run, { ...shown, ...layout }, ctx.words));
      }
      const [pinned, hovered] = [next.pinned, next.hovered].map((place) => place && withBand(layout, place, shown));
      paintMarks(pens.marks, layout, { ...next, pinned, hovered });
    },
  };
}

// A place of the selection with the band it is in; null if it is not in the picture.
/** @type {(layout: RunLayout, place: Pointed, shown: Shown) => Marked | null} */
function withBand(layout, place, { start, run }) {
  const { unit } = place;
  if (unit === undefined || place.t < start || place.t >= Math.min(start + layout.count, run.stop)) return null;
  const band = layout.bands.find(({ quantity }) => quantity === place.quantity);
  return band && unit < band.size ? { band, row: unit, t: place.t } : null;
}

/** @type {(layout: RunLayout, view: BlockView, x: number, y: number) => Pointed | null} */
function pointed(layout, { shown, palette, of }, x, y) {
  const place = runPlaceAt(layout, shown.run, shown.start, x, y);
  if (!place) return null;
  const { t, band } = place;
  if (!band) return { t, of };
  const unit = layout.lines ? nearestLine(layout, shown, palette, band, t, y) : (place.row ?? 0);
  return { t, unit, quantity: band.quantity, of };
}

/**
 * @param {RunLayout} layout
 * @param {Shown} shown
 * @param {Palette} palette
 * @param {Band} band
 * @param {number} t
 * @param {number} y
 */
function nearestLine(layout, shown, palette, band, t, y) {
  const away = Array.from({ length: band.size }, (_, row) => Math.abs(unitY(layout, shown, palette, { band, row, t }) - y));
  return away.reduce((best, distance, row) => (distance < away[best] ? row : best), 0);
}

// Hover, click, and drag sideways, which scrubs the time within the steps on display.
// step(place): the step to scrub to; down: the steps go down the picture, where a finger scrolls the page and does not scrub.
/**
 * @param {HTMLCanvasElement} canvas
 * @param {Ctx} ctx
 * @param {object} told
 * @param {(place: Pointed | null) => void} told.over
 * @param {(place: Pointed) => void} told.pick
 * @param {(x: number, y: number) => Pointed | null} told.place
 * @param {(along: number) => number} told.step
 * @param {boolean} [told.down]
 */
export function runPointer(canvas, ctx, { over, pick, place, step, down = false }) {
  /** @type {number | null} */
  let from = null; // where the pointer went down
  /** @type {(event: PointerEvent) => number} */
  const along = (event) => (down ? event.offsetY : event.offsetX);
  let dragged = false;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.ctrlKey || !event.isPrimary) return;
    from = along(event);
    dragged = false;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = place(event.offsetX, event.offsetY);
    if (!event.buttons) from = null; // lifted where nobody was told
    if (from === null) return over(event.pointerType === "touch" ? null : at);
    dragged ||= Math.abs(along(event) - from) > DRAG;
    if (!dragged || (down && event.pointerType === "touch")) return;
    over(null);
    ctx.state.set({ t: step(along(event)), playing: false });
  });
  canvas.addEventListener("pointerup", (event) => {
    const at = place(event.offsetX, event.offsetY);
    if (from !== null && !dragged && at) pick(at);
    from = null;
  });
  for (const end of ["pointercancel", "lostpointercapture"]) canvas.addEventListener(end, () => { from = null; });
  canvas.addEventListener("pointerleave", () => { if (from === null) over(null); });
}

// At the left of the bands: the name in its own colour, the scale's range, and its colours.
/** @param {HTMLElement} names @param {RunLayout} layout @param {Ctx} ctx @param {Shown} shown */
function nameBands(names, layout, ctx, shown) {
  names.replaceChildren();
  names.style.width = `${layout.left - 6}px`;
  for (const band of layout.bands) {
    const row = partNode("div", "run_name", names);
    row.style.transform = `translateY(${band.top}px)`;
    row.style.height = `${band.height}px`;
    row.title = ctx.words[`run_name_${nameOf(band.quantity, shown.run)}`];
    const sign = partNode("b", "", row);
    sign.textContent = SIGNS_OF_BANDS[band.quantity] ?? band.quantity;
    sign.style.color = bandColour(ctx.palette, band.quantity);
    const ofChange = band.quantity.startsWith("effect_");
    row.classList.toggle("run_of_change", ofChange);
    if (layout.named && !ofChange) partNode("span", "run_word", row).textContent = ctx.words[`run_word_${nameOf(band.quantity, shown.run)}`];
    if (shown.difference && !ofChange) sign.textContent = `Δ${sign.textContent}`;
    const scale = runScale(ctx.palette, band.quantity, (ofChange && shown.changed) || shown.run, shown.difference);
    const own = rowScales(layout, band, shown, ctx.palette);
    row.classList.toggle("run_own", own !== null);
    if (own) row.title += ` ${ctx.words.run_own_scales}`;
    bandLegend(row, scale, !layout.lines && !ofChange, own ? "" : rangeText(scale));
    if (shown.run.ofNumbers && band.size === 1) continue; // its sign is its name
    if (band.quantity === "logits" && !layout.lines && band.row >= LETTER) bandRows(row, shown.run.answers, band);
    else if (layout.named && !ofChange) bandUnits(row, layout, band, shown, ctx.palette);
  }
}

// Under which name a quantity is explained: what a network predicts by what is asked of it.
/** @type {(quantity: string, run: Run) => string} */
function nameOf(quantity, { cell, foretells, arrays, ofNumbers }) {
  if (ofNumbers && quantity === "logits") return "told";
  if (quantity === "h" && cell !== "lstm") return "state";
  return quantity !== "logits" ? quantity : arrays.legal ? "legal" : foretells ? "logits" : "answers";
}

/** @param {HTMLElement} row @param {import("../common/scales.js").Scale} scale @param {boolean} ramp @param {string} range */
function bandLegend(row, scale, ramp, range) {
  const box = partNode("span", "run_legend", row);
  partNode("span", "", box).textContent = range;
  if (ramp) partNode("i", "", box).style.background = rampOf(scale);
}

// The names of the rows: letters, or units where there is room.
/** @param {HTMLElement} row @param {string[]} names @param {Pick<Band, "row">} band */
function bandRows(row, names, band) {
  const rows = partNode("span", "run_rows", row);
  for (const name of names) {
    const line = partNode("span", "", rows);
    line.textContent = name;
    line.style.height = line.style.lineHeight = `${band.row}px`;
  }
}

/** @param {HTMLElement} row @param {RunLayout} layout @param {Band} band @param {Shown} shown @param {Palette} palette */
function bandUnits(row, layout, band, shown, palette) {
  const [{ lines }, { run }] = [layout, shown];
  const own = rowScales(layout, band, shown, palette);
  /** @type {(k: number) => string} */
  const range = (k) => (own ? `${rangeText(own[k])} ` : "");
  const names = band.quantity === "logits" ? run.answers : Array.from({ length: band.size }, (_, k) => range(k) + band.quantity + below(k));
  if (!lines && band.row >= LETTER) bandRows(row, names, band);
  if (!lines || band.size > DASHES.length || band.height < 12 * band.size) return;
  const rows = partNode("span", "run_rows run_dashes", row);
  names.forEach((name, k) => {
    const line = partNode("span", "", rows);
    const svg = svgNode("svg", { viewBox: "0 0 22 8", width: 22, height: 8 }, line);
    svgNode("path", { d: "M0 4H22", stroke: bandColour(palette, band.quantity), "stroke-width": 1.5, "stroke-dasharray": DASHES[k].join() }, svg);
    line.append(name);
  });
}
