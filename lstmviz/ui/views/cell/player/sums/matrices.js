// The matrices that a sum takes its weights from, as squares: the row of the number and the column of the letter stand
// out, and a click on a square chooses that weight.

import { setShown, setText, sizedCanvas, tag } from "../../../../parts/common/nodes.js";
import { exact } from "../../../../parts/common/numbers.js";
import { weightName } from "../changes/text.js";
import { setMarked, unmarked } from "../panel/nodes.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Palette } from "../../../../parts/run/palette.js"
 * @import { Scale } from "../../../../parts/common/scales.js"
 * @import { Player } from "../main.js"
 * @import { WeightPlace } from "./weights.js"
 *
 * @typedef {ReturnType<typeof layMatrices>} Matrices
 * @typedef {{ quantity: Quantity, t: number, unit: number }} MatrixPlace
 */

const MOST_UNITS = 16;
const MATRIX_WIDTH = 248; // for both matrices and what is between them
const MATRIX_GAP = 22;
/** @type {WeakMap<Run, Map<boolean, number>>} */
const weightBounds = new WeakMap(); // by run: the largest magnitude of its weights, over all snapshots

// `choose(weight)` is told of a click, { name, row, column }.
/** @param {Player} ctx @param {(weight: WeightPlace) => void} choose */
export function createMatrices(ctx, choose) {
  const canvas = tag("canvas", { role: "img" });
  const names = [tag("span"), tag("span")];
  const range = tag("span", { class: "range" });
  const heading = tag("div", { class: "matrix-names" }, ...names, range);
  const root = tag("figure", { class: "matrices" }, heading, canvas);
  /** @type {Matrices | null} */
  let laid = null;
  /** @type {{ run: Run | null, key: string }} */
  let drawn = { run: null, key: "" };

  /** @type {(event: MouseEvent) => WeightPlace | null} */
  const entryAt = (event) => {
    const x = event.offsetX;
    const y = event.offsetY;
    if (!laid) return null;
    for (const block of laid.blocks) {
      const column = Math.floor((x - block.x) / laid.size);
      const row = Math.floor(y / laid.high);
      if (column >= 0 && column < block.columns && row >= 0 && row < laid.rows) {
        return { name: block.name, row: block.first + row, column };
      }
    }
    return null;
  };
  canvas.addEventListener("click", (event) => {
    const entry = entryAt(event);
    if (entry) choose(entry);
  });
  canvas.addEventListener("pointermove", (event) => {
    const entry = entryAt(event);
    canvas.style.cursor = entry ? "pointer" : "";
    canvas.title = entry && laid ? spoken(laid.run, laid.e, entry) : "";
  });

  // Where the pinned quantity has matrices, their room stays while the pointer is over one that has none.
  /** @param {Run} run @param {number} e @param {MatrixPlace} place @param {WeightPlace | null} chosen @param {Quantity} pinned */
  function draw(run, e, place, chosen, pinned) {
    /** @type {(quantity: Quantity) => boolean} */
    const has = (quantity) => run.units <= MOST_UNITS && (quantity === "logits" || run.gates.includes(quantity));
    const shown = has(place.quantity);
    setShown(root, shown || has(pinned));
    root.classList.toggle("away", !shown);
    if (!shown) return;
    laid = layMatrices(run, e, place);
    const { dark } = ctx.palette;
    const key = [e, place.quantity, place.unit, laid.letter, dark, chosen && Object.values(chosen)].join();
    if (run === drawn.run && key === drawn.key) return;
    drawn = { run, key };
    const bound = boundOf(run, laid.head);
    setText(range, `±${bound.toPrecision(2)}`);
    const { blocks } = laid;
    names.forEach((name, k) => setMarked(name, blocks[k]?.title ?? ""));
    names[1].style.left = `${laid.blocks[1]?.x ?? 0}px`;
    canvas.setAttribute("aria-label", laid.blocks.map((block) => unmarked(block.title)).join(", "));
    paint(canvas, laid, ctx.palette, ctx.palette.signed(bound), chosen);
  }
  return { root, draw };
}

