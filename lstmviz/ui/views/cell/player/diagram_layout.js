// Where everything of a cell's diagram stands, in pixels of the width at hand: one function for each cell, which has a
// wide form (the prediction right of the new h) and a narrow one (below it).
//
//   vectors: x their middle, y the top of their first square; `when` tells the state "before" the step from the one
//            "after" it; `from` is the phase in which they have values; `gate`: they show their sums in phase 1
//   wires:   points, identity colour (null: no quantity's own), the phase that they belong to, what they say (`id`)
//   signs:   the operators and functions on the wires

import { gruLayout } from "./diagram_layout_gru.js";
import { JOIN, LAYOUT_NAME, RIM } from "./diagram_layout_parts.js";
import { lstmLayout } from "./diagram_layout_lstm.js";
import { plainLayout } from "./diagram_layout_plain.js";

export const DIAGRAM_WIDE = 620;
const LAYOUT_LETTERS = 5; // letters that the one-hot vector spells out
const LAYOUT_NUMBERS = 8; // units that a vector shows as numbers
const LAYOUT_LINE = 16; // height of a line of the legend

// alone: no other diagram stands beside it, so that the buttons of the phases are inside.
export function diagramLayout(run, width, alone) {
  const wide = width >= DIAGRAM_WIDE;
  const size = layoutSquares(run.units, wide);
  const letters = run.alphabet.length;
  const spelt = letters <= LAYOUT_LETTERS;
  const oneHot = { spelt, width: spelt ? Math.min(18, 76 / letters) * letters : 76 };
  const base = { ...layoutFrame(width, wide, size), alone, oneHot };
  const rows = (room, row) => Math.max(Math.min(run.alphabet.length, Math.floor(room / row)), 2);
  const laid = { lstm: lstmLayout, gru: gruLayout }[run.cell]?.(base) ?? plainLayout(base, run.cell);
  return wide ? layoutBeside(base, laid, rows) : layoutBelow(base, laid, rows);
}

function layoutSquares(units, wide) {
  const text = units <= LAYOUT_NUMBERS;
  const most = wide ? 26 : 32;
  const pitch = text ? Math.min(most, 170 / units) : Math.max(Math.floor(340 / units) / 2, 2.5);
  const gap = text ? 2 : pitch > 7 ? 1 : 0;
  const width = text ? (wide ? 52 : 42) : wide ? 30 : 16;
  return { text, pitch, gap, width, height: pitch - gap, tall: pitch * units - gap };
}

function layoutFrame(width, wide, size) {
  const half = size.width / 2;
  const left = wide ? 42 : half + 2;
  const bars = wide ? Math.min(Math.max(Math.round(0.22 * width), 152), 200) : 164;
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
    at: (share) => from + (to - from) * share,
  };
}

// The bus: the letter's wire, along the bottom to the last gate.
function layoutLetterWire(b, laid, x) {
  const start = [x.x + x.width / 2 + 4, x.y];
  const wire = { id: "x", phase: 1, plain: !laid.entry };
  const level = x.y === laid.bus;
  if (laid.entry && level) return { ...wire, points: [start, [laid.entry, x.y]] };
  if (laid.entry) return { ...wire, points: [start, [laid.enter, x.y], [laid.enter, laid.bus + RIM + 1]] };
  const last = Math.max(...laid.vectors.filter((vector) => vector.gate).map((vector) => vector.x));
  const end = [laid.ground ? last + 11 : last, laid.bus];
  return { ...wire, points: level ? [start, end] : [start, [JOIN, x.y], [JOIN, laid.bus], end] };
}

function layoutBeside(b, laid, rowsIn) {
  const ROW = 20;
  const legend = 5 * LAYOUT_LINE;
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

function layoutBelow(b, laid, rowsIn) {
  const ROW = 26;
  const x = { ...b.oneHot, x: 40, y: laid.bus + 46 };
  const rows = rowsIn(6 * ROW, ROW);
  const y = laid.bus + 60;
  const bars = { x: b.width - b.bars, y, width: b.bars, rows, row: ROW };
  const legend = { x: 2, y: x.y + 44, width: b.width - b.bars - 14 };
  return layoutAll(b, laid, x, {
    height: Math.max(y + rows * ROW + 2, legend.y + 5 * LAYOUT_LINE),
    bars,
    read: [
      [b.right, laid.bottom + 5],
      [b.right, y - LAYOUT_NAME],
    ],
    frame: { x: b.from, y: 0.5, width: b.to - b.from, height: laid.bus + 16 },
    legend,
  });
}

function layoutAll(b, laid, x, rest) {
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
