// Where everything of a cell's diagram stands, in pixels of the width at hand: one function for each cell, which has a
// wide form (the prediction right of the new h) and a narrow one (below it).

import { gruLayout } from "./layout_gru.js";
import { JOIN, LAYOUT_NAME, RIM } from "./layout_parts.js";
import { lstmLayout } from "./layout_lstm.js";
import { plainLayout } from "./layout_plain.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { Phase } from "../../../../parts/run/state.js"
 * @import { Point } from "./svg.js"
 *
 * A column of squares: `x` its middle, `y` the top of its first square. when: tells the state before the step from the one after
 * it; from: the phase in which it has values; gate: it shows its sums in phase 1; sum: it shows nothing but sums.
 * @typedef {{ id: string, quantity: Quantity, x: number, y: number, from: Phase, when?: "before" | "after", gate?: boolean,
 *   sum?: boolean }} VectorLayout
 *
 * A wire: what it says (`id`), the phase that it belongs to, the colour of a quantity; plain: without a tip, unless `tip`.
 * @typedef {{ id: string, phase: Phase, points: Point[], colour?: Quantity, width?: number, plain?: boolean, tip?: boolean }}
 *   WireLayout
 *
 * An operator or function on the wires; small: one of the functions that the sums go through; quiet: without a number, which
 * stands `aside` of it otherwise, and ends there if `end`.
 * @typedef {object} SignLayout
 * @property {string} id
 * @property {string} sign
 * @property {number} x
 * @property {number} y
 * @property {Phase} phase
 * @property {Quantity} [colour]
 * @property {boolean} [small]
 * @property {boolean} [quiet]
 * @property {number} [reach] from its middle to its edge
 * @property {Point} [aside]
 * @property {boolean} [end]
 *
 * Where the parts of a cell stand: the bus of x, the middle and the bottom of the new h, the wire by which the old h is read.
 * @typedef {object} CellLayout
 * @property {number} bus
 * @property {number} middle
 * @property {number} bottom
 * @property {number} [ground] where the bus of h runs, if that is another one
 * @property {Point[]} [reads]
 * @property {VectorLayout[]} vectors
 * @property {WireLayout[]} wires
 * @property {SignLayout[]} signs
 * @property {Point[]} [dots]
 * @property {number} [entry] where the letter's wire ends, if not at the last gate
 * @property {number} [enter] where it turns up to that
 * @property {boolean} [legendOnTop]
 *
 * @typedef {{ x: number, y: number, width: number }} Spot
 * @typedef {{ spelt: boolean, width: number }} OneHotSize
 * @typedef {Spot & { rows: number, row: number }} BarsLayout
 * @typedef {ReturnType<typeof layoutSquares>} SquareSizes
 * @typedef {ReturnType<typeof layoutFrame> & { alone: boolean, oneHot: OneHotSize, lines: number }} Frame what all cells have in
 *   common; lines: of the legend
 *
 * What stands around the cell.
 * @typedef {object} Around
 * @property {number} height
 * @property {BarsLayout} bars
 * @property {Point[]} read the wire to the prediction
 * @property {Spot & { height: number }} frame
 * @property {Spot | false} [phases]
 * @property {Spot} [caption]
 * @property {Spot} legend
 *
 * @typedef {ReturnType<typeof layoutAll>} DiagramLayout
 */

export const DIAGRAM_WIDE = 620;
const LAYOUT_LETTERS = 5; // letters that the one-hot vector spells out
const LAYOUT_NUMBERS = 8; // units that a vector shows as numbers
const LAYOUT_LINE = 16; // height of a line of the legend

// alone: no other diagram stands beside it, so that the buttons of the phases are inside.
/** @param {Run} run @param {number} width @param {boolean} alone */
export function diagramLayout(run, width, alone) {
  const wide = width >= DIAGRAM_WIDE;
  const size = layoutSquares(run.units, wide);
  const letters = run.alphabet.length;
  const spelt = letters <= LAYOUT_LETTERS;
  const oneHot = { spelt, width: run.ofNumbers ? Math.min(38 * letters, 76) : spelt ? Math.min(18, 76 / letters) * letters : 76 };
  const base = { ...layoutFrame(width, wide, size, run.ofNumbers), alone, oneHot, lines: run.ofNumbers ? 7 : 5 };
  /** @type {(room: number, row: number) => number} */
  const rows = (room, row) => Math.max(Math.min(run.answers.length, Math.floor(room / row)), Math.min(2, run.answers.length));
  const laid = run.cell === "lstm" ? lstmLayout(base) : run.cell === "gru" ? gruLayout(base) : plainLayout(base, run.cell);
  return wide ? layoutBeside(base, laid, rows) : layoutBelow(base, laid, rows);
}

/** @param {number} units @param {boolean} wide */
function layoutSquares(units, wide) {
  const text = units <= LAYOUT_NUMBERS;
  const most = wide ? 26 : 32;
  const pitch = text ? Math.min(most, 170 / units) : Math.max(Math.floor(340 / units) / 2, 2.5);
  const gap = text ? 2 : pitch > 7 ? 1 : 0;
  const width = text ? (wide ? 52 : 42) : wide ? 30 : 16;
  return { text, pitch, gap, width, height: pitch - gap, tall: pitch * units - gap };
}

