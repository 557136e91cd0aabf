// The predictions of the last pattern at every snapshot: a band for each letter read, in it a row for each letter that may
// follow, time of training to the right. Where these are many, only the row of the letter that does follow.

import { canvasPair, partNode, penOf, setAttribute, setText, sizedCanvas } from "../../../parts/common/nodes.js";
import { createFoldedTable } from "../../../parts/common/folded_table.js";
import { squareKeys } from "../../../parts/common/keys.js";
import { lossText, number, valueText, wholeText } from "../../../parts/common/numbers.js";
import { scaleKey } from "../../../parts/common/scale_key.js";
import { blockOf, paintBlocks } from "../../../parts/common/squares.js";
import { fill, lone } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Learned } from "./main.js"
 *
 * @typedef {ReturnType<typeof layoutOf>} LearnedLayout
 */

const MOST_ROWS = 48;
const ROW = 15;
const GAP = 3; // between bands
const AXIS = 20;
const ARROW = 14; // at the right, for what does follow
const TARGET = 30; // there too, for the target of numbers
const COMES = "#e07b00";

/** @param {HTMLElement} root @param {Learned} ctx */
export function createLearned(root, ctx) {
  const heading = partNode("h2", "", root);
  const bar = partNode("div", "learned_bar", root);
  const says = partNode("p", "learned_says", bar);
  const legend = partNode("div", "learned_legend", bar);
  const plot = partNode("div", "learned_plot", root);
  const [squares, marks] = canvasPair(plot, "", "learned_marks");
  const about = partNode("p", "learned_about", root);
  const table = createFoldedTable(root, () => tableOf(ctx, layout?.rows ?? []));
  /** @type {LearnedLayout | null} */
  let layout = null;
  /** @type {CanvasRenderingContext2D[]} */
  let pens = [];
  /** @type {{ row: number, e: number } | null} */
  let at = null; // the row and the snapshot that is pointed at, by hand or by keys

  /** @type {(event: MouseEvent) => { row: number, e: number } | null} */
  const pointed = (event) => {
    if (!layout) return null;
    const e = Math.floor((event.offsetX - layout.left) / layout.width);
    const row = layout.rows.findIndex(({ top }) => event.offsetY >= top && event.offsetY < top + ROW);
    return row >= 0 && e >= 0 && e < ctx.runs.first.epochs.length ? { row, e } : null;
  };
  /** @param {typeof at} next @param {"polite" | "off"} [aloud] */
  const point = (next, aloud = "off") => {
    at = next;
    setAttribute(says, "aria-live", aloud);
    draw(ctx.state.get());
  };
  const choose = () => at && ctx.pin({ epoch: ctx.runs.first.epochs[at.e] });
  marks.addEventListener("pointermove", (event) => point(pointed(event)));
  marks.addEventListener("pointerleave", () => point(null));
  marks.addEventListener("click", (event) => {
    point(pointed(event));
    choose();
  });
  squareKeys(marks, {
    move(right, up) {
      if (!layout) return;
      const { row, e } = at ?? { row: up ? -1 : 0, e: ctx.runs.first.snapshot(ctx.state.get().epoch) - right };
      const clamp = (/** @type {number} */ k, /** @type {number} */ count) => Math.min(Math.max(k, 0), count - 1);
      point({ row: clamp(row - up, layout.rows.length), e: clamp(e + right, ctx.runs.first.epochs.length) }, "polite");
    },
    choose,
    leave: () => point(null),
  });

  /** @param {LearnedLayout} layout */
  function paint(layout) {
    const { first } = ctx.runs;
    const pen = pens[0];
    const scale = ctx.palette.scale(first.tells, first);
    const { rows, left, width, right, foot } = layout;
    const letters = first.answers.length;
    const blocks = rows.map(({ t, letter, top }) => {
      const shape = { rows: 1, columns: first.epochs.length, down: 0, across: first.length * letters };
      return blockOf(first.arrays[first.tells], (t - first.start) * letters + letter, shape, { left, top, width, height: ROW }, scale);
    });
    const due = first.ofNumbers ? rows.map(({ t, letter, top }) => dueBlock(first, t, letter, { left: right + 4, top, width: TARGET - 4, height: ROW }, scale)) : [];
    paintBlocks(pen, [...blocks, ...due], layout.ratio);
    Object.assign(pen, { textBaseline: "middle" });
    for (const { t, letter, top } of rows) {
      const comes = first.ofNumbers || first.due(t).includes(letter);
      Object.assign(pen, { textAlign: "right", fillStyle: comes ? ctx.palette.ink : ctx.palette.quiet, font: `${comes ? 600 : 400} 12px ${layout.family}` });
      pen.fillText(rowName(first, t, letter), left - 8, top + ROW / 2);
      if (comes && layout.full && !first.ofNumbers) paintArrow(pen, right + 4, top + ROW / 2);
    }
    Object.assign(pen, { textAlign: "center", fillStyle: ctx.palette.quiet, font: `12px ${layout.family}` });
    const last = first.epochs.length - 1;
    for (const e of new Set([0, 1, 2, 3, 4].map((k) => Math.round((k * last) / 4)))) {
      const text = wholeText(first.epochs[e]);
      const half = pen.measureText(text).width / 2;
      const x = left + (e + 0.5) * width;
      pen.fillText(text, Math.min(Math.max(x, left + half), layout.total - half), foot + AXIS / 2 + 2);
    }
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y */
  function paintArrow(pen, x, y) {
    pen.fillStyle = COMES;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 8, y - 4.5);
    pen.lineTo(x + 8, y + 4.5);
    pen.fill();
  }

  /** @param {State} now */
  function draw(now) {
    if (!layout) return;
    const { first } = ctx.runs;
    const pen = pens[1];
    const { left, width, rows, foot } = layout;
    const e = at ? at.e : first.snapshot(now.epoch);
    pen.clearRect(0, 0, layout.total, layout.height);
    pen.lineWidth = 2;
    pen.strokeStyle = ctx.palette.accent;
    const wide = Math.max(width, 4);
    pen.strokeRect(left + (first.snapshot(now.epoch) + 0.5) * width - wide / 2, rows[0].top - 1.5, wide, foot - rows[0].top + 2);
    if (at) {
      pen.strokeStyle = ctx.palette.ink;
      pen.strokeRect(left + (at.e + 0.5) * width - wide / 2, rows[at.row].top - 0.5, wide, ROW);
    }
    const epoch = fill(ctx.words.learned_epoch, { epoch: wholeText(first.epochs[e]), loss: lossText(first.losses[e], ctx.words.learned_no_loss) });
    setText(says, at ? `${epoch} · ${rowSays(first, rows[at.row], at.e)}` : epoch);
    table.draw(ctx.words.run_table, [first, layout, ctx.words]);
  }

  /** @param {Run} run @param {LearnedLayout["rows"][number]} row @param {number} e */
  function rowSays(run, { t, letter }, e) {
    const value = run.value(run.tells, e, t, letter);
    const due = run.ofNumbers ? ` · ${fill(ctx.words.run_due_number, { target: number(run.value("y", e, t, letter)), tolerance: number(run.tolerance) })}` : "";
    return `${rowName(run, t, letter)} = ${valueText(run.tells, value)}${due}`;
  }

  return {
    draw,
    refresh() {
      const { first } = ctx.runs;
      const { words } = ctx;
      setText(heading, first.isPattern ? words.learned_heading : words.learned_heading_sequence);
      setText(about, first.isPattern ? words.learned_about : first.ofNumbers ? words.learned_about_numbers : words.learned_about_sequence);
      legend.replaceChildren();
      scaleKey(legend, "ŷ", ctx.palette.scale(first.tells, first));
      const family = getComputedStyle(root).fontFamily;
      layout = layoutOf(first, plot.clientWidth, family, penOf(squares));
      plot.style.height = `${layout.height}px`;
      const { total, height } = layout;
      pens = [squares, marks].map((canvas) => sizedCanvas(canvas, total, height));
      setAttribute(marks, "aria-label", fill(words.learned_picture, { snapshots: first.epochs.length }));
      paint(layout);
    },
  };
}

