// Where the parts of an LSTM stand; `b` is what all have in common, of `layoutFrame`.

import { JOIN, LAYOUT_NAME, layoutActivations, layoutGates, layoutSums, RIM } from "./layout_parts.js";

/** @import { CellLayout, Frame } from "./layout.js" */

/** @type {(b: Frame) => CellLayout} */
export function lstmLayout(b) {
  const { at, half, left, right, top, tall, wide } = b;
  const rail = top + tall / 2;
  const low = rail + 50;
  const out = rail + 64;
  const gates = Math.max(out + (wide ? 32 : 44), top + tall + LAYOUT_NAME + (wide ? 22 : 14));
  const middle = gates + tall / 2;
  const bottom = gates + tall;
  const bus = bottom + (wide ? 52 : 44);
  const [f, i, g, o, up] = (wide ? [0.11, 0.32, 0.53, 0.73, 0.9] : [0.1, 0.3, 0.5, 0.7, 0.9]).map(at);
  const names = gates - (wide ? 22 : 34);
  const join = (i + g) / 2;
  const turn = Math.min(up + RIM + 16, b.to - 5);
  return {
    bus,
    middle,
    bottom,
    reads: [
      [left + half + 3, middle],
      [b.from - 8, middle],
      [b.from - 8, bus],
      [wide ? b.from : JOIN, bus],
    ],
    vectors: [
      { id: "c_before", quantity: "c", when: "before", x: left, y: top, from: 1 },
      { id: "h_before", quantity: "h", when: "before", x: left, y: gates, from: 1 },
      ...layoutGates({ f, i, g, o }, gates),
      { id: "c_after", quantity: "c", when: "after", x: right, y: top, from: 3 },
      { id: "h_after", quantity: "h", when: "after", x: right, y: gates, from: 3 },
    ],
    wires: [
      ...layoutSums({ f, i, g, o }, bus, bottom + 25),
      {
        id: "old_c",
        colour: "c",
        phase: 3,
        width: 3,
        points: [
          [left + half + 3, rail],
          [f - RIM - 1, rail],
        ],
      },
      {
        id: "keep",
        colour: "c",
        phase: 3,
        width: 3,
        points: [
          [f + RIM, rail],
          [join - RIM - 1, rail],
        ],
      },
      {
        id: "new_c",
        colour: "c",
        phase: 3,
        width: 3,
        points: [
          [join + RIM, rail],
          [right - half - 3, rail],
        ],
      },
      {
        id: "f",
        colour: "f",
        phase: 3,
        points: [
          [f, names],
          [f, rail + RIM + 1],
        ],
      },
      {
        id: "i",
        colour: "i",
        phase: 3,
        points: [
          [i, names],
          [i, low],
          [join - RIM - 1, low],
        ],
      },
      {
        id: "g",
        colour: "g",
        phase: 3,
        points: [
          [g, names],
          [g, low],
          [join + RIM + 1, low],
        ],
      },
      {
        id: "add",
        colour: "i",
        phase: 3,
        points: [
          [join, low - RIM],
          [join, rail + RIM + 1],
        ],
      },
      {
        id: "to_tanh",
        colour: "c",
        phase: 3,
        points: [
          [up, rail],
          [up, rail + 17],
        ],
      },
      {
        id: "squash_c",
        colour: "c",
        phase: 3,
        points: [
          [up, rail + 37],
          [up, out - RIM - 1],
        ],
      },
      {
        id: "o",
        colour: "o",
        phase: 3,
        points: [
          [o, names],
          [o, out],
          [up - RIM - 1, out],
        ],
      },
      {
        id: "new_h",
        colour: "h",
        phase: 3,
        width: 3,
        points: [
          [up + RIM, out],
          [turn, out],
          [turn, middle],
          [right - half - 3, middle],
        ],
      },
    ],
    signs: [
      ...layoutActivations({ f, i, g, o }, bottom + 15),
      { id: "keep", sign: "×", x: f, y: rail, colour: "f", phase: 3 },
      { id: "new_c", sign: "+", x: join, y: rail, colour: "c", phase: 3, quiet: true },
      { id: "add", sign: "×", x: join, y: low, colour: "i", phase: 3, aside: [6, -21] },
      { id: "squash_c", sign: "tanh", x: up, y: rail + 27, colour: "c", phase: 3, aside: [-26, 4], end: true },
      { id: "new_h", sign: "×", x: up, y: out, colour: "h", phase: 3, quiet: true },
    ],
    legendOnTop: true,
  };
}
