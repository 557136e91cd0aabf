// Numbers as squares on a canvas: every page's squares are drawn here. Each block of them is painted small, a pixel a number,
// and drawn large in one go.

import { pixelScratch } from "./pixels.js";

/**
 * @typedef {{ rows: number, columns: number, down: number, across: number }} BlockShape
 * @typedef {{ left: number, top: number, width: number, height: number }} SquareBox where the first square is, and how large each
 * @typedef {object} BlockNumbers
 * @property {ArrayLike<number>} values
 * @property {ArrayLike<number> | null} minus
 * @property {number} at
 * @property {import("./scales.js").Scale} scale
 * @typedef {BlockNumbers & BlockShape & SquareBox} Block
 */

const LINED = 6; // pixels of a square, from which on there are lines between squares

// A block: `rows` x `columns` numbers of `values`, at index `at` and `down` further for each row, `across` for each column, less
// those of `minus` if it is there; from (left, top), each `width` x `height` pixels; in the colours of `scale`.
/**
 * @type {(values: ArrayLike<number>, at: number, shape: BlockShape, box: SquareBox, scale: import("./scales.js").Scale, minus?:
 *   ArrayLike<number> | null) => Block}
 */
export const blockOf = (values, at, { rows, columns, down, across }, box, scale, minus = null) => ({ values, minus, at, rows, columns, down, across, ...box, scale });

// The number in one square of a block.
/** @type {(block: Block, row: number, column: number) => number} */
export function numberAt({ values, minus, at, down, across }, row, column) {
  const k = at + row * down + column * across;
  return minus ? values[k] - minus[k] : values[k];
}

// Lines between squares let the ground shine through, or have the colour `line`, which then stands around a block too.
/** @type {(pen: CanvasRenderingContext2D, blocks: Block[], ratio: number, line?: string | null) => void} */
export function paintBlocks(pen, blocks, ratio, line = null) {
  /** @type {[width: number, height: number]} */
  const size = [Math.max(...blocks.map(({ columns }) => columns)), blocks.reduce((sum, { rows }) => sum + rows, 0)];
  if (!(size[0] > 0 && size[1] > 0)) return;
  const { canvas, pen: small, image, pixels } = pixelScratch(...size);
  let first = 0;
  for (const block of blocks) {
    fillPixels(pixels, size[0], first, block);
    first += block.rows;
  }
  small.putImageData(image, 0, 0);
  const thin = thinOf(ratio);
  if (line) pen.fillStyle = line;
  first = 0;
  for (const block of blocks) {
    const { rows, columns, left, top, width, height } = block;
    pen.imageSmoothingEnabled = Math.min(width, height) * ratio < 1;
    pen.drawImage(canvas, 0, first, columns, rows, left, top, columns * width, rows * height);
    first += rows;
    if (line) paintFrame(pen, block, thin);
    else clearLines(pen, block, ratio);
  }
}

/** @type {(pixels: Uint32Array, stride: number, first: number, block: Block) => void} */
function fillPixels(pixels, stride, first, { values, minus, at, rows, columns, down, across, scale: { pixel } }) {
  for (let row = 0; row < rows; row++) {
    let to = (first + row) * stride;
    let from = at + row * down;
    for (let column = 0; column < columns; column++, from += across) {
      pixels[to++] = pixel(minus ? values[from] - minus[from] : values[from]);
    }
  }
}

/** @param {number} ratio pixels of the screen in one of the page */
const thinOf = (ratio) => 1 / Math.min(ratio, 1.5);

// Let the ground shine through between the squares of a block.
/** @type {(pen: CanvasRenderingContext2D, block: Block, ratio: number) => void} */
export function clearLines(pen, { rows, columns, left, top, width, height }, ratio) {
  const thin = thinOf(ratio);
  if (width >= LINED) for (let k = 1; k < columns; k++) pen.clearRect(left + k * width - thin, top, thin, rows * height);
  if (height >= LINED) for (let k = 1; k < rows; k++) pen.clearRect(left, top + k * height - thin, columns * width, thin);
}

// White squares on a white ground are told apart by the lines between them.
/** @type {(pen: CanvasRenderingContext2D, block: Block, thin: number) => void} */
function paintFrame(pen, { rows, columns, left, top, width, height }, thin) {
  if (width < LINED || height < LINED) return;
  for (let k = 0; k <= columns; k++) pen.fillRect(left + k * width - thin, top, thin, rows * height);
  for (let k = 1; k < rows; k++) pen.fillRect(left, top + k * height - thin, columns * width, thin);
}
