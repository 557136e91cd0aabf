// All pictures of a block on one canvas: a pixel for each number, drawn large.

import { pixelScratch } from "../common/pixels.js";
import { pictureAt } from "./layout.js";

// scales: of "h" and "probabilities"; lines: the colour between squares, where these are large enough. What is waiting or has diverged has no picture.
export function paintPictures(pen, layout, networks, epoch, scales, lines) {
  const { columns, units, letters, rows, square, high, gap } = layout;
  const across = units + letters;
  const size = [columns * across, Math.ceil(networks.length / columns) * rows];
  const { canvas, pen: small, image, pixels } = pixelScratch(...size);
  const drawn = [];
  networks.forEach((network, slot) => {
    const { bundle, n } = network;
    if (!bundle) return;
    const e = bundle.snapshot(epoch);
    if (network.mark(e) === "diverged") return;
    drawn.push(slot);
    const from = { x: (slot % columns) * across, y: Math.floor(slot / columns) * rows };
    for (const [quantity, at] of [["h", 0], ["probabilities", units]]) {
      const { pixel } = scales[quantity];
      const values = bundle.arrays[quantity];
      const count = bundle.size(quantity);
      let k = bundle.start(quantity, e, n);
      for (let row = 0; row < rows; row++) {
        const to = (from.y + row) * columns * across + from.x + at;
        for (let unit = 0; unit < count; unit++) pixels[to + unit] = pixel(values[k++]);
      }
    }
  });
  small.putImageData(image, 0, 0);
  const ratio = pen.getTransform().a;
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  pen.imageSmoothingEnabled = square * ratio < 1;
  const thin = square >= 6 && high >= 6 ? 1 / Math.min(ratio, 1.5) : 0;
  pen.fillStyle = lines;
  for (const slot of drawn) {
    const { x, y } = pictureAt(layout, slot);
    const from = [(slot % columns) * across, Math.floor(slot / columns) * rows];
    for (const [count, skipped, left] of [[units, 0, x], [letters, units, x + units * square + gap]]) {
      pen.drawImage(canvas, from[0] + skipped, from[1], count, rows, left, y, count * square, rows * high);
      if (thin) paintLines(pen, left, y, count, rows, layout, thin);
    }
  }
}

// White squares on a white ground are told apart by the lines between them.
function paintLines(pen, left, y, count, rows, { square, high }, thin) {
  for (let k = 1; k < count; k++) pen.fillRect(left + k * square - thin, y, thin, rows * high);
  for (let k = 1; k < rows; k++) pen.fillRect(left, y + k * high - thin, count * square, thin);
  pen.fillRect(left + count * square, y, thin, rows * high);
  pen.fillRect(left - thin, y, thin, rows * high);
}
