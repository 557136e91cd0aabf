// Colours: a quantity's own, and the scale of its values. They come from the server (`figures/theme.py`), for both themes.

import { scaleOf } from "../common/scales.js";

/**
 * @import { Scale, Theme, Themes } from "../common/scales.js"
 * @import { Quantity, Run } from "./data.js"
 * @typedef {ReturnType<typeof createPalette>} Palette a theme's colours, with the scales made of them
 */

/** @param {Themes} themes @param {boolean} dark */
export function createPalette(themes, dark) {
  const palette = themes[dark ? "dark" : "light"];
  return {
    ...palette, // ink, quiet, rule, accent, identity, scales
    dark,
    // The colour scale of a quantity in a run: unit for [0, 1], signed for a symmetric range.
    /** @param {Quantity} quantity @param {Run} run @returns {Scale} */
    scale(quantity, run) {
      const name = palette.unit.includes(quantity) ? "unit" : "signed";
      const high = scaleBound(run, quantity);
      return scaleOf(palette.scales[name], name === "unit" ? 0 : -high, high);
    },
    // The notes' own colours, for every quantity alike.
    notes: scaleOf(palette.scales.notes, -1, 1),
    wrong: dark ? "#ff8ab4" : "#c2185b", // a guess that is not what comes
    // The scale of sums and differences: symmetric, to `bound`.
    /** @type {(bound: number) => Scale} */
    signed: (bound) => scaleOf(palette.scales.signed, -bound, bound),
  };
}

// How large a quantity of a run can be: what no function bounds, as large as it gets.
/** @type {(run: Run, quantity: Quantity) => number} */
export const scaleBound = (run, quantity) => {
  if (quantity === "h_pre") return run.sums;
  if (run.ofNumbers && (quantity === "x" || quantity === "y" || quantity === "logits")) return run.largest[quantity === "x" ? "x" : "y"];
  return isUnbounded(run, quantity) ? run.bound : 1;
};

// Whether no function bounds it.
/** @type {(run: Run, quantity: Quantity) => boolean} */
const isUnbounded = (run, quantity) => quantity === "c" || (quantity === "h" && run.cell === "rnn_relu");

/** @type {WeakMap<Run, number[]>} */
const UNIT_BOUNDS = new WeakMap();

// How large each unit of what nothing bounds gets in all that is here of a run; null of other quantities. One unit that counts
// makes the others pale on a common scale, and of them one may be what remembers.
/** @type {(run: Run, quantity: Quantity) => number[] | null} */
export function unitBounds(run, quantity) {
  if (!isUnbounded(run, quantity)) return null;
  const known = UNIT_BOUNDS.get(run);
  if (known) return known;
  const size = run.size(quantity);
  const bounds = new Array(size).fill(0);
  run.arrays[quantity].forEach((value, k) => {
    if (Number.isFinite(value)) bounds[k % size] = Math.max(bounds[k % size], Math.abs(value));
  });
  const found = bounds.map((bound) => bound || 1);
  UNIT_BOUNDS.set(run, found);
  return found;
}
