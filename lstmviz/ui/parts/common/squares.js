// Numbers as squares on a canvas: every page's squares are drawn here. Each block of them is painted small, a pixel a number,
// and drawn large in one go.

import { pixelScratch } from "./pixels.js";

const LINED = 6; // pixels of a square, from which on there are lines between squares

// A block: `rows` x `columns` numbers of `values`, at index `at` and `down` further for each row, `across` for each column, less
// those of `minus` if it is there; from (left, top), each `width` x `height` pixels; in the colours of `scale`.
export const blockOf = (values, at, { rows, columns, down, across }, box, scale, minus = null) => ({ values, minus, at, rows, columns, down, across, ...box, scale });

// The number in one square of a block.
export function numberAt({ values, minus, at, down, across }, row, column) {
  const k = at + row * down + column * across;
  return minus ? values[k] - minus[k] : values[k];
}

// Lines between squares let the ground shine through, or have the colour `line`, which then stands around a block too.
export function paintBlocks(pen, blocks, ratio, line = null) {
  const size = [Math.max(...blocks.map(({ columns }) => columns)), blocks.reduce((sum, { rows }) => sum + rows, 0)];
  if (!(size[0] > 0 && size[1] > 0)) return;
  const { canvas, pen: small, image, pixels } = pixelScratch(...size);
  let first = 0;
  for (const block of blocks) {
    fillPixels(pixels, size[0], first, block);
    first += block.rows;
  }
  small.putImageData(image, 0, 0);
  const thin = 1 / Math.min(ratio, 1.5);
  pen.fillStyle = line;
  first = 0;
  for (const block of blocks) {
    const { rows, columns, left, top, width, height } = block;
    pen.imageSmoothingEnabled = Math.min(width, height) * ratio < 1;
    pen.drawImage(canvas, 0, first, columns, rows, left, top, columns * width, rows * height);
    first += rows;
    if (line) paintFrame(pen, block, thin);
    else clearLines(pen, block, thin);
  }
}

function fillPixels(pixels, stride, first, { values, minus, at, rows, columns, down, across, scale: { pixel } }) {
  for (let row = 0; row < rows; row++) {
    let to = (first + row) * stride;
    let from = at + row * down;
    for (let column = 0; column < columns; column++, from += across) {
      pixels[to++] = pixel(minus ? values[from] - minus[from] : values[from]);
    }
  }
}

function clearLines(pen, { rows, columns, left, top, width, height }, thin) {
  if (width >= LINED) for (let k = 1; k < columns; k++) pen.clearRect(left + k * width - thin, top, thin, rows * height);
  if (height >= LINED) for (let k = 1; k < rows; k++) pen.clearRect(left, top + k * height - thin, columns * width, thin);
}

// White squares on a white ground are told apart by the lines between them.
function paintFrame(pen, { rows, columns, left, top, width, height }, thin) {
  if (width < LINED || height < LINED) return;
  for (let k = 0; k <= columns; k++) pen.fillRect(left + k * width - thin, top, thin, rows * height);
  for (let k = 1; k < rows; k++) pen.fillRect(left, top + k * height - thin, columns * width, thin);
}
