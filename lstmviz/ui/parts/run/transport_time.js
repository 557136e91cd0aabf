// The scrubber of time: over a strip that shows, for each step, how probable the letter that came was held to be, or of numbers
// whether what was told is right.

import { partNode, setAttribute, setText, sizedCanvas } from "../common/nodes.js";
import { fill } from "../common/words.js";
import { readAt } from "./labels.js";

/**
 * @import { Run } from "./data.js"
 * @import { State } from "./state.js"
 * @import { Palette } from "./palette.js"
 * @import { Ctx, Side } from "./viewer.js"
 */

const STRIP = 8;
export const THUMB = 16; // as in the style sheet: its middle goes from half of it to half of it before the end

/** @param {HTMLElement} parent @param {Ctx} ctx */
export function createTimeScrubber(parent, ctx) {
  const root = partNode("div", "transport_scrubber transport_time", parent);
  const label = partNode("label", "transport_label", root);
  const name = partNode("b", "", label);
  const says = partNode("span", "", label);
  const track = partNode("div", "transport_track", root);
  const strip = partNode("canvas", "transport_strip", track);
  const veil = partNode("span", "transport_veil", track);
  const input = partNode("input", "", track);
  Object.assign(input, { type: "range", id: "transport_time", step: "1" });
  label.htmlFor = input.id;
  input.addEventListener("input", () => ctx.state.set({ t: Number(input.value), playing: false }));
  let width = 0;
  /** @type {CanvasRenderingContext2D} */
  let pen; // made by `refresh`
  /** @type {unknown[]} */
  let painted = [];

  return {
    root,
    input,
    refresh() {
      const { first } = ctx.runs;
      width = Math.max(track.clientWidth - THUMB, 1);
      pen = sizedCanvas(strip, width, STRIP);
      input.min = String(first.start);
      input.max = String(first.stop - 1);
      setText(name, ctx.words.transport_time);
      track.title = first.ofNumbers ? ctx.words.transport_strip_numbers : ctx.words.transport_strip;
      painted = [];
    },
    /** @param {State} now @param {Side} side */
    draw(now, { run, e }) {
      input.value = String(now.t);
      const { words } = ctx;
      setText(says, fill(words.transport_time_of, { t: now.t, last: run.steps - 1 }));
      const said = { t: now.t, letter: readAt(run, now.t) };
      setAttribute(input, "aria-valuetext", fill(words.transport_time_says, said));
      veil.hidden = !now.guessing;
      if (now.guessing) veil.style.width = `${(width * (run.stop - now.t)) / run.length}px`;
      if (painted[0] === run && painted[1] === e) return;
      painted = [run, e];
      paintStrip(pen, width, run, e, ctx.palette);
    },
  };
}

// Each pixel of the screen shows the mean of the steps that it stands for.
/** @param {CanvasRenderingContext2D} pen @param {number} width @param {Run} run @param {number} e @param {Palette} palette */
function paintStrip(pen, width, run, e, palette) {
  const pixels = pen.canvas.width;
  const scale = palette.scale("probabilities", run);
  pen.clearRect(0, 0, width, STRIP);
  for (let k = 0; k < pixels; k++) {
    const first = Math.floor((k * run.length) / pixels);
    const last = Math.max(first + 1, Math.floor(((k + 1) * run.length) / pixels));
    let [sum, asked] = [0, 0];
    for (let j = first; j < last; j++) {
      if (!run.asked(run.start + j)) continue;
      sum += run.ofNumbers ? Number(run.right(e, run.start + j)) : run.certainty(e, run.start + j);
      asked++;
    }
    if (!asked) continue;
    pen.fillStyle = scale.colour(sum / asked)[0];
    pen.fillRect((k * width) / pixels, 0, width / pixels, STRIP);
  }
}