// ofNumbers: beside what is told stands what is due, which takes room.
/** @param {number} width @param {boolean} wide @param {SquareSizes} size @param {boolean} ofNumbers */
function layoutFrame(width, wide, size, ofNumbers) {
  const half = size.width / 2;
  const left = wide ? 42 : half + 2;
  const most = ofNumbers ? 232 : 200;
  const bars = wide ? Math.min(Math.max(Math.round((ofNumbers ? 0.26 : 0.22) * width), 152), most) : ofNumbers ? Math.min(Math.max(width / 2, 180), 260) : 178;
  const right = wide ? width - bars - (size.text ? 28 : 58) - half : width - half - (size.text ? 2 : 34);
  const from = wide ? 92 : 54;
  const to = right - half - (wide ? 18 : 10);
  const top = Math.max(LAYOUT_NAME + (wide ? 0 : 4), (wide ? 62 : 38) - size.tall / 2);
  return {
    width,
    wide,
    size,
    half,
    left,
    right,
    bars,
    from,
    to,
    top,
    tall: size.tall,
    /** @type {(share: number) => number} */
    at: (share) => from + (to - from) * share,
  };
}

// The bus: the letter's wire, along the bottom to the last gate.
/** @type {(b: Frame, laid: CellLayout, x: OneHotSize & { x: number, y: number }) => WireLayout} */
function layoutLetterWire(b, laid, x) {
  /** @type {Point} */
  const start = [x.x + x.width / 2 + 4, x.y];
  /** @type {Omit<WireLayout, "points">} */
  const wire = { id: "x", phase: 1, plain: !laid.entry };
  const level = x.y === laid.bus;
  if (laid.entry && level) return { ...wire, points: [start, [laid.entry, x.y]] };
  if (laid.enter) return { ...wire, points: [start, [laid.enter, x.y], [laid.enter, laid.bus + RIM + 1]] };
  const last = Math.max(...laid.vectors.filter((vector) => vector.gate).map((vector) => vector.x));
  /** @type {Point} */
  const end = [laid.ground ? last + 11 : last, laid.bus];
  return { ...wire, points: level ? [start, end] : [start, [JOIN, x.y], [JOIN, laid.bus], end] };
}

/** @param {Frame} b @param {CellLayout} laid @param {(room: number, row: number) => number} rowsIn */
function layoutBeside(b, laid, rowsIn) {
  const ROW = 20;
  const legend = b.lines * LAYOUT_LINE;
  const foot = laid.bus + (laid.entry ? 22 : 12);
  const height = foot + (b.alone ? 46 : 22);
  const x = { ...b.oneHot, x: b.left, y: laid.bus };
  const room = height - legend - LAYOUT_NAME - 6;
  const rows = rowsIn(Math.min(room, 11 * ROW), ROW);
  const tall = rows * ROW;
  const [highest, lowest] = laid.legendOnTop
    ? [legend + LAYOUT_NAME, height - tall - 2]
    : [LAYOUT_NAME, height - legend - tall - 8];
  const y = Math.min(Math.max(laid.middle - tall / 2, highest), Math.max(lowest, highest));
  const bars = { x: b.width - b.bars, y, width: b.bars, rows, row: ROW };
  const aim = Math.min(Math.max(laid.middle, y + 8), y + tall - 8);
  const edge = b.right + b.half + 3;
  /** @type {Point[]} */
  const read =
    laid.middle === aim
      ? [
          [edge, aim],
          [bars.x - 5, aim],
        ]
      : [
          [edge, laid.middle],
          [edge + 10, laid.middle],
          [edge + 10, aim],
          [bars.x - 5, aim],
        ];
  return layoutAll(b, laid, x, {
    height,
    bars,
    read,
    frame: { x: b.from, y: 0.5, width: b.to - b.from, height: height - 1 },
    phases: b.alone && { x: b.from + 8, y: foot, width: b.to - b.from - 16 },
    caption: { x: b.from + 12, y: 6, width: b.to - b.from - 24 },
    legend: { x: bars.x, y: laid.legendOnTop ? 2 : height - legend, width: b.bars },
  });
}

/** @param {Frame} b @param {CellLayout} laid @param {(room: number, row: number) => number} rowsIn */
function layoutBelow(b, laid, rowsIn) {
  const ROW = 26;
  const x = { ...b.oneHot, x: 40, y: laid.bus + 46 };
  const rows = rowsIn(6 * ROW, ROW);
  const y = laid.bus + 60;
  const bars = { x: b.width - b.bars, y, width: b.bars, rows, row: ROW };
  const legend = { x: 2, y: x.y + 44, width: b.width - b.bars - 14 };
  return layoutAll(b, laid, x, {
    height: Math.max(y + rows * ROW + 2, legend.y + b.lines * LAYOUT_LINE),
    bars,
    read: [
      [b.right, laid.bottom + 5],
      [b.right, y - LAYOUT_NAME],
    ],
    frame: { x: b.from, y: 0.5, width: b.to - b.from, height: laid.bus + 16 },
    legend,
  });
}

/** @param {Frame} b @param {CellLayout} laid @param {OneHotSize & { x: number, y: number }} x @param {Around} rest */
function layoutAll(b, laid, x, rest) {
  /** @type {WireLayout[]} */
  const wires = [layoutLetterWire(b, laid, x), ...laid.wires, { id: "read", colour: "h", phase: 4, points: rest.read }];
  if (laid.reads) wires.unshift({ id: "h", phase: 1, plain: true, points: laid.reads });
  return {
    ...laid,
    ...rest,
    wires,
    x,
    wide: b.wide,
    size: b.size,
    half: b.half,
    roomy: b.wide && b.to - b.from > 390,
    width: b.width,
  };
}
