// The matrices as squares, the losses of the steps upwards and the states to the right, and what one square says in all of them.

import { canvasPair, partNode, setAttribute, setText, sizedCanvas, tag } from "../../../parts/common/nodes.js";
import { createFoldedTable } from "../../../parts/common/folded_table.js";
import { squareKeys } from "../../../parts/common/keys.js";
import { wholeText } from "../../../parts/common/numbers.js";
import { blockOf, paintBlocks } from "../../../parts/common/squares.js";
import { byHand, fill } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";
import { strength } from "./strength.js";

/**
 * @import { Ctx, Drawn } from "../../../parts/run/viewer.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { MatrixAbout, Matrices } from "./found.js"
 *
 * The square that is pointed at, in the panel of that number.
 * @typedef {{ number: number, t: number, k: number }} Pointed
 *
 * @typedef {object} Panel
 * @property {HTMLElement} figure
 * @property {HTMLElement} title
 * @property {HTMLElement} plot
 * @property {HTMLCanvasElement} squares
 * @property {HTMLCanvasElement} marks
 * @property {HTMLElement} value
 */

const LEFT = 20; // for the steps of the losses
const TOP = 2;
const BELOW = 18; // for the steps of the states
const GAP = 12; // between panels, as in the style sheet
const NARROW = 140; // a panel's least width: its title's
const WIDE = 240;
const READABLE = 10; // a square's least width with its letter below

/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {() => Matrices} own @returns {Drawn} */
export function createPanels(root, ctx, own) {
  const row = partNode("div", "matrices_row", root);
  const says = partNode("p", "matrices_says", root);
  const table = createFoldedTable(root, () => tableOf(ctx, own(), painted));
  /** @type {Panel[]} */
  const panels = [];
  /** @type {Pointed | null} */
  let at = null;
  let side = 1; // of a square, in CSS pixels
  let painted = -1; // the moment that is

  /** @type {(number: number, event: MouseEvent) => Pointed | null} */
  const pointed = (number, { offsetX, offsetY }) => {
    const { size, about } = own();
    const column = Math.floor((offsetX - LEFT) / side);
    const up = size - 1 - Math.floor((offsetY - TOP) / side);
    return column >= 0 && column <= up && up < size ? { number, t: about.first + up, k: about.first + column } : null;
  };
  /** @param {number} number @returns {Panel} */
  const add = (number) => {
    const figure = partNode("figure", "matrix", row);
    const title = partNode("div", "matrix_title", figure);
    const plot = partNode("div", "matrix_plot", figure);
    const [squares, marks] = canvasPair(plot, "matrix_squares", "matrix_marks");
    const value = partNode("output", "matrix_value", figure);
    /** @param {Pointed | null} next @param {"polite" | "off"} [aloud] */
    const point = (next, aloud = "off") => {
      at = next;
      setAttribute(says, "aria-live", aloud);
      draw(ctx.state.get());
    };
    const choose = () => at && ctx.pin({ t: at.k });
    marks.addEventListener("pointermove", (event) => point(pointed(number, event)));
    marks.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && point(null));
    marks.addEventListener("click", (event) => {
      point(pointed(number, event));
      choose();
    });
    squareKeys(marks, {
      move(right, up) {
        const { first, last } = own().about;
        if (at?.number !== number) return point({ number, t: last, k: last }, "polite");
        const k = Math.min(Math.max(at.k + right, first), last);
        point({ number, t: Math.min(Math.max(at.t + up, k), last), k }, "polite");
      },
      choose,
      leave: () => point(null),
    });
    return { figure, title, plot, squares, marks, value };
  };

  /** @param {number} m */
  const paint = (m) => {
    painted = m;
    const found = own();
    const { size, about, arrays } = found;
    const { palette } = ctx;
    const colours = found.scale(palette.dark);
    const extent = size * side;
    const family = getComputedStyle(root).fontFamily;
    about.matrices.forEach(({ name }, number) => {
      const pen = sizedCanvas(panels[number].squares, LEFT + extent + 1, TOP + extent + BELOW);
      const shape = { rows: size, columns: size, down: -size, across: 1 }; // later losses above
      const box = { left: LEFT, top: TOP, width: side, height: side };
      paintBlocks(pen, [blockOf(arrays[name], ((m + 1) * size - 1) * size, shape, box, colours)], devicePixelRatio || 1);
      pen.strokeStyle = palette.rule;
      pen.strokeRect(LEFT - 0.5, TOP - 0.5, extent + 1, extent + 1);
      const letters = side < READABLE || ctx.runs.first.ofNumbers ? [] : Array.from({ length: size }, (_, k) => labelOf(ctx.runs.first, about.first + k));
      paintSteps(pen, about, letters, { side, extent, family, colour: palette.quiet });
    });
  };

  /** @param {State} now */
  function draw(now) {
    const found = own();
    const m = found.moment(ctx.runs.first.snapshot(now.epoch));
    if (m !== painted) paint(m);
    const { matrices, first, last } = found.about;
    const { accent, ink } = ctx.palette;
    const extent = found.size * side;
    matrices.forEach(({ name }, number) => {
      const { marks, value } = panels[number];
      const pen = sizedCanvas(marks, LEFT + extent + 1, TOP + extent + BELOW);
      if (now.t >= first && now.t <= last) paintSelected(pen, now.t - first, { side, extent, colour: accent });
      if (at) paintPointed(pen, at.t - first, at.k - first, { side, extent, colour: ink });
      setText(value, at && asks(at.t) ? strength(found.value(name, m, at.t, at.k)) : "");
    });
    setText(says, at ? told(at, m) : byHand(ctx.words.matrices_hint, ctx.words.matrices_hint_touch));
    table.draw(ctx.words.run_table, [found, m, ctx.words]);
  }

  /** @param {number} t */
  const asks = (t) => own().about.asked.includes(t);

  // What the square says, and of which epoch, where another network has no snapshot at this one.
  /** @type {(square: Pointed, m: number) => string} */
  const told = ({ number, t, k }, m) => {
    const found = own();
    const { matrices, places } = found.about;
    const { name, network, epochs } = matrices[number];
    if (!asks(t)) return fill(ctx.words.matrices_silent, { t, k });
    const value = strength(found.value(name, m, t, k));
    const text = fill(ctx.words.matrices_at, { t, k, lag: t - k, value });
    const shown = ctx.runs.first.epochs[places[m]];
    return epochs[m] === shown ? text : text + fill(ctx.words.matrices_other, { network, epoch: wholeText(epochs[m]) });
  };

  return {
    draw,
    refresh() {
      const { about, size } = own();
      const { matrices, first, last } = about;
      while (panels.length > matrices.length) panels.pop()?.figure.remove();
      while (panels.length < matrices.length) panels.push(add(panels.length));
      if (at && (at.number >= matrices.length || at.k < first || at.t > last)) at = null;
      side = sideOf(root.clientWidth, matrices.length, size);
      matrices.forEach((one, number) => {
        const { figure, title, plot, marks } = panels[number];
        figure.classList.toggle("matrix_own", one.own);
        figure.dataset.name = one.name;
        figure.style.width = `${Math.max(LEFT + size * side + 1, NARROW)}px`;
        title.replaceChildren(...titleNodes(one));
        plot.style.height = `${TOP + size * side + BELOW}px`;
        setAttribute(marks, "aria-label", fill(ctx.words.matrices_picture, { network: one.network, of: one.of, first, last }));
      });
      painted = -1;
    },
  };
}

