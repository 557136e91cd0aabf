// The notes' view: h and the prediction of the last pattern after each so many epochs, side by side.

import { partNode, setShown, setText, sizedCanvas, tag } from "../../../parts/common/nodes.js";
import { lossText, wholeText } from "../../../parts/common/numbers.js";
import { scaleKey } from "../../../parts/common/scale_key.js";
import { blockOf, paintBlocks } from "../../../parts/common/squares.js";
import { below, fill } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Learned } from "./main.js"
 */

const MOMENT_ROW = 20;
const MOMENT_COLUMN = [8, 24];
const MOMENT_WIDEST = 220; // pixels of one picture's squares
const [MOMENT_HEAD, MOMENT_GUTTER, MOMENT_GAP] = [18, 26, 6];

/** @param {HTMLElement} root @param {Learned} ctx */
export function createMoments(root, ctx) {
  const heading = partNode("h2", "", root);
  const none = partNode("p", "learned_about", root);
  const row = partNode("div", "moments_row", root);
  const legend = partNode("div", "learned_legend", root);

  /** @param {number} epoch */
  function moment(epoch) {
    const { first } = ctx.runs;
    const e = first.epochs.indexOf(epoch);
    const canvas = tag("canvas", { role: "img", "aria-label": fill(ctx.words.moments_picture, { epoch: wholeText(epoch) }) });
    const title = tag("button", { type: "button", class: "moments_title", click: () => ctx.pin({ epoch }) });
    setText(title, fill(ctx.words.learned_epoch, { epoch: wholeText(epoch), loss: lossText(first.losses[e], ctx.words.learned_no_loss) }));
    row.append(tag("figure", {}, title, canvas));
    paint(canvas, first, e);
  }

  /** @param {HTMLCanvasElement} canvas @param {Run} run @param {number} e */
  function paint(canvas, run, e) {
    const family = getComputedStyle(root).fontFamily;
    /** @param {import("../../../parts/run/data.js").Quantity} quantity */
    const columns = (quantity) => run.size(quantity);
    const wide = Math.floor(Math.min(Math.max(MOMENT_WIDEST / (columns("h") + columns(run.tells)), MOMENT_COLUMN[0]), MOMENT_COLUMN[1]));
    const width = MOMENT_GUTTER + wide * (columns("h") + columns(run.tells)) + MOMENT_GAP;
    const pen = sizedCanvas(canvas, width, MOMENT_HEAD + MOMENT_ROW * run.length + 2);
    let left = MOMENT_GUTTER;
    const halves = ["h", run.tells];
    const blocks = halves.map((quantity) => {
      const size = columns(quantity);
      const shape = { rows: run.length, columns: size, down: size, across: 1 };
      const block = blockOf(run.arrays[quantity], e * run.length * size, shape, { left, top: MOMENT_HEAD, width: wide, height: MOMENT_ROW }, ctx.palette.scale(quantity, run));
      left += wide * size + MOMENT_GAP;
      return block;
    });
    paintBlocks(pen, blocks, devicePixelRatio || 1, ctx.palette.rule);
    Object.assign(pen, { fillStyle: ctx.palette.quiet, font: `12px ${family}`, textAlign: "center", textBaseline: "middle" });
    blocks.forEach((block, k) => {
      const names = k === 0 ? Array.from({ length: run.units }, (_, unit) => `h${below(unit)}`) : run.answers;
      const room = Math.max(...names.map((name) => pen.measureText(name).width)) + 2;
      if (room <= wide) names.forEach((name, column) => pen.fillText(name, block.left + (column + 0.5) * wide, MOMENT_HEAD / 2));
    });
    pen.textAlign = "right";
    for (let t = run.start; t < run.stop; t++) pen.fillText(run.ofNumbers ? String(t) : labelOf(run, t), MOMENT_GUTTER - 6, MOMENT_HEAD + (t - run.start + 0.5) * MOMENT_ROW);
  }

  return {
    draw() {},
    refresh() {
      const { header, runs, words, palette } = ctx;
      const { every, asked, over } = header.moments;
      const shown = runs.first.epochs.filter((epoch) => epoch && epoch % every === 0).slice(0, header.moments.most);
      setShown(root, over);
      setText(heading, fill(words.moments_heading, { every: wholeText(every) }));
      setShown(none, shown.length === 0);
      setText(none, fill(asked < every ? words.moments_early : words.moments_none, { every: wholeText(every) }));
      row.replaceChildren();
      legend.replaceChildren();
      for (const epoch of shown) moment(epoch);
      if (!shown.length) return;
      scaleKey(legend, "h", palette.scale("h", runs.first));
      scaleKey(legend, "ŷ", palette.scale(runs.first.tells, runs.first));
    },
  };
}
