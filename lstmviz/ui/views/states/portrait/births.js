// The birth of a memory: the loss over the training, under it the states that the map leads to themselves, and how strongly
// each pulls or pushes. Over the same snapshots as the scrubber above.

import { partNode, setText } from "../../../parts/common/nodes.js";
import { lossText, wholeText } from "../../../parts/common/numbers.js";
import { svgNode } from "../../../parts/common/svg.js";
import { fill } from "../../../parts/common/words.js";
import { colourOf, hollowOf } from "./colours.js";
import { stateNames } from "./plane.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Look } from "./look.js"
 * @import { Points } from "./points.js"
 *
 * A point through the snapshots, or one state of a circle.
 * @typedef {{ branch: number, round: boolean, at: { e: number, value: number, modulus: number, stable: boolean }[] }} Line
 *
 * A strip of the picture: from `low` below to `high` above.
 * @typedef {{ top: number, high: number, low: number, tall: number, log?: boolean }} Strip
 */

const LEFT = 46;
const RIGHT = 14;
const TALL = [48, 84, 60]; // of the three strips
const BETWEEN = 16;
const EPOCHS_TALL = 20; // below the last strip, for the epochs
const EPOCHS_SHOWN = 5; // of these, where there are so many snapshots
const MOST_EVENTS = 6; // that are told in words

