// Shares and places as the page writes them.

import { fill } from "../../../parts/common/words.js";

// A share in percent with one decimal; what that would round to nothing or to all is said to be less or more.
export function percentText(share) {
  if (!Number.isFinite(share)) return "NaN";
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(1)} %`;
}

// "row 12", "column 12": people count from 1.
export const placeText = (words, order, row) => fill(words[`place_${order}`], { n: row + 1 });

// "rows 3, 5–9".
export function placesText(words, order, rows) {
  const runs = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    if (runs.at(-1)?.[1] === row - 1) runs.at(-1)[1] = row;
    else runs.push([row, row]);
  }
  const list = runs.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`)).join(", ");
  const one = rows.length === 1 ? words[`place_${order}`] : words[`places_${order}`];
  return fill(one, { n: list, list });
}
