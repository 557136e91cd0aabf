// The scrubber of the training: a range over the snapshots, drawn over the curve of their losses.

import { hasModifier } from "../common/keys.js";
import { partNode, setAttribute, setText, sizedCanvas } from "../common/nodes.js";
import { lossText, wholeText } from "../common/numbers.js";
import { fill } from "../common/words.js";
import { THUMB } from "./transport_time.js";

/**
 * @import { Run, Runs } from "./data.js"
 * @import { State } from "./state.js"
 * @import { Palette } from "./palette.js"
 * @import { Ctx, Side } from "./viewer.js"
 *
 * Where an epoch and a loss are in the curve.
 * @typedef {{ x: (epoch: number) => number, y: (loss: number) => number, low: number, high: number, width: number }} Curve
 */

const CURVE = 30;
const EDGE = 5; // room for the dot above and below the curve

// stops: the snapshots that it stops at, if these are not all of them.
/** @param {HTMLElement} parent @param {Ctx} ctx @param {() => number[]} [stops] */
export function createTrainingScrubber(parent, ctx, stops = () => ctx.runs.first.epochs.map((_, e) => e)) {
  const root = partNode("div", "transport_scrubber transport_training", parent);
  const label = partNode("label", "transport_label", root);
  const name = partNode("b", "", label);
  const says = partNode("span", "", label);
  const ended = partNode("span", "transport_beside", label);
  const beside = partNode("span", "transport_beside", label);
  const track = partNode("div", "transport_track transport_curve", root);
  const canvas = partNode("canvas", "", track);
  const dots = [partNode("i", "transport_dot transport_dot_beside", track), partNode("i", "transport_dot", track)];
  const input = partNode("input", "", track);
  Object.assign(input, { type: "range", id: "transport_training", min: "0", step: "1" });
  label.htmlFor = input.id;
  /** @param {number} e */
  const nearest = (e) => stops().reduce((best, one) => (Math.abs(one - e) < Math.abs(best - e) ? one : best));
  /** @param {number} e */
  const go = (e) => {
    input.value = String(e);
    ctx.state.set({ epoch: ctx.runs.first.epochs[e] });
  };
  input.addEventListener("input", () => go(nearest(Number(input.value))));
  // Arrow keys are the time's everywhere but here: who is on this slider means the training.
  input.addEventListener("keydown", (event) => {
    const all = stops();
    const last = all.length - 1;
    const at = all.indexOf(nearest(Number(input.value)));
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || hasModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    go(all[Math.min(Math.max(to, 0), last)]);
  });
  /** @type {Curve} */
  let curve; // made by `refresh`

  return {
    root,
    refresh() {
      const { first, second } = ctx.runs;
      const width = Math.max(track.clientWidth - THUMB, 1);
      input.max = String(first.epochs.length - 1);
      input.disabled = first.epochs.length < 2;
      setText(name, ctx.words.transport_training);
      const { diverged } = first;
      ended.hidden = diverged === null;
      if (diverged !== null) setText(ended, fill(ctx.words.transport_diverged, { epoch: wholeText(diverged) }));
      beside.hidden = !second;
      dots[0].hidden = !second;
      curve = curveOf(first, second, width);
      paintCurve(sizedCanvas(canvas, width, CURVE), curve, ctx.runs, ctx.palette);
      const [low, high] = [curve.low, curve.high].map((loss) => lossText(loss, ctx.words.transport_no_loss));
      track.title = fill(ctx.words.transport_curve, { low, high }) + (second ? ctx.words.transport_curve_beside : "");
    },
    /** @param {State} now @param {Side[]} sides */
    draw(now, sides) {
      const { first, second } = ctx.runs;
      const { words } = ctx;
      const e = nearest(first.snapshot(now.epoch));
      input.value = String(e);
      /** @type {(run: Run, at: number) => Record<string, string>} */
      const values = (run, at) => ({ epoch: wholeText(run.epochs[at]), loss: lossText(run.losses[at], words.transport_no_loss) });
      setText(says, fill(words.transport_epoch, values(first, e)));
      setAttribute(input, "aria-valuetext", fill(words.transport_epoch_says, values(first, e)));
      moveDot(dots[1], curve, first, e);
      if (!second) return;
      const at = sides[1].e;
      setText(beside, fill(words.transport_beside, values(second, at)));
      moveDot(dots[0], curve, second, at);
    },
  };
}