/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {Store<Look>} look @param {() => Points | null} points */
export function createBirths(root, ctx, look, points) {
  root.classList.add("births");
  const svg = svgNode("svg", { role: "img" }, root);
  const events = partNode("p", "births_events", root);
  /** @type {SVGLineElement | null} */
  let mark = null;
  /** @type {unknown[]} */
  let drawn = [];
  let width = 0;

  svg.addEventListener("click", (event) => {
    const { epochs } = ctx.runs.first;
    const place = (event.offsetX - LEFT) / (width - LEFT - RIGHT);
    const e = Math.round(Math.min(Math.max(place, 0), 1) * (epochs.length - 1));
    ctx.state.set({ epoch: epochs[e] });
  });

  /** @param {number} e */
  const x = (e) => LEFT + ((width - LEFT - RIGHT) * e) / Math.max(ctx.runs.first.epochs.length - 1, 1);
  /** @type {(strip: Strip, value: number) => number} */
  const y = ({ top, high, low, tall, log }, value) => {
    const [v, h, l] = log ? [value, high, low].map((one) => Math.log(Math.max(one, 1e-12))) : [value, high, low];
    return top + tall * Math.min(Math.max((h - v) / (h - l), 0), 1);
  };

  const paint = () => {
    const { palette, words, runs: { first } } = ctx;
    const found = points();
    root.hidden = found === null;
    if (!found || width <= LEFT + RIGHT) return; // out of sight it has no width
    svg.replaceChildren();
    const height = TALL.reduce((sum, tall) => sum + tall + BETWEEN, 4) + EPOCHS_TALL;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-label", fill(words.births_picture, { events: found.events.length }));
    const coordinate = look.get().plane.startsWith("pca") ? 0 : Number(look.get().plane.split(",")[0]);
    const lines = linesOf(found, first.epochs.length, coordinate);
    const values = lines.flatMap(({ at }) => at);
    const losses = first.losses.filter((loss) => loss !== null && loss > 0).map(Number);
    const { chance } = ctx.header;
    const reach = Math.max(1, ...values.map(({ value }) => Math.abs(value)));
    const moduli = values.map(({ modulus }) => modulus);
    /** @type {Strip[]} */
    const strips = [];
    [
      { high: Math.max(chance, ...losses), low: Math.min(chance, ...losses), log: true },
      { high: 1.05 * reach, low: -1.05 * reach },
      { high: Math.max(2, ...moduli), low: Math.max(0.01, Math.min(0.5, ...moduli)), log: true },
    ].forEach((strip, k) => strips.push({ ...strip, top: 2 + TALL.slice(0, k).reduce((sum, tall) => sum + tall + BETWEEN, 0), tall: TALL[k] }));
    const names = [words.births_loss, stateNames(first)[coordinate], "|λ|"];
    strips.forEach((strip, k) => paintStrip(strip, names[k], k === 1 ? [reach, -reach] : [strip.high, strip.low]));
    rule(strips[0], chance, first.ofNumbers ? words.births_variance : words.births_chance);
    rule(strips[2], 1, "1");
    svgNode("path", { d: pathOf(first.losses.map((loss, e) => [e, loss]), strips[0]), fill: "none", stroke: palette.identity.loss, "stroke-width": 1.5 }, svg);
    for (const { branch, round, at } of lines) {
      const colour = colourOf(branch, palette.dark);
      for (const [strip, of] of /** @type {[Strip, "value" | "modulus"][]} */ ([[strips[1], "value"], [strips[2], "modulus"]])) {
        svgNode("path", { d: pathOf(at.map((one) => [one.e, one[of]]), strip), fill: "none", stroke: colour, "stroke-width": 1, "stroke-dasharray": round ? "3 2" : "none" }, svg);
        for (const one of at) paintMark(x(one.e), y(strip, one[of]), round, colour, one.stable ? colour : hollowOf(palette.dark));
      }
    }
    paintEpochs(height - EPOCHS_TALL + 4);
    mark = svgNode("line", { y1: 0, y2: height - EPOCHS_TALL - BETWEEN, stroke: palette.accent, "stroke-width": 1.5 }, svg);
    setText(events, eventsSay(found, first.epochs));
  };

  // A point as a dot, a state of a circle as a diamond.
  /** @type {(cx: number, cy: number, round: boolean, stroke: string, fill: string) => void} */
  const paintMark = (cx, cy, round, stroke, fill) => {
    if (round) svgNode("path", { d: `M${cx} ${cy - 4}L${cx + 4} ${cy}L${cx} ${cy + 4}L${cx - 4} ${cy}Z`, stroke, fill }, svg);
    else svgNode("circle", { cx, cy, r: 2.6, stroke, fill }, svg);
  };

  // ends: what is written at the left, above and below.
  /** @type {(strip: Strip, name: string, ends: [above: number, below: number]) => void} */
  const paintStrip = (strip, name, [above, under]) => {
    const { palette } = ctx;
    svgNode("rect", { x: LEFT, y: strip.top, width: width - LEFT - RIGHT, height: strip.tall, fill: "none", stroke: palette.rule }, svg);
    /** @type {(text: string, at: number, anchor?: string, place?: number) => void} */
    const write = (text, at, anchor = "end", place = LEFT - 4) => {
      svgNode("text", { x: place, y: at, "text-anchor": anchor }, svg).textContent = text;
    };
    write(endText(above, name), Math.max(y(strip, above) + 4, strip.top + 10));
    write(endText(under, name), Math.min(y(strip, under) + 4, strip.top + strip.tall));
    write(name, strip.top + strip.tall / 2 + 4);
  };

  // Which epochs the snapshots are of: they stand ever farther apart.
  /** @param {number} at */
  const paintEpochs = (at) => {
    const { words, runs: { first: { epochs } } } = ctx;
    const last = epochs.length - 1;
    const shown = new Set(Array.from({ length: EPOCHS_SHOWN }, (_, k) => Math.round((last * k) / (EPOCHS_SHOWN - 1))));
    svgNode("text", { x: LEFT - 10, y: at, "text-anchor": "end" }, svg).textContent = words.births_epoch;
    for (const e of shown) {
      svgNode("line", { x1: x(e), x2: x(e), y1: at - 18, y2: at - 14, stroke: ctx.palette.quiet }, svg);
      svgNode("text", { x: x(e), y: at, "text-anchor": e === last && e > 0 ? "end" : "middle" }, svg).textContent = wholeText(epochs[e]);
    }
  };

  /** @type {(value: number, name: string) => string} */
  const endText = (value, name) => (name === ctx.words.births_loss ? lossText(value, "") : String(Number(value.toPrecision(2))).replace("-", "−"));

  /** @type {(strip: Strip, value: number, text: string) => void} */
  const rule = (strip, value, text) => {
    const at = y(strip, value);
    svgNode("line", { x1: LEFT, x2: width - RIGHT, y1: at, y2: at, stroke: ctx.palette.quiet, "stroke-dasharray": "3 3" }, svg);
    svgNode("text", { x: width - RIGHT - 3, y: at + (at < strip.top + 14 ? 13 : -3), "text-anchor": "end" }, svg).textContent = text;
  };

  // A line through what there is; it breaks where nothing is.
  /** @type {(values: [e: number, value: number | null][], strip: Strip) => string} */
  const pathOf = (values, strip) => {
    let d = "";
    let before = -2;
    for (const [e, value] of values) {
      if (value === null || !Number.isFinite(value)) continue;
      d += `${e === before + 1 ? "L" : "M"}${x(e).toFixed(1)} ${y(strip, value).toFixed(1)}`;
      before = e;
    }
    return d;
  };

  /** @type {(found: Points, epochs: number[]) => string} */
  const eventsSay = ({ events }, epochs) => {
    const told = events.slice(0, MOST_EVENTS).map(({ snapshot, kind }) => fill(ctx.words[`births_${kind}`], { epoch: wholeText(epochs[snapshot]) }));
    if (events.length > MOST_EVENTS) told.push(fill(ctx.words.births_more, { count: events.length - MOST_EVENTS }));
    return told.join(" · ") || ctx.words.births_none;
  };

  return {
    /** @param {State} now */
    draw(now) {
      const { first } = ctx.runs;
      const wanted = [first, points(), ctx.palette, ctx.words, look.get().plane, width];
      if (wanted.some((one, k) => one !== drawn[k])) paint();
      drawn = wanted;
      const at = String(x(first.snapshot(now.epoch)));
      mark?.setAttribute("x1", at);
      mark?.setAttribute("x2", at);
    },
    refresh() {
      width = root.parentElement?.clientWidth ?? 600;
      drawn = [];
    },
  };
}

// What is followed over the training: the number `coordinate` of each point, and of each state of each circle.
/** @type {(found: Points, snapshots: number, coordinate: number) => Line[]} */
function linesOf(found, snapshots, coordinate) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  for (let e = 0; e < snapshots; e++) {
    const here = [...found.at(e).map((point) => ({ ...point, states: [point.state], round: false })), ...found.circlesAt(e).map((circle) => ({ ...circle, round: true }))];
    for (const { branch, round, states, modulus, stable } of here) {
      states.forEach((state, k) => {
        const line = lines.get(`${branch},${k}`) ?? { branch, round, at: [] };
        line.at.push({ e, value: state[coordinate], modulus, stable });
        lines.set(`${branch},${k}`, line);
      });
    }
  }
  return [...lines.values()];
}
