// All pictures of a block on one canvas: h, and beside it the prediction.

import { blockOf, paintBlocks } from "../common/squares.js";
import { pictureAt } from "./layout.js";

// scales: of "h" and "probabilities"; lines: the colour between squares. What is waiting or has diverged has no picture.
export function paintPictures(pen, layout, networks, epoch, scales, lines) {
  const blocks = networks.flatMap((network, slot) => {
    if (!network.bundle) return [];
    const e = network.bundle.snapshot(epoch);
    return network.mark(e) === "diverged" ? [] : pictureBlocks(network, e, pictureAt(layout, slot), layout, scales);
  });
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  paintBlocks(pen, blocks, pen.getTransform().a, lines);
}

// A row for each letter of the last pattern, a column for each unit or letter.
function pictureBlocks({ bundle, n }, e, { x, y }, { rows, units, square, high, gap }, scales) {
  return ["h", "probabilities"].map((quantity) => {
    const columns = bundle.size(quantity);
    const left = quantity === "h" ? x : x + units * square + gap;
    const shape = { rows, columns, down: columns, across: 1 };
    return blockOf(bundle.arrays[quantity], bundle.start(quantity, e, n), shape, { left, top: y, width: square, height: high }, scales[quantity]);
  });
}