/** @param {HTMLElement} dot @param {Curve} curve @param {Run} run @param {number} e */
function moveDot(dot, { x, y }, run, e) {
  const loss = run.losses[e];
  dot.classList.toggle("transport_dot_none", loss === null);
  dot.style.transform = `translate(${x(run.epochs[e])}px, ${loss === null ? EDGE : y(loss)}px)`;
}

// Where an epoch and a loss are: epochs as the snapshots of the first network are spread, losses by their logarithm.
/** @type {(first: Run, second: Run | undefined, width: number) => Curve} */
function curveOf(first, second, width) {
  const losses = [first, second].flatMap((run) => run?.losses ?? []).flatMap((loss) => (loss !== null && loss > 0 ? [loss] : []));
  const low = losses.length ? Math.min(...losses) : 1e-3;
  const high = Math.max(losses.length ? Math.max(...losses) : 1, low * 1.01);
  const { epochs } = first;
  const last = epochs.length - 1;
  /** @param {number} epoch */
  const x = (epoch) => {
    const after = epochs.findIndex((one) => one >= epoch);
    if (after <= 0) return after < 0 ? width : 0;
    const share = (epoch - epochs[after - 1]) / (epochs[after] - epochs[after - 1]);
    return ((after - 1 + share) / last) * width;
  };
  /** @param {number} loss */
  const y = (loss) => EDGE + (CURVE - 2 * EDGE) * (1 - Math.log(Math.max(loss, low) / low) / Math.log(high / low));
  return { x, y, low, high, width };
}

/** @param {CanvasRenderingContext2D} pen @param {Curve} curve @param {Runs} runs @param {Palette} palette */
function paintCurve(pen, { x, y, width }, { first, second }, palette) {
  pen.clearRect(0, 0, width, CURVE);
  pen.fillStyle = palette.rule;
  pen.fillRect(0, CURVE - 1, width, 1);
  if (second) {
    pen.setLineDash([4, 3]);
    const count = second.epochs.filter((epoch) => epoch <= first.epochs[first.epochs.length - 1]).length;
    paintLosses(pen, second, count, x, y, palette.quiet, 1);
    pen.setLineDash([]);
  }
  paintLosses(pen, first, first.epochs.length, x, y, palette.identity.loss, 1.75);
  if (first.diverged !== null) paintEnd(pen, width, palette);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Run} run
 * @param {number} count
 * @param {Curve["x"]} x
 * @param {Curve["y"]} y
 * @param {string} colour
 * @param {number} thick
 */
function paintLosses(pen, run, count, x, y, colour, thick) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: thick, lineJoin: "round" });
  pen.beginPath();
  let drawing = false;
  for (let e = 0; e < count; e++) {
    const loss = run.losses[e];
    if (loss !== null) pen[drawing ? "lineTo" : "moveTo"](x(run.epochs[e]), y(loss));
    drawing = loss !== null;
  }
  pen.stroke();
}

// A cross at the foot of the end: from there on there are no finite numbers.
/** @param {CanvasRenderingContext2D} pen @param {number} width @param {Palette} palette */
function paintEnd(pen, width, palette) {
  Object.assign(pen, { strokeStyle: palette.ink, lineWidth: 1.5 });
  pen.beginPath();
  for (const way of [1, -1]) {
    pen.moveTo(width - 6, CURVE - 6 - 3 * way);
    pen.lineTo(width, CURVE - 6 + 3 * way);
  }
  pen.stroke();
}
