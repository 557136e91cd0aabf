// Other sequences of the task: the states that the network comes to while it reads them, by the step that arrows are drawn with.

import { readColour } from "./colours.js";
import { circle } from "./pen.js";
import { sizeOf, stepOf } from "./step.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Ground } from "./frame.js"
 * @import { Look } from "./look.js"
 * @import { Palette } from "../../../parts/run/palette.js"
 * @import { Plane } from "./plane.js"
 * @import { Read } from "./step.js"
 *
 * What is read, as numbers of letters or as numbers, and after each the answers that are right or the numbers that are due, none
 * where nothing is asked.
 * @typedef {{ x: Read[], due: number[][] }} Sequence
 *
 * @typedef {{ state: Float64Array, read: Read, due: number[] }} Reached a state, what was read last, and what is right there
 */

/** @type {WeakMap<Run, { e: number, sequences: Sequence[], reached: Reached[] }>} */
const followed = new WeakMap(); // of each run the snapshot that was drawn last: pointing draws it again

/** @type {(run: Run, e: number, sequences: Sequence[]) => Reached[]} */
function reachedBy(run, e, sequences) {
  const before = followed.get(run);
  if (before && before.e === e && before.sequences === sequences) return before.reached;
  const step = stepOf(run, e);
  const reached = sequences.flatMap(({ x, due }) => {
    /** @type {Float64Array} */
    let state = new Float64Array(sizeOf(run));
    return x.map((read, t) => ({ state: (state = step(state, read)), read, due: due[t] }));
  });
  followed.set(run, { e, sequences, reached });
  return reached;
}

// Small dots, over the others those where something is asked; those beyond the picture's edge are left out. How many there are.
/** @type {(pen: CanvasRenderingContext2D, run: Run, e: number, sequences: Sequence[], by: Look["by"], ground: Ground, plane: Plane, palette: Palette) => number} */
export function paintSequences(pen, run, e, sequences, by, ground, plane, palette) {
  let count = 0;
  const reached = reachedBy(run, e, sequences);
  for (const asked of [false, true]) {
    pen.globalAlpha = asked && run.ofNumbers ? 0.9 : 0.5; // numbers have pale colours too
    for (const { state, read, due } of reached) {
      if (due.length > 0 !== asked) continue;
      const place = plane.seen(state);
      if (!plane.columns.every(({ low, high }, k) => place[k] >= low && place[k] <= high)) continue;
      circle(pen, ground.at(place), 2, readColour(run, by, read, due, palette));
      count++;
    }
  }
  pen.globalAlpha = 1;
  return count;
}
