// The gates and states of one layer, 28 steps of all its units, aligned with the rows.

import { partNode, setAttribute, sizedCanvas, tag } from "../../../../parts/common/nodes.js";
import { scaleOf } from "../../../../parts/common/scales.js";
import { fill } from "../../../../parts/common/words.js";
import { ROWS } from "../answers.js";
import { createField } from "./field.js";
import { paintNumbers } from "./pixels.js";

/**
 * @import { Scale } from "../../../../parts/common/scales.js"
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Cell, Layer } from "../answers.js"
 * @import { Ctx, State } from "../main.js"
 * @import { PlotLayout } from "./rows.js"
 */

export const LEAST_UNITS = 128; // a network with fewer is drawn as wide
/** @type {Record<Cell, string[]>} */
export const QUANTITIES_OF = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["r", "z", "n", "h"], rnn: ["h"] };
/** @type {Layer[]} */
const LAYERS = [0, 1];
const WITHIN_UNIT = ["i", "f", "o", "r", "z"];

// What is shown where the chosen quantity is none of the network's.
/** @type {(now: Pick<State, "network" | "quantity">) => string} */
export const quantityOf = ({ network, quantity }) =>
  QUANTITIES_OF[network].includes(quantity) ? quantity : "h";

// The scale of a quantity, the same for all drawings but for c, which nothing bounds.
/** @type {(ctx: Pick<Ctx, "palette" | "answers">, now: State) => Scale} */
export function quantityScale(ctx, now) {
  const name = quantityOf(now);
  const { unit, signed } = ctx.palette.scales;
  if (WITHIN_UNIT.includes(name)) return scaleOf(unit, 0, 1);
  if (name !== "c") return scaleOf(signed, -1, 1);
  const bound = Math.max(1, ...LAYERS.map((layer) => largestSize(ctx.answers.quantity(now.network, layer, "c"))));
  return scaleOf(signed, -bound, bound);
}

/** @type {(values: Float32Array | null) => number} */
const largestSize = (values) => (values ?? new Float32Array()).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @param {HTMLElement} parent @param {Ctx} ctx */
export function createGates(parent, ctx) {
  const root = partNode("div", "digits_gates", parent);
  const caption = partNode("div", "digits_caption", root);
  const plot = partNode("div", "digits_rows", root);
  const canvas = partNode("canvas", "digits_units", plot);
  const field = createField(plot, ctx);
  const over = partNode("div", "digits_over", plot);
  /** @type {PlotLayout} */
  let layout; // made by `refresh`, as the pen is
  let left = 0;
  /** @type {CanvasRenderingContext2D} */
  let pen;
  let painted = "";
  let units = LEAST_UNITS;

  /** @type {(event: MouseEvent) => { band: "gates", row: number, column: number }} */
  const placeOf = (event) => {
    const box = over.getBoundingClientRect();
    const row = Math.min(Math.max(Math.floor(((event.clientY - box.top) / box.height) * ROWS), 0), ROWS - 1);
    const column = Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * units), 0), units - 1);
    return { band: "gates", row, column };
  };
  over.addEventListener("pointermove", (event) => ctx.hover(placeOf(event)));
  over.addEventListener("pointerleave", () => ctx.hover(null));
  over.addEventListener("click", (event) => ctx.clicked(event, placeOf(event)));

  return {
    /** @param {PlotLayout} next @param {number} room */
    refresh(next, room) {
      layout = next;
      left = room;
      const width = layout.unit * LEAST_UNITS;
      pen = sizedCanvas(canvas, width, ROWS * layout.row);
      canvas.style.left = over.style.left = caption.style.marginLeft = `${left}px`;
      over.style.width = caption.style.width = `${width}px`;
      over.style.height = plot.style.height = `${ROWS * layout.row}px`;
      plot.style.width = `${left + width}px`;
      plot.style.setProperty("--row", `${layout.row}px`);
      field.place({ left, width, row: layout.row, hatched: -5 });
      painted = "";
    },
    /** @param {State} now */
    draw(now) {
      const name = quantityOf(now);
      const { answers, words, palette } = ctx;
      const key = `${ctx.whole} ${now.network} ${now.layer} ${name}`;
      if (key !== painted) {
        painted = key;
        const values = answers.quantity(now.network, now.layer, name);
        units = values ? values.length / ROWS : LEAST_UNITS;
        const box = { left: 0, top: 0, width: layout.unit * LEAST_UNITS, height: ROWS * layout.row };
        pen.clearRect(0, 0, box.width, box.height);
        if (values) paintNumbers(pen, box, units, ROWS, values, quantityScale(ctx, now).pixel);
        const said = { name, layer: now.layer + 1, network: answers.about(now.network).name, units };
        caption.style.setProperty("--identity", palette.identity[name]);
        caption.replaceChildren(...gateCaption(words, said));
        setAttribute(canvas, "aria-label", fill(words.gates_says, said));
        canvas.setAttribute("role", "img");
      }
      root.classList.toggle("old", answers.old || answers.refusal !== null);
      field.draw(now);
    },
  };
}

/** @type {(words: Words, said: { name: string, layer: number, network: string, units: number }) => HTMLElement[]} */
const gateCaption = (words, said) => [tag("b", {}, said.name), tag("span", {}, fill(words.gates_of, said))];
