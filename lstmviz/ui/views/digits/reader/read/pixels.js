// Numbers as small squares on a canvas: one pixel a number, drawn large without smoothing.

import { pixelScratch } from "../../../../parts/common/pixels.js";

// values: `rows` rows of `columns` numbers; pixel: the colour of a number, as `scaleOf` gives it.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {number} columns
 * @param {number} rows
 * @param {ArrayLike<number>} values
 * @param {(value: number) => number} pixel
 */
export function paintNumbers(pen, { left, top, width, height }, columns, rows, values, pixel) {
  const { canvas, pen: tiny, image, pixels } = pixelScratch(columns, rows);
  for (let k = 0; k < rows * columns; k++) pixels[k] = pixel(values[k]);
  tiny.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, left, top, width, height);
}

/** @type {(rows: ArrayLike<number>, count: number) => number} */
export function largestOf(rows, count) {
  let [found, most] = [0, -Infinity];
  for (let k = 0; k < count; k++) if (rows[k] > most) [found, most] = [k, rows[k]];
  return found;
}
