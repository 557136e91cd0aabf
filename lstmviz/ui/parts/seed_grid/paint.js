// All pictures of a block on one canvas: h, and beside it the prediction.

import { blockOf, paintBlocks } from "../common/squares.js";
import { pictureAt } from "./layout.js";

/**
 * @import { Block } from "../common/squares.js"
 * @import { Scale } from "../common/scales.js"
 * @import { PictureLayout } from "./layout.js"
 * @import { Network, Shown } from "./networks.js"
 */

// scales: of "h" and "probabilities"; lines: the colour between squares. What is waiting or has diverged has no picture.
/**
 * @param {CanvasRenderingContext2D} pen
 * @param {PictureLayout} layout
 * @param {Network[]} networks
 * @param {number | null} epoch
 * @param {Record<Shown, Scale>} scales
 * @param {string} lines
 */
export function paintPictures(pen, layout, networks, epoch, scales, lines) {
  const blocks = networks.flatMap((network, slot) => {
    if (!network.bundle) return [];
    const e = network.bundle.snapshot(epoch);
    return network.mark(e) === "diverged" ? [] : pictureBlocks(network, e, pictureAt(layout, slot), layout, scales);
  });
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  paintBlocks(pen, blocks, pen.getTransform().a, lines);
}

// A row for each step that is looked at, a column for each unit or answer.
/**
 * @type {(network: Network, e: number, at: { x: number, y: number }, layout: PictureLayout, scales: Record<Shown, Scale>) =>
 *   Block[]}
 */
function pictureBlocks({ come: bundle, n }, e, { x, y }, { rows, units, square, high, gap }, scales) {
  /** @type {Shown[]} */
  const halves = ["h", "probabilities"];
  return halves.map((quantity) => {
    const columns = bundle.size(quantity);
    const left = quantity === "h" ? x : x + units * square + gap;
    const shape = { rows, columns, down: columns, across: 1 };
    return blockOf(bundle.arrays[quantity], bundle.start(quantity, e, n), shape, { left, top: y, width: square, height: high }, scales[quantity]);
  });
}