/** @param {MatrixAbout} about */
const titleNodes = ({ network, of }) => [`${network} |∂L`, tag("sub", {}, "t"), `/∂${of}`, tag("sub", {}, "k"), "|"];

// A row for each loss and state, a column for each matrix.
/** @type {(ctx: Ctx<any>, found: Matrices, m: number) => import("../../../parts/common/folded_table.js").Table} */
function tableOf({ runs: { first: run }, words }, found, m) {
  const { first, asked, matrices, places } = found.about;
  const pairs = asked.flatMap((t) => Array.from({ length: t - first + 1 }, (_, k) => ({ t, k: first + k })));
  return {
    caption: fill(words.matrices_table_of, { epoch: wholeText(run.epochs[places[m]]) }),
    heads: ["t", "k", ...matrices.map(({ network, of }) => `${network} |∂L/∂${of}|`)],
    rows: pairs.map(({ t, k }) => [String(t), String(k), ...matrices.map(({ name }) => strength(found.value(name, m, t, k)))]),
  };
}

// Whole pixels of the screen a square, as many as fit: all panels in one row, or in rows of as many each.
/** @type {(width: number, count: number, size: number) => number} */
function sideOf(width, count, size) {
  const fit = Math.min(Math.max(Math.floor((width + GAP) / (NARROW + GAP)), 1), Math.max(count, 1));
  const columns = Math.ceil(count / Math.ceil(count / fit)) || 1;
  const room = Math.min((width - GAP * (columns - 1)) / columns, WIDE) - LEFT - 1;
  const ratio = devicePixelRatio || 1;
  return Math.max(Math.floor((room / size) * ratio), 1) / ratio;
}

// The numbers of the first and the last step, and below the squares, where they are wide enough, what is read there instead.
/** @type {(pen: CanvasRenderingContext2D, steps: { first: number, last: number }, letters: string[], look: { side: number, extent: number, family: string, colour: string }) => void} */
function paintSteps(pen, { first, last }, letters, { side, extent, family, colour }) {
  Object.assign(pen, { fillStyle: colour, font: `12px ${family}`, textBaseline: "alphabetic", textAlign: "left" });
  const low = TOP + extent + BELOW - 4;
  if (!letters.length) pen.fillText(String(first), LEFT, low);
  pen.textAlign = "center";
  if (!letters.length) pen.fillText("k", LEFT + extent / 2, low);
  letters.forEach((letter, k) => pen.fillText(letter, LEFT + (k + 0.5) * side, low, side));
  pen.textAlign = "right";
  if (!letters.length) pen.fillText(String(last), LEFT + extent, low);
  pen.fillText("t", LEFT - 7, TOP + extent / 2 + 4);
  pen.save();
  pen.translate(LEFT - 7, TOP);
  pen.rotate(-Math.PI / 2);
  pen.fillText(String(last), 0, 0);
  pen.restore();
}

// The state of the selected step: a column, from its own loss upwards.
/** @type {(pen: CanvasRenderingContext2D, k: number, look: { side: number, extent: number, colour: string }) => void} */
function paintSelected(pen, k, { side, extent, colour }) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: 1.5 });
  pen.strokeRect(LEFT + k * side - 1, TOP, side + 2, extent - k * side);
}

// A square, with the way from its loss back to it.
/** @type {(pen: CanvasRenderingContext2D, t: number, k: number, look: { side: number, extent: number, colour: string }) => void} */
function paintPointed(pen, t, k, { side, extent, colour }) {
  const top = TOP + extent - (t + 1) * side;
  Object.assign(pen, { strokeStyle: colour, lineWidth: 1 });
  pen.strokeRect(LEFT + k * side - 0.5, top - 0.5, (t - k + 1) * side + 1, side + 1);
  pen.lineWidth = 2;
  pen.strokeRect(LEFT + k * side - 2, top - 2, side + 4, side + 4);
}
