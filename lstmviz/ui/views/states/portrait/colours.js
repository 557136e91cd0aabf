// One colour for each letter, or for each place of the pattern; those of the first eight are told apart by colour-blind eyes.

/** @import { Run } from "../../../parts/run/data.js" */

const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#b5508f", "#a06a00", "#3a8fd0", "#6a51a3", "#5b6b8c"];
const DARK = ["#6ea8ff", "#ff8a3d", "#2cc596", "#e08cc0", "#f0b03c", "#74bdf5", "#b9a3ff", "#b6c3de"];

/** @type {(number: number, dark: boolean) => string} */
export function colourOf(number, dark) {
  const known = dark ? DARK : LIGHT;
  return number < known.length ? known[number] : `hsl(${(number * 137.5) % 360} 60% ${dark ? 68 : 42}%)`;
}

// What a mark that does not attract is filled with.
/** @type {(dark: boolean) => string} */
export const hollowOf = (dark) => (dark ? "#0f1420" : "#fff");

// What the colour of a step's state is decided by: the letter that was read, or its place in the pattern.
/** @type {(run: Run, by: "letter" | "label", t: number) => number} */
export const kindOf = (run, by, t) => (by === "letter" ? run.letter(t) : t % run.period);
