// Row by row: what the network reads, and beside each row what it answers after it. A click covers a row.

import { hasModifier } from "../../../../parts/common/keys.js";
import { partNode, setAttribute, setShown, setText, sizedCanvas } from "../../../../parts/common/nodes.js";
import { scaleOf } from "../../../../parts/common/scales.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, rowOf, winner } from "../answers.js";
import { createField } from "./field.js";
import { createGates, LEAST_UNITS } from "./gates.js";
import { paintHeat } from "./heat.js";
import { paintSeen } from "./seen.js";
import { percentText, placeText } from "./shares.js";

/**
 * @import { Ctx, State } from "../main.js"
 *
 * How large everything is, in CSS pixels: a row is `row` high, a probability's square `cell` wide, the probabilities begin at
 * `heat` and end at `own`, a unit of the gates is `unit` wide; beside: whether the gates stand beside the rows.
 * @typedef {{ row: number, cell: number, heat: number, own: number, unit: number, beside: boolean }} PlotLayout
 */

const NUMBERS = 24; // pixels for the numbers of the rows
const GUTTER = 20; // for the marks between image and probabilities
const BETWEEN = 18; // before the gates

// How large everything is: rows as high as fits with the gates beside; where those do not fit, they go below.
/** @type {(width: number, ratio: number) => PlotLayout} */
function plotLayout(width, ratio) {
  /** @param {number} row */
  const at = (row) => {
    const cell = Math.min(Math.max(Math.round(1.25 * row), row < 6 ? 7 : 9), 16);
    const heat = NUMBERS + ROWS * row + GUTTER;
    const own = heat + CLASSES * cell;
    return { row, cell, heat, own, unit: Math.floor(((width - own - BETWEEN) / LEAST_UNITS) * ratio) / ratio };
  };
  const rows = [14, 13, 12, 11, 10, 9, 8, 7, 6, 5].map(at);
  const beside = rows.find(({ row, unit }) => row >= 9 && unit >= (ratio >= 1.5 ? 1.5 : 2));
  if (beside) return { ...beside, beside: true };
  const below = rows.find(({ row, own }) => row <= 12 && own <= width) ?? rows[rows.length - 1];
  return { ...below, beside: false, unit: Math.max((width - NUMBERS) / LEAST_UNITS, 1) };
}

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createRows(root, ctx) {
  const { state } = ctx;
  const own = partNode("div", "digits_own", root);
  const captions = partNode("div", "digits_captions", own);
  const [seenCaption, heatCaption] = ["digits_caption", "digits_caption"].map((name) => partNode("span", name, captions));
  const plot = partNode("div", "digits_rows", own);
  const [seen, heat] = ["digits_seen", "digits_heat"].map((name) => partNode("canvas", name, plot));
  for (const canvas of [seen, heat]) canvas.setAttribute("aria-hidden", "true"); // the rows say it
  const lines = partNode("i", "digits_between", plot);
  const field = createField(plot, ctx);
  const marks = ["changed", "decided"].map((name) => partNode("i", `digits_mark digits_${name}`, plot));
  const list = partNode("div", "digits_list", plot);
  const options = Array.from({ length: ROWS }, (_, row) => {
    const option = partNode("div", `digits_row${row === 0 || row % 5 === 4 || row === ROWS - 1 ? " numbered" : ""}`, list);
    setText(partNode("span", "", option), String(row + 1));
    option.setAttribute("role", "option");
    return option;
  });
  const heads = partNode("div", "digits_heads", own);
  const digits = Array.from({ length: CLASSES }, (_, digit) => {
    const head = partNode("span", "", heads);
    setText(head, String(digit));
    return head;
  });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-multiselectable", "true");
  const gates = createGates(root, ctx);
  /** @type {PlotLayout} */
  let layout; // made by `refresh`, as the pens are
  /** @type {Record<"seen" | "heat", CanvasRenderingContext2D>} */
  let pens;
  let painted = "";
  let spoken = 0;

  /** @type {(event: MouseEvent) => number} */
  const rowAt = (event) => {
    const y = event.clientY - list.getBoundingClientRect().top;
    return Math.min(Math.max(Math.floor(y / layout.row), 0), ROWS - 1);
  };
  /** @type {(event: MouseEvent) => NonNullable<State["hover"]>} */
  const placeOf = (event) => {
    const x = event.clientX - list.getBoundingClientRect().left;
    const row = rowAt(event);
    if (x < layout.heat - GUTTER) return { band: "image", row, column: Math.floor((x - NUMBERS) / layout.row) };
    return { band: "heat", row, column: Math.min(Math.floor((x - layout.heat) / layout.cell), CLASSES - 1) };
  };
  /** @type {(event: Event) => number} */
  const optionOf = ({ target }) => options.findIndex((option) => target instanceof Node && option.contains(target));
  /** @type {(row: number) => void} */
  const tabStop = (row) => options.forEach((option, k) => setAttribute(option, "tabindex", k === row ? "0" : "-1"));
  list.addEventListener("pointermove", (event) => ctx.hover(placeOf(event)));
  list.addEventListener("pointerleave", () => ctx.hover(null));
  list.addEventListener("click", (event) => {
    const row = optionOf(event); // a click by voice has no place
    ctx.clicked(event, { ...placeOf(event), ...(row < 0 ? {} : { row }) });
  });
  list.addEventListener("focusin", (event) => {
    const row = optionOf(event);
    if (row >= 0) tabStop(row);
  });
  list.addEventListener("keydown", (event) => {
    const row = optionOf(event);
    if (row < 0 || hasModifier(event)) return;
    if (event.key === "Enter" || event.key === " ") ctx.cover(row, event.shiftKey);
    else if (event.key === "ArrowDown") options[Math.min(row + 1, ROWS - 1)].focus();
    else if (event.key === "ArrowUp") options[Math.max(row - 1, 0)].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  tabStop(0);

  const sayRows = () => {
    const { words, answers } = ctx;
    const { network, covered } = state.get();
    const values = answers.probabilities(network);
    options.forEach((option, row) => {
      const digit = values ? winner(values, row) : 0;
      const said = { place: placeText(words, answers.order, row), digit, share: values ? percentText(rowOf(values, row)[digit]) : "" };
      const text = values ? fill(words.row_says, said) : said.place;
      setAttribute(option, "aria-label", covered.includes(row) ? `${text}, ${words.row_covered}` : text);
    });
  };

  /** @param {State} now */
  function paint({ network, overlay }) {
    const { answers, palette } = ctx;
    const gradient = overlay ? answers.gradient(network) : null;
    paintSeen(pens.seen, layout.row, { image: answers.image, order: answers.order, gradient }, palette);
    const values = answers.probabilities(network);
    paintHeat(pens.heat, layout, values, scaleOf(palette.scales.unit, 0, 1));
    const about = answers.verdict(network);
    const [change, decided] = [about?.last_change ?? null, about?.decided ?? null];
    [change, decided].forEach((row, k) => {
      setShown(marks[k], row !== null);
      marks[k].style.top = `${((row ?? 0) + 0.5) * layout.row}px`;
      marks[k].classList.toggle("both", change === decided);
    });
    const most = values ? winner(values, ROWS - 1) : -1;
    digits.forEach((head, digit) => head.classList.toggle("most", digit === most));
    setAttribute(list, "aria-label", ctx.words[`list_${answers.order}`]);
    setText(seenCaption, ctx.words[`seen_${answers.order}`]);
    setText(heatCaption, ctx.words[`heat_${answers.order}`]);
    clearTimeout(spoken);
    spoken = setTimeout(sayRows, 250);
  }

  return {
    refresh() {
      const ratio = devicePixelRatio || 1;
      layout = plotLayout(root.clientWidth, ratio);
      const { row, cell, heat: left, own: width } = layout;
      pens = { seen: sizedCanvas(seen, ROWS * row, ROWS * row), heat: sizedCanvas(heat, CLASSES * cell, ROWS * row) };
      seen.style.left = lines.style.left = `${NUMBERS}px`;
      heat.style.left = heads.style.marginLeft = `${left}px`;
      seenCaption.style.width = `${left}px`;
      seenCaption.style.paddingLeft = `${NUMBERS}px`;
      heads.style.gridTemplateColumns = `repeat(${CLASSES}, ${cell}px)`;
      Object.assign(lines.style, { width: `${ROWS * row}px`, height: `${ROWS * row}px`, backgroundSize: `100% ${row}px` });
      Object.assign(plot.style, { width: `${width}px`, height: `${ROWS * row}px` });
      own.style.width = `${width}px`;
      plot.style.setProperty("--row", `${row}px`);
      marks.forEach((mark) => (mark.style.left = `${left - GUTTER / 2}px`));
      field.place({ left: NUMBERS, width: width - NUMBERS, row, hatched: ROWS * row });
      root.classList.toggle("below", !layout.beside);
      root.style.columnGap = `${BETWEEN}px`;
      gates.refresh(layout, layout.beside ? 0 : NUMBERS);
      painted = "";
    },
    /** @param {State} now */
    draw(now) {
      const key = `${ctx.version} ${now.network} ${now.overlay}`;
      if (key !== painted) {
        painted = key;
        paint(now);
      }
      options.forEach((option, row) => {
        setAttribute(option, "aria-selected", String(now.covered.includes(row)));
        setAttribute(option, "aria-current", row === now.row ? "true" : "false");
      });
      field.draw(now);
      gates.draw(now);
    },
    leave() {
      clearTimeout(spoken);
    },
  };
}
