// The ten probabilities after each of the 28 steps, as squares, with a dot on the likeliest digit of each.

import { CLASSES, ROWS, winner } from "../answers.js";
import { paintNumbers } from "./pixels.js";

// cell, row: how wide and how high a square is.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{ cell: number, row: number }} size
 * @param {Float32Array | null} probabilities
 * @param {import("../../../../parts/common/scales.js").Scale} scale
 */
export function paintHeat(pen, { cell, row }, probabilities, { colour, pixel }) {
  pen.clearRect(0, 0, CLASSES * cell, ROWS * row);
  if (!probabilities) return;
  const box = { left: 0, top: 0, width: CLASSES * cell, height: ROWS * row };
  paintNumbers(pen, box, CLASSES, ROWS, probabilities, pixel);
  if (row < 6) return;
  for (let step = 0; step < ROWS; step++) {
    const digit = winner(probabilities, step);
    pen.fillStyle = colour(probabilities[step * CLASSES + digit])[1];
    pen.beginPath();
    pen.arc((digit + 0.5) * cell, (step + 0.5) * row, Math.min(row / 5, 2.2), 0, 7);
    pen.fill();
  }
}
