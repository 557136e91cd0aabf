// Colours: a quantity's own, and the scale of its values. They come from the server (`figures/theme.py`), for both themes.

import { scaleOf } from "../common/scales.js";

export function createPalette(themes, dark) {
  const palette = themes[dark ? "dark" : "light"];
  return {
    ...palette, // ink, quiet, rule, accent, identity, scales
    dark,
    // The colour scale of a quantity in a run: unit for [0, 1], signed for a symmetric range.
    scale(quantity, run) {
      const name = palette.unit.includes(quantity) ? "unit" : "signed";
      const high = scaleBound(run, quantity);
      return scaleOf(palette.scales[name], name === "unit" ? 0 : -high, high);
    },
    // The notes' own colours, for every quantity alike.
    notes: scaleOf(palette.scales.notes, -1, 1),
    wrong: dark ? "#ff8ab4" : "#c2185b", // a guess that is not what comes
    // The scale of sums and differences: symmetric, to `bound`.
    signed: (bound) => scaleOf(palette.scales.signed, -bound, bound),
  };
}

// How large a quantity of a run can be: what no function bounds, as large as it gets.
export const scaleBound = (run, quantity) => {
  if (quantity === "h_pre") return run.sums;
  return quantity === "c" || (quantity === "h" && run.cell === "rnn_relu") ? run.bound : 1;
};
