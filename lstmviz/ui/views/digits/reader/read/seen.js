// What the network sees: 28 x 28 numbers in the order in which it reads them; over them, how each pixel moves the answer.

import { scaleOf } from "../../../../parts/common/scales.js";
import { ROWS, asRead } from "../answers.js";
import { largestOf, paintNumbers } from "./pixels.js";

/**
 * @import { Scale, Stops, Theme } from "../../../../parts/common/scales.js"
 * @import { Order } from "../answers.js"
 */

/** @type {Stops} */
const PAPER = [[0, "#fdfcf8"], [1, "#1d2433"]];

export const paperScale = () => scaleOf(PAPER, 0, 1);

// The scale of a gradient: symmetric, as far as its largest number.
/** @type {(palette: Theme, gradient: Float32Array) => Scale} */
export function gradientScale(palette, gradient) {
  const sizes = gradient.map(Math.abs);
  return scaleOf(palette.scales.signed, -sizes[largestOf(sizes, sizes.length)] || -1, sizes[largestOf(sizes, sizes.length)] || 1);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} row
 * @param {{ image: Float32Array | null, order: Order, gradient: Float32Array | null }} shown
 * @param {Theme} palette
 */
export function paintSeen(pen, row, { image, order, gradient }, palette) {
  const box = { left: 0, top: 0, width: ROWS * row, height: ROWS * row };
  pen.clearRect(0, 0, box.width, box.height);
  if (!image) return;
  const read = asRead(image, order);
  if (!gradient) return paintNumbers(pen, box, ROWS, ROWS, read, paperScale().pixel);
  paintNumbers(pen, box, ROWS, ROWS, asRead(gradient, order), gradientScale(palette, gradient).pixel);
  paintOutline(pen, row, read, palette.quiet);
}

// Lines where ink and paper meet, so that the digit is still seen under its gradient.
/** @type {(pen: CanvasRenderingContext2D, row: number, read: Float32Array, colour: string) => void} */
function paintOutline(pen, row, read, colour) {
  /** @type {(y: number, x: number) => boolean} */
  const inked = (y, x) => x >= 0 && y >= 0 && x < ROWS && y < ROWS && read[y * ROWS + x] > 0.5;
  Object.assign(pen, { strokeStyle: colour, lineWidth: 1 });
  pen.beginPath();
  for (let y = 0; y <= ROWS; y++) {
    for (let x = 0; x <= ROWS; x++) {
      if (inked(y, x) !== inked(y - 1, x)) pen.rect(x * row, y * row, row, 0);
      if (inked(y, x) !== inked(y, x - 1)) pen.rect(x * row, y * row, 0, row);
    }
  }
  pen.stroke();
}
