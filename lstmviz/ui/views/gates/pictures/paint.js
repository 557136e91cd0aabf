// The two pictures on canvases: squares with what stands around them, and over these the marks of what is selected.

import { rangeText } from "../../../parts/common/scales.js";
import { blockOf, paintBlocks } from "../../../parts/common/squares.js";
import { below } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";
import { runArray } from "../../../parts/run/run_layout.js";
import { bandColour } from "../../../parts/run/run_paint.js";

/**
 * @import { Block } from "../../../parts/common/squares.js"
 * @import { Scale } from "../../../parts/common/scales.js"
 * @import { Words } from "../../../parts/common/words.js"
 * @import { Quantity, Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Picture, PicturesLayout, SquareBlock } from "./layout.js"
 *
 * What is in the pictures: snapshot `e` of a run, from step `start` on.
 * @typedef {{ run: Run, e: number, start: number, scaleOf: (quantity: Quantity) => Scale }} PicturesShown
 * @typedef {{ run: Run, palette: Palette, words: Words, family: string }} PicturesWords
 * @typedef {{ palette: Palette, words: Words, family: string, numbers: boolean, ratio: number }} PicturesLooks
 */

const COMES = "#e07b00"; // the frame around the letter that really comes
const DIGIT = 6.6; // pixels of width of a digit in a square
/** @type {Record<string, string>} */
const SIGNS = { logits: "ŷ", h_pre: "Σ" };
/** @param {Quantity} quantity */
const identity = (quantity) => (quantity === "h_pre" ? "h" : quantity);

// The blocks of squares: a row for each step from `start` on, a column for each unit.
/** @param {PicturesLayout} layout @param {PicturesShown} picturesShown */
export function blocksOf(layout, { run, e, start, scaleOf }) {
  const rows = Math.min(layout.rows, run.stop - start);
  return layout.blocks.map(({ quantity, columns, left, top, wide, high }) => {
    const at = (quantity === "x" || quantity === "y" ? start : e * run.length + start - run.start) * columns;
    const shape = { rows, columns, down: columns, across: 1 };
    return blockOf(run.arrays[runArray(quantity, run)], at, shape, { left, top, width: wide, height: high }, scaleOf(quantity));
  });
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {PicturesLayout} layout
 * @param {PicturesShown} shown
 * @param {PicturesLooks} picturesLooks
 */
export function paintPictures(pen, layout, shown, { palette, words, family, numbers, ratio }) {
  const { run, start } = shown;
  pen.clearRect(0, 0, layout.width, layout.height);
  const blocks = blocksOf(layout, shown);
  paintBlocks(pen, blocks, ratio);
  layout.blocks.forEach((box, k) => {
    const formats = numbers ? digitsFor(blocks[k].scale, box.wide) : null;
    if (formats !== null) paintNumbers(pen, blocks[k], formats, family);
    if (box.quantity === "logits") paintAnswers(pen, box, blocks[k].rows, shown, palette);
    if (box.quantity === "y") clearUnasked(pen, box, blocks[k].rows, shown);
    paintAround(pen, box, layout, blocks[k].scale, { run, palette, words, family });
  });
  for (const picture of layout.pictures) {
    paintLetters(pen, picture, blocks[0].rows, shown, palette, family);
    pen.fillStyle = palette.ink;
    for (let row = 1; row < blocks[0].rows; row++) {
      if ((start + row) % run.period) continue;
      for (const { left, width } of picture.blocks) pen.fillRect(left, picture.top + row * layout.high - 1, width, 1);
    }
  }
}

// With how many decimals numbers fit into squares of that width; null if they do not.
/** @type {(scale: { low: number, high: number }, wide: number) => number | null} */
export function digitsFor({ low, high }, wide) {
  const before = Number(low < 0) + high.toFixed(0).length;
  for (const digits of [2, 1]) if (wide >= DIGIT * (before + digits + 0.5)) return digits;
  return high >= 10 && wide >= DIGIT * before ? 0 : null;
}

/** @param {CanvasRenderingContext2D} pen @param {Block} block @param {number} digits @param {string} family */
function paintNumbers(pen, block, digits, family) {
  Object.assign(pen, { font: `12px ${family}`, textAlign: "center", textBaseline: "middle" });
  for (let row = 0; row < block.rows; row++) {
    for (let column = 0; column < block.columns; column++) {
      const value = block.values[block.at + row * block.down + column];
      pen.fillStyle = block.scale.colour(value)[1];
      const text = Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−") : "–";
      pen.fillText(text, block.left + (column + 0.5) * block.width, block.top + (row + 0.5) * block.height);
    }
  }
}

// Where nothing is asked nothing is due.
/** @param {CanvasRenderingContext2D} pen @param {SquareBlock} box @param {number} rows @param {PicturesShown} shown */
function clearUnasked(pen, { left, top, width, high }, rows, { run, start }) {
  for (let row = 0; row < rows; row++) if (!run.asked(start + row)) pen.clearRect(left, top + row * high, width, high);
}

// A frame around what is due, or of numbers around those that are too far from it.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {SquareBlock} squareBlock
 * @param {number} rows
 * @param {PicturesShown} picturesShown
 * @param {Palette} palette
 */
function paintAnswers(pen, { left, top, wide, high }, rows, { run, e, start }, palette) {
  Object.assign(pen, { strokeStyle: run.ofNumbers ? palette.wrong : COMES, lineWidth: 2 });
  for (let row = 0; row < rows; row++) {
    if (run.ofNumbers) for (const k of run.far(e, start + row)) pen.strokeRect(left + k * wide + 1, top + row * high + 1, wide - 3, high - 3);
    for (const letter of run.due(start + row)) pen.strokeRect(left + letter * wide, top + row * high, wide - 1, high - 1);
  }
}

// Its border and name, the names of its units, and below it its scale with the range.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {SquareBlock} box
 * @param {PicturesLayout} layout
 * @param {Scale} scale
 * @param {PicturesWords} how
 */
function paintAround(pen, box, { rows, high }, scale, { run, palette, words, family }) {
  const { quantity, left, top, width, wide, columns } = box;
  const middle = left + width / 2;
  const bottom = top + rows * high;
  const colour = bandColour(palette, identity(quantity));
  Object.assign(pen, { strokeStyle: colour, lineWidth: 2 });
  pen.strokeRect(left - 2, top - 2, width + 3, rows * high + 3);
  Object.assign(pen, { fillStyle: colour, textAlign: "center", textBaseline: "alphabetic", font: `700 17px ${family}` });
  pen.fillText(SIGNS[quantity] ?? quantity, middle, top - 38);
  pen.font = `12px ${family}`;
  const word = words[`gates_word_${run.ofNumbers && quantity === "logits" ? "told" : quantity}`].replace("{function}", run.cell === "rnn_relu" ? "ReLU" : "tanh");
  if (pen.measureText(word).width <= width + 8) pen.fillText(word, middle, top - 22);
  pen.fillStyle = palette.quiet;
  const names = Array.from({ length: columns }, (_, k) => (quantity === "logits" ? run.answers[k] : columns === 1 && (quantity === "x" || quantity === "y") ? quantity : (SIGNS[quantity] ?? quantity) + below(k)));
  const room = Math.max(...names.map((name) => pen.measureText(name).width)) + 3;
  const every = [1, 2, 5, 10, 20, 50].find((one) => one * wide >= room) ?? columns;
  for (let k = 0; k < columns; k += every) pen.fillText(names[k], left + (k + 0.5) * wide, top - 6);
  const ramp = pen.createLinearGradient(left, 0, left + width, 0);
  for (const [at, stop] of scale.stops) ramp.addColorStop(at, stop);
  pen.fillStyle = ramp;
  pen.fillRect(left, bottom + 7, width, 6);
  pen.fillStyle = palette.quiet;
  const range = rangeText(scale);
  const repeats = quantity === "y" && pen.measureText(range).width > width; // ŷ beside it has the same one
  if (!repeats) pen.fillText(range, middle, bottom + 27);
}

// What a row is called: by the letter read, or where numbers are read, which have squares of their own, by its step.
/** @type {(run: Run, t: number) => string} */
export const rowLabel = (run, t) => (run.ofNumbers ? String(t) : labelOf(run, t));

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Picture} picture
 * @param {number} rows
 * @param {PicturesShown} picturesShown
 * @param {Palette} palette
 * @param {string} family
 */
