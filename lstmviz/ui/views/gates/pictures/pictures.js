// The two pictures, laid out for the room they have; a square that is clicked is selected, everywhere.

import { canvasPair, penOf, setAttribute, sizedCanvas } from "../../../parts/common/nodes.js";
import { fill } from "../../../parts/common/words.js";
import { runPointer } from "../../../parts/run/run_block.js";
import { runArray, runPage } from "../../../parts/run/run_layout.js";
import { litSteps } from "../../../parts/run/lit.js";
import { picturesLayout, rowAt, squareAt } from "./layout.js";
import { rowsOf } from "./looks.js";
import { digitsFor, paintPictures, paintSelection, rowLabel } from "./paint.js";

/**
 * @import { Quantity, Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Scale } from "../../../parts/common/scales.js"
 * @import { PicturesLayout } from "./layout.js"
 * @import { Looks } from "./looks.js"
 */

/** @param {HTMLElement} root @param {Ctx} ctx @param {Looks} looks */
export function createPictures(root, ctx, looks) {
  root.classList.add("gates_pictures");
  const [squares, marks] = canvasPair(root, "", "gates_marks");
  marks.tabIndex = 0; // its keys go from number to number
  /** @type {PicturesLayout | null} */
  let layout = null;
  /** @type {CanvasRenderingContext2D[]} */
  let pens = [];
  let laid = "";
  /** @type {unknown[]} */
  let painted = [];
  let start = -1;
  /** @type {{ width: number, ratio: number, family: string, gutter: number }} */
  let measured; // by `refresh`

  runPointer(marks, ctx, {
    down: true,
    over: (place) => {
      const known = place?.quantity && place.of ? { ...place, of: place.of } : null;
      const before = ctx.state.get().hover;
      const same = known?.t === before?.t && known?.unit === before?.unit && known?.quantity === before?.quantity;
      if (!same) ctx.hover(known);
    },
    pick: ({ t, ...place }) => {
      ctx.state.set({ playing: false });
      ctx.pin(place.quantity && ctx.runs.first.quantities.concat("logits").includes(place.quantity) ? { t, ...place } : { t });
    },
    place: (x, y) => {
      const at = layout && squareAt(layout, x, y);
      if (!at) return null;
      const t = start + at.row;
      return t < ctx.runs.first.stop ? { t, unit: at.unit, quantity: at.quantity, of: "first" } : null;
    },
    step: (y) => ctx.runs.first.clamp(layout ? start + rowAt(layout, y) : start),
  });

  /** @type {(run: Run, rows: number, numbers: boolean) => PicturesLayout} */
  const lay = (run, rows, numbers) => {
    const { width, ratio, gutter } = measured;
    const next = picturesLayout(run, { width, rows, gutter, numbers, ratio });
    root.style.height = `${next.height}px`;
    pens = [squares, marks].map((canvas) => sizedCanvas(canvas, width, next.height));
    painted = [];
    return next;
  };
  /** @type {(run: Run, now: State) => (quantity: Quantity) => Scale} */
  const scaleOf = (run, now) => (quantity) => (now.notes ? ctx.palette.notes : ctx.palette.scale(runArray(quantity, run), run));

  return {
    /** @param {State} now */
    draw(now) {
      const { run, e } = ctx.sides(now)[0];
      const rows = rowsOf(ctx);
      const key = [rows, now.numbers].join();
      if (key !== laid) start = -1;
      const at = layout && key === laid ? layout : lay(run, rows, now.numbers);
      layout = at;
      laid = key;
      start = runPage(run, now.t, { count: rows, stride: rows }, start);
      const wanted = [run, e, start, ctx.palette, now.notes];
      if (wanted.some((one, k) => one !== painted[k])) {
        const shown = { run, e, start, scaleOf: scaleOf(run, now) };
        paintPictures(pens[0], at, shown, { ...ctx, ...measured, numbers: now.numbers });
        painted = wanted;
        looks.tight(now.numbers && at.blocks.some(({ quantity, wide }) => digitsFor(shown.scaleOf(quantity), wide) === null));
        setAttribute(marks, "aria-label", fill(ctx.words.gates_picture, { first: start, last: Math.min(start + rows, run.stop) - 1 }));
      }
      paintSelection(pens[1], at, { start, now, lit: litSteps(now, ctx), palette: ctx.palette });
      Object.assign(root.dataset, { start, epoch: run.epochs[e] });
    },
    refresh() {
      const { first } = ctx.runs;
      const pen = penOf(squares);
      const family = getComputedStyle(root).fontFamily;
      pen.font = `12px ${family}`;
      const labels = Array.from({ length: Math.min(first.period, first.length) }, (_, t) => rowLabel(first, first.start + t));
      const gutter = 14 + Math.max(...labels.map((label) => pen.measureText(label).width));
      measured = { width: root.clientWidth, ratio: devicePixelRatio || 1, family, gutter };
      laid = "";
    },
  };
}
