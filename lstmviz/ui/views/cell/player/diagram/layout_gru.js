// Where the parts of a GRU stand; `b` is what all have in common, of `layoutFrame`.

import { layoutActivations, layoutGates, layoutSums, RIM } from "./layout_parts.js";

/** @import { CellLayout, Frame } from "./layout.js" */

/** @type {(b: Frame) => CellLayout} */
export function gruLayout(b) {
  const { at, half, left, right, top, tall, wide } = b;
  const rail = top + tall / 2;
  const low = rail + 52;
  const gates = low + (wide ? 46 : 56);
  const middle = gates + tall / 2;
  const bottom = gates + tall;
  const states = bottom + 40; // the bus of h; that of x runs below it
  const bus = bottom + 58;
  const [z, r, n] = [wide ? 0.13 : 0.2, 0.45, 0.82].map(at);
  const names = gates - (wide ? 22 : 32);
  const reset = n - half - 12;
  const one = (z + n) / 2;
  /** @type {CellLayout["wires"][number]["points"]} */
  const h = [
    [left + half + 3, rail],
    [b.from - 8, rail],
    [b.from - 8, states],
  ];
  return {
    bus,
    middle: rail,
    bottom: top + tall,
    ground: bottom,
    vectors: [
      { id: "h_before", quantity: "h", when: "before", x: left, y: top, from: 1 },
      ...layoutGates({ z, r, n }, gates),
      { id: "h_after", quantity: "h", when: "after", x: right, y: top, from: 3 },
    ],
    wires: [
      { id: "h", phase: 1, plain: true, points: [...h, [reset - RIM - 1, states]], tip: true },
      ...layoutSums({ z, r }, bus, bottom + 25),
      {
        id: "sum_n",
        phase: 1,
        points: [
          [n + 11, bus],
          [n + 11, bottom + 25],
        ],
      },
      {
        id: "reset",
        phase: 1,
        points: [
          [reset + RIM, states],
          [n - 6, states],
          [n - 6, bottom + 25],
        ],
      },
      {
        id: "r",
        colour: "r",
        phase: 1,
        points: [
          [r + half + 3, middle],
          [reset, middle],
          [reset, states - RIM - 1],
        ],
      },
      {
        id: "old_h",
        colour: "h",
        phase: 3,
        width: 3,
        points: [
          [left + half + 3, rail],
          [z - RIM - 1, rail],
        ],
      },
      {
        id: "keep",
        colour: "h",
        phase: 3,
        width: 3,
        points: [
          [z + RIM, rail],
          [n - RIM - 1, rail],
        ],
      },
      {
        id: "new_h",
        colour: "h",
        phase: 3,
        width: 3,
        points: [
          [n + RIM, rail],
          [right - half - 3, rail],
        ],
      },
      {
        id: "z",
        colour: "z",
        phase: 3,
        points: [
          [z, names],
          [z, rail + RIM + 1],
        ],
      },
      {
        id: "one",
        colour: "z",
        phase: 3,
        points: [
          [z, low],
          [n - RIM - 1, low],
        ],
      },
      {
        id: "n",
        colour: "n",
        phase: 3,
        points: [
          [n, names],
          [n, low + RIM + 1],
        ],
      },
      {
        id: "add",
        colour: "n",
        phase: 3,
        points: [
          [n, low - RIM],
          [n, rail + RIM + 1],
        ],
      },
    ],
    dots: [z, r].map((x) => [x, states]),
    signs: [
      ...layoutActivations({ z, r, n }, bottom + 15),
      { id: "reset", sign: "×", x: reset, y: states, colour: "r", phase: 1, aside: [-RIM - 10, -6], end: true },
      { id: "keep", sign: "×", x: z, y: rail, colour: "z", phase: 3 },
      { id: "one", sign: "1 − z", x: one, y: low, colour: "z", phase: 3 },
      { id: "add", sign: "×", x: n, y: low, colour: "n", phase: 3 },
      { id: "new_h", sign: "+", x: n, y: rail, colour: "h", phase: 3, quiet: true },
    ],
  };
}