/** @type {(run: Run, e: number, weight: WeightPlace) => number} */
export const weightAt = (run, e, { name, row, column }) => {
  const values = run.weights(name, e);
  return column === null ? values[row] : values[row * (values.length / rowsOf(run, name)) + column];
};

/** @param {Run} run @param {string} name */
const rowsOf = (run, name) => (name.startsWith("head") ? run.answers.length : run.gates.length * run.units);

/** @type {(run: Run, e: number, entry: WeightPlace) => string} */
const spoken = (run, e, entry) =>
  `${unmarked(weightName(run, entry.name, entry.row, entry.column))} = ${exact(weightAt(run, e, entry))}`;

/** @param {Run} run @param {number} e @param {MatrixPlace} place */
function layMatrices(run, e, { quantity, t, unit }) {
  const head = quantity === "logits";
  const letters = run.alphabet.length;
  const rows = head ? run.answers.length : run.units;
  const first = head ? 0 : run.gates.indexOf(quantity) * run.units;
  const of = run.gates.length > 1 ? `_{${quantity}}` : "";
  const columns = head ? run.units : letters + run.units;
  const size = Math.min(24, Math.floor((MATRIX_WIDTH - (head ? 0 : MATRIX_GAP)) / columns));
  /** @param {string} name @param {string} title @param {number} count @param {number} x */
  const block = (name, title, count, x) => ({ name, title, columns: count, x, first, values: run.weights(name, e) });
  const blocks = head
    ? [block("head.weight", "V", run.units, 0)]
    : [block("weight_ih", `W${of}`, letters, 0), block("weight_hh", `U${of}`, run.units, letters * size + MATRIX_GAP)];
  const high = Math.max(5, Math.min(size, rows > 8 ? 9 : 16));
  return { run, e, head, blocks, rows, size, high, row: unit, letter: head ? -1 : run.letter(t) };
}

/** @type {(canvas: HTMLCanvasElement, laid: Matrices, palette: Palette, scale: Scale, chosen: WeightPlace | null) => void} */
function paint(canvas, { blocks, rows, size, high, row, letter }, palette, scale, chosen) {
  const width = Math.max(...blocks.map((block) => block.x + block.columns * size)) + 2;
  const height = rows * high + 2;
  const pen = sizedCanvas(canvas, width, height);
  pen.translate(1, 1);
  for (const block of blocks) {
    for (let j = 0; j < rows; j++) {
      for (let k = 0; k < block.columns; k++) {
        const used = j === row && (block.name !== "weight_ih" || k === letter || letter < 0); // where numbers are read all columns are
        pen.globalAlpha = used ? 1 : j === row || (block.name === "weight_ih" && k === letter) ? 0.75 : 0.45;
        pen.fillStyle = scale.colour(block.values[(block.first + j) * block.columns + k])[0];
        pen.fillRect(block.x + k * size, j * high, size - 1, high - 1);
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.accent;
    pen.lineWidth = 1.5;
    pen.strokeRect(block.x - 0.5, row * high - 0.5, block.columns * size, high);
    if (block.name === "weight_ih" && letter >= 0) pen.strokeRect(letter * size - 0.5, -0.5, size, rows * high);
    if (chosen?.name !== block.name) continue;
    pen.strokeStyle = palette.ink;
    pen.lineWidth = 2;
    pen.strokeRect(block.x + Number(chosen.column) * size - 0.5, (chosen.row - block.first) * high - 0.5, size, high);
  }
}

/** @param {Run} run @param {boolean} head */
function boundOf(run, head) {
  const known = weightBounds.get(run) ?? new Map();
  weightBounds.set(run, known);
  let largest = known.get(head) ?? 0;
  if (largest) return largest;
  for (const name of head ? ["head.weight"] : ["weight_ih", "weight_hh"]) {
    for (const value of run.arrays[name]) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  known.set(head, largest || 1);
  return largest || 1;
}