// A row for each snapshot, a column for each row of the picture.
/** @type {(ctx: Learned, rows: LearnedLayout["rows"]) => import("../../../parts/common/folded_table.js").Table} */
const tableOf = ({ runs: { first }, words }, rows) => ({
  caption: first.isPattern ? words.learned_heading : words.learned_heading_sequence,
  heads: [words.learned_table_epoch, ...rows.map(({ t, letter }) => rowName(first, t, letter))],
  rows: Array.from(first.epochs, (epoch, e) => [wholeText(epoch), ...rows.map(({ t, letter }) => valueText(first.tells, first.value(first.tells, e, t, letter)))]),
});

// "a → b", or of numbers which one at which step.
/** @type {(run: Run, t: number, letter: number) => string} */
const rowName = (run, t, letter) => (run.ofNumbers ? `t = ${t} · ${run.answers[letter]}` : `${lone(labelOf(run, t))} → ${lone(run.answers[letter])}`);

// One square: what is due.
/** @type {(run: Run, t: number, which: number, box: import("../../../parts/common/squares.js").SquareBox, scale: import("../../../parts/common/scales.js").Scale) => import("../../../parts/common/squares.js").Block} */
const dueBlock = (run, t, which, box, scale) => blockOf(run.row("y", 0, t), which, { rows: 1, columns: 1, down: 0, across: 0 }, box, scale);

/** @param {Run} run @param {number} total @param {string} family @param {CanvasRenderingContext2D} pen */
function layoutOf(run, total, family, pen) {
  const letters = run.answers.map((_, letter) => letter);
  const steps = Array.from({ length: run.length }, (_, k) => run.start + k).filter((t) => run.asked(t));
  const most = run.ofNumbers ? Math.max(Math.floor(MOST_ROWS / letters.length), 1) : steps.length;
  steps.splice(0, steps.length - most);
  const full = run.ofNumbers || steps.length * letters.length <= MOST_ROWS;
  let top = 4;
  const rows = steps.flatMap((t) => {
    const band = (full ? letters : run.due(t)).map((letter, k) => ({ t, letter, top: top + k * ROW }));
    top += band.length * ROW + (full ? GAP : 0);
    return band;
  });
  pen.font = `600 12px ${family}`;
  const widest = Math.max(...rows.map(({ t, letter }) => pen.measureText(rowName(run, t, letter)).width));
  const left = Math.ceil(widest) + 12;
  const ratio = devicePixelRatio || 1;
  const exact = (total - left - (run.ofNumbers ? TARGET : ARROW)) / run.epochs.length;
  const width = exact * ratio >= 2 ? Math.floor(exact * ratio) / ratio : exact;
  return { rows, full, left, width, right: left + width * run.epochs.length, foot: top, height: top + AXIS, total, ratio, family };
}
