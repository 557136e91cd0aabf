// One colour for each letter, for each place of the pattern, or for what is right; those of the first eight are told apart by colour-blind eyes.

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Read } from "./step.js"
 */

const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#b5508f", "#a06a00", "#3a8fd0", "#6a51a3", "#5b6b8c"];
const DARK = ["#6ea8ff", "#ff8a3d", "#2cc596", "#e08cc0", "#f0b03c", "#74bdf5", "#b9a3ff", "#b6c3de"];

const NOTHING = "#8a8f9c"; // where nothing is asked

/** @type {(number: number, dark: boolean) => string} */
export function colourOf(number, dark) {
  if (number < 0) return NOTHING;
  const known = dark ? DARK : LIGHT;
  return number < known.length ? known[number] : `hsl(${(number * 137.5) % 360} 60% ${dark ? 68 : 42}%)`;
}

// What a mark that does not attract is filled with.
/** @type {(dark: boolean) => string} */
export const hollowOf = (dark) => (dark ? "#0f1420" : "#fff");

/** @type {WeakMap<Run, string[]>} */
const dues = new WeakMap(); // what is right somewhere, in the order in which it comes first: in the sequence, then in others

// The answers that are right, as one of the different things that are right somewhere; -1 where nothing is asked.
/** @type {(run: Run, due: number[]) => number} */
export function dueNumber(run, due) {
  if (!due.length) return -1;
  let known = dues.get(run);
  if (!known) {
    const own = Array.from({ length: run.steps }, (_, t) => run.due(t).join());
    dues.set(run, (known = [...new Set(own)].filter(Boolean)));
  }
  const text = due.join();
  if (!known.includes(text)) known.push(text);
  return known.indexOf(text);
}

// The colour of a step's state: of the letter that was read, or of its place in the pattern; of a sequence, which has no places that
// come again, of what is right after it.
/** @type {(run: Run, by: "letter" | "label", t: number, palette: Palette) => string} */
export function stepColour(run, by, t, palette) {
  if (run.isPattern) return colourOf(kindOf(run, by, t), palette.dark);
  const due = run.ofNumbers && run.asked(t) ? Array.from(run.row("y", 0, t)) : run.due(t);
  return readColour(run, by, run.ofNumbers ? run.row("x", 0, t) : run.letter(t), due, palette);
}

// What the colour of a step of a pattern is decided by: the letter that was read, or its place.
/** @type {(run: Run, by: "letter" | "label", t: number) => number} */
export const kindOf = (run, by, t) => (by === "letter" ? run.letter(t) : t % run.period);

// The colour of a state of a sequence, by what was read there and what is due; of numbers it is that of the first one.
/** @type {(run: Run, by: "letter" | "label", read: Read, due: number[], palette: Palette) => string} */
export function readColour(run, by, read, due, palette) {
  if (typeof read === "number") return colourOf(by === "letter" ? read : dueNumber(run, due), palette.dark);
  return scaleBy(run, by, palette).colour(by === "letter" ? read[0] : due[0] ?? NaN)[0];
}

// The scale of the colours of numbers.
/** @type {(run: Run, by: "letter" | "label", palette: Palette) => import("../../../parts/common/scales.js").Scale} */
export const scaleBy = (run, by, palette) => palette.scale(by === "letter" ? "x" : "y", run);