function paintLetters(pen, { left, top, blocks: [{ high }] }, rows, { run, start }, palette, family) {
  Object.assign(pen, { fillStyle: palette.ink, textAlign: "right", textBaseline: "middle", font: `12px ${family}` });
  for (let row = 0; row < rows; row++) pen.fillText(rowLabel(run, start + row), left - 6, top + (row + 0.5) * high);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {PicturesLayout} layout
 * @param {{ start: number, now: State, lit: ReadonlySet<number>, palette: Palette }} shown
 */
export function paintSelection(pen, layout, { start, now, lit, palette }) {
  pen.clearRect(0, 0, layout.width, layout.height);
  pen.fillStyle = palette.accent;
  for (let row = 0; row < layout.rows; row++) if (lit.has(start + row)) for (const picture of layout.pictures) {
    pen.fillRect(picture.right + 4, picture.top + row * layout.high, 4, layout.high - 1);
  }
  const row = now.t - start;
  if (row >= 0 && row < layout.rows) for (const picture of layout.pictures) {
    frame(pen, picture.left - 3, picture.top + row * layout.high - 1, picture.right - picture.left + 5, layout.high + 1, palette.accent, 3, palette);
  }
  /** @type {[place: { t: number, quantity?: Quantity, unit?: number } | null, thick: number][]} */
  const marked = [[now, 2], [now.hover, 1.25]];
  for (const [place, thick] of marked) {
    if (!place || place.unit === undefined) continue;
    const at = place.t - start;
    const box = layout.blocks.find(({ quantity }) => quantity === place.quantity);
    if (!box || at < 0 || at >= layout.rows || place.unit >= box.columns) continue;
    frame(pen, box.left + place.unit * box.wide, box.top + at * box.high, box.wide - 1, box.high - 1, palette.ink, thick, palette);
  }
}

// With a rim in the ground's colour: it is seen on light squares and on dark ones.
/**
 * @type {(pen: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, colour: string, thick: number,
 *   palette: Palette) => void}
 */
function frame(pen, x, y, width, height, colour, thick, { dark }) {
  /** @type {[ink: string, line: number][]} */
  const rims = [[dark ? "#0f1420" : "#ffffff", thick + 2], [colour, thick]];
  for (const [ink, line] of rims) {
    Object.assign(pen, { strokeStyle: ink, lineWidth: line });
    pen.beginPath();
    pen.roundRect(x, y, width, height, 2);
    pen.stroke();
  }
}
