// Where the two pictures stand: a row is a step, a column a unit, a block a quantity. In CSS pixels.

/**
 * @import { Cell, Quantity, Run } from "../../../parts/run/data.js"
 *
 * A quantity's block of squares: `columns` of them in a row, each `wide` x `high`, together `width`.
 * @typedef {{ quantity: Quantity, columns: number, left: number, top: number, wide: number, high: number, width: number }}
 *   SquareBlock
 * @typedef {{ left: number, right: number, top: number, blocks: SquareBlock[] }} Picture
 *
 * @typedef {ReturnType<typeof picturesLayout>} PicturesLayout
 */

/** @type {Record<Cell, Quantity[][]>} */
const PICTURES = {
  lstm: [["i", "f", "o"], ["g", "c", "h", "logits"]],
  gru: [["r", "z"], ["n", "h", "logits"]],
  rnn: [["h_pre"], ["h", "logits"]],
  rnn_relu: [["h_pre"], ["h", "logits"]],
}; // a cell without gates shows the sum that goes into its tanh or ReLU
const PICTURE_HEAD = 58; // above the squares: sign, word, names of the units
const FOOT = 32; // below them: the scale and its range
const BETWEEN = { blocks: 9, pictures: 22 };
const TALL = { beside: 405, stacked: 220 }; // that a picture's rows share
const ROW = [13, 28]; // but a row has so many
const COLUMN = { squares: 11, numbers: 23 }; // of a column, below which the pictures stand one below the other
const WIDEST_COLUMN = 64; // of a column
const LETTER_COLUMN = 12; // of a letter's column, at least

// Of a task of numbers what is read stands before all, and beside what is told what is due.
/** @param {Run} run @returns {Quantity[][]} */
function picturesOf({ cell, ofNumbers }) {
  const [first, second] = PICTURES[cell];
  return ofNumbers ? [["x", ...first], [...second, "y"]] : [first, second];
}

// rows: steps; gutter: pixels for their letters; numbers: whether the squares are to bear numbers.
/** @param {Run} run @param {{ width: number, rows: number, gutter: number, numbers: boolean, ratio: number }} room */
export function picturesLayout(run, { width, rows, gutter, numbers, ratio }) {
  /** @type {(size: number) => number} */
  const snap = (size) => (size * ratio >= 2 ? Math.floor(size * ratio) / ratio : size);
  const pictures = picturesOf(run);
  const needed = numbers ? COLUMN.numbers : COLUMN.squares;
  const beside = columnsOf(width, pictures, gutter, run).unit >= needed;
  const tall = beside ? TALL.beside : TALL.stacked;
  const high = snap(Math.min(Math.max(tall / rows, ROW[0]), ROW[1]));
  /** @type {SquareBlock[]} */
  const blocks = [];
  let [left, top] = [0, 0];
  const placed = pictures.map((picture) => {
    const { unit, letter } = columnsOf(width, beside ? pictures : [picture], gutter, run);
    const from = left;
    left += gutter;
    const first = blocks.length;
    for (const quantity of picture) {
      const columns = run.size(quantity);
      const wide = snap(Math.min(isSaid(quantity) ? letter : unit, WIDEST_COLUMN));
      blocks.push({ quantity, columns, left, top: top + PICTURE_HEAD, wide, high, width: wide * columns });
      left += wide * columns + BETWEEN.blocks;
    }
    const right = left - BETWEEN.blocks;
    const box = { left: from + gutter, right, top: top + PICTURE_HEAD, blocks: blocks.slice(first) };
    if (beside) left = right + BETWEEN.pictures;
    else [left, top] = [0, top + PICTURE_HEAD + high * rows + FOOT + 8];
    return box;
  });
  const last = blocks[blocks.length - 1];
  return { blocks, pictures: placed, rows, high, width, height: Math.ceil(last.top + high * rows + FOOT) };
}

// Whether a block is about what goes in or comes out; the others are about units.
/** @param {Quantity} quantity */
const isSaid = (quantity) => quantity === "logits" || quantity === "x" || quantity === "y";

// How wide a column is if these pictures share `width`: of a unit, and of a letter that is predicted. Letters are as wide as
// units, but never so narrow as many units would make them.
/** @param {number} width @param {Quantity[][]} pictures @param {number} gutter @param {Run} run */
function columnsOf(width, pictures, gutter, run) {
  const gaps = pictures.reduce((sum, picture) => sum + gutter + BETWEEN.blocks * (picture.length - 1), BETWEEN.pictures * (pictures.length - 1));
  const room = width - gaps - 3;
  const all = pictures.flat();
  const letters = all.filter(isSaid).reduce((sum, quantity) => sum + run.size(quantity), 0);
  const units = all.filter((quantity) => !isSaid(quantity)).length * run.units;
  const column = room / (letters + units);
  const letter = letters ? Math.max(column, Math.min(LETTER_COLUMN, room / 4 / letters)) : 0;
  return { unit: (room - letter * letters) / units, letter };
}

// What is at a point: the row, and the block and column if there is one; null beside the rows.
/** @type {(layout: PicturesLayout, x: number, y: number) => { row: number, quantity?: Quantity, unit?: number } | null} */
export function squareAt({ pictures, high, rows }, x, y) {
  const picture = pictures.find(({ left, right, top }) => x >= left - 40 && x <= right + 4 && y >= top && y < top + high * rows);
  if (!picture) return null;
  const row = Math.floor((y - picture.top) / high);
  const block = picture.blocks.find(({ left, width }) => x >= left && x < left + width);
  return { row, quantity: block?.quantity, unit: block && Math.floor((x - block.left) / block.wide) };
}

/** @type {(layout: PicturesLayout, y: number) => number} */
export const rowAt = ({ pictures, high, rows }, y) => {
  const { top } = pictures.filter((picture) => picture.top <= y).at(-1) ?? pictures[0];
  return Math.min(Math.max(Math.floor((y - top) / high), 0), rows - 1);
};
