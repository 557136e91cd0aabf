// How large the pictures are: all in CSS pixels, on whole pixels of the screen.

/**
 * @import { Shown } from "./networks.js"
 * @typedef {{ quantity: Shown, row: number, unit: number }} PicturePlace a number of a picture
 * @typedef {ReturnType<typeof pictureLayout>} PictureLayout
 */

const FRAME = 2; // of a picture's frame
const LARGEST = 26; // a square
const BETWEEN = 22; // blocks
const FEWEST = 30; // pixels for a picture with the room around it, before blocks go below each other
const NARROWEST = 220; // a block beside another

// How many blocks stand side by side, and how wide each is.
/** @param {number} width @param {number} count @param {number} columns */
export function blocksOf(width, count, columns) {
  /** @type {(n: number) => number} */
  const widthOf = (n) => Math.floor((width - (n - 1) * BETWEEN) / n);
  let beside = Math.max(count, 1);
  while (beside > 1 && (widthOf(beside) < NARROWEST || widthOf(beside) / columns < FEWEST)) beside--;
  // As many in each row as that allows.
  beside = Math.ceil(count / Math.ceil(count / beside)) || 1;
  return { beside, width: widthOf(beside), between: BETWEEN };
}

// One block: `columns` pictures in a row, each with `rows` steps, `units` columns of h and `letters` of what is told.
/**
 * @param {number} width
 * @param {number} columns
 * @param {{ rows: number, units: number, letters: number, digits: number }} shape
 * @param {number} ratio
 */
export function pictureLayout(width, columns, { rows, units, letters, digits }, ratio) {
  /** @type {(size: number) => number} */
  const snap = (size) => (size * ratio >= 2 ? Math.floor(size * ratio) / ratio : size);
  const room = Math.floor(width / columns);
  const gutter = room >= 60 ? 10 : room >= 40 ? 6 : 3;
  const inner = room - gutter - 2 * FRAME;
  const gap = snap(Math.min(Math.max(inner / 14, 2), 10));
  const square = snap(Math.min((inner - gap) / (units + letters), LARGEST));
  const wide = square * (units + letters) + gap;
  const high = snap(Math.min(Math.max(square, (0.45 * wide) / rows), (1.5 * wide) / rows));
  const tight = room < 44;
  const caption = tight ? 14 : 18;
  const pitch = Math.min(room, Math.ceil(wide) + 2 * FRAME + gutter + 12);
  const cell = { width: Math.ceil(wide) + 2 * FRAME, height: Math.ceil(high * rows) + 2 * FRAME };
  return {
    columns,
    pitch,
    line: cell.height + caption + (tight ? 3 : 8),
    edge: FRAME,
    left: Math.floor((pitch - cell.width) / 2),
    cell,
    caption,
    tight,
    margins: pitch >= 42 + 7 * digits, // room for the margin beside seed and mark
    wordy: cell.width >= 54 && cell.height >= 42, // room for a word in a picture
    square,
    high,
    gap,
    units,
    letters,
    rows,
  };
}

// Where a picture's numbers begin in its block.
/** @type {(layout: PictureLayout, slot: number) => { x: number, y: number }} */
export const pictureAt = (layout, slot) => ({
  x: (slot % layout.columns) * layout.pitch + layout.left + layout.edge,
  y: Math.floor(slot / layout.columns) * layout.line + layout.edge,
});

// The number of a picture under a point that is given from where its numbers begin.
/** @type {(layout: PictureLayout, x: number, y: number) => PicturePlace | null} */
export function placeAt({ square, high, gap, units, letters, rows }, x, y) {
  const row = Math.floor(y / high);
  if (row < 0 || row >= rows) return null;
  const inH = x < units * square + gap / 2;
  const unit = Math.floor((inH ? x : x - units * square - gap) / square);
  const count = inH ? units : letters;
  return { quantity: inH ? "h" : "probabilities", row, unit: Math.min(Math.max(unit, 0), count - 1) };
}

/** @type {(layout: PictureLayout, place: PicturePlace) => { x: number, y: number, width: number, height: number }} */
export const placeBox = ({ square, high, gap, units }, { quantity, row, unit }) => ({
  x: (quantity === "h" ? 0 : units * square + gap) + unit * square,
  y: row * high,
  width: square,
  height: high,
});
