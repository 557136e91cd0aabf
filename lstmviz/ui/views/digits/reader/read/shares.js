// Shares and places as the page writes them.

import { shareText } from "../../../../parts/common/numbers.js";
import { fill } from "../../../../parts/common/words.js";

/**
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Order } from "../answers.js"
 */

export const percentText = shareText;

// "row 12", "column 12": people count from 1.
/** @type {(words: Words, order: Order, row: number) => string} */
export const placeText = (words, order, row) => fill(words[`place_${order}`], { n: row + 1 });

// "rows 3, 5–9".
/** @type {(words: Words, order: Order, rows: number[]) => string} */
export function placesText(words, order, rows) {
  /** @type {[first: number, last: number][]} */
  const runs = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else runs.push([row, row]);
  }
  const list = runs.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`)).join(", ");
  const one = rows.length === 1 ? words[`place_${order}`] : words[`places_${order}`];
  return fill(one, { n: list, list });
}
