// Networks of other seeds that solved the task: their states after the training at the places of the last pattern, their units
// in the order and with the signs in which they are nearest to those of the network on display.

import { fill } from "../../../parts/common/words.js";
import { colourOf, kindOf } from "./colours.js";
import { circle } from "./pen.js";
import { sizeOf } from "./step.js";

/**
 * @import { Words } from "../../../parts/common/words.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Ground } from "./frame.js"
 * @import { Look } from "./look.js"
 * @import { Plane } from "./plane.js"
 *
 * What `Others` of `ui/views/states/seeds.py` tells.
 * @typedef {object} SeedsFound
 * @property {number} others how many networks of other seeds there are
 * @property {number} solved how many of them solved the task: those that are drawn
 * @property {number} matched in how many of these each place is nearer to the same place of the network than to any other
 * @property {number} places of all that are drawn
 * @property {number} nearest how many of these places are nearer to the same place of the network than to any other
 * @property {number} start the step of the last pattern's first place
 *
 * @typedef {{ asked: boolean, found: SeedsFound | null }} SeedsTold
 */

export class Seeds {
  /** @param {{ arrays: any }} come `states` is (N, P, S) */
  constructor({ arrays }) {
    /** @type {Float32Array} */
    this.states = arrays.states;
  }
}

/** @type {(pen: CanvasRenderingContext2D, seeds: Seeds, start: number, run: Run, by: Look["by"], ground: Ground, plane: Plane, dark: boolean) => void} */
export function paintSeeds(pen, { states }, start, run, by, ground, plane, dark) {
  const size = sizeOf(run);
  const { period } = run;
  pen.globalAlpha = 0.55;
  for (let k = 0; k < states.length / size; k++) {
    const place = (((start + (k % period) - run.start) % period) + period) % period; // of the steps that are here
    const at = ground.at(plane.seen(states.subarray(k * size, (k + 1) * size)));
    circle(pen, at, 2, colourOf(kindOf(run, by, run.start + place), dark));
  }
  pen.globalAlpha = 1;
}

/** @type {(told: SeedsTold, words: Words) => string} */
export function seedsSay({ asked, found }, words) {
  if (!asked) return "";
  if (!found) return words.seeds_awaited;
  return fill(found.solved > 0 ? words.seeds_found : words.seeds_none, { ...found });
}
