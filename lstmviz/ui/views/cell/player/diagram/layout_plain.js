// Where the parts of a plain network stand; `b` is what all have in common, of `layoutFrame`.

import { RIM } from "./layout_parts.js";

/**
 * @import { CellLayout, Frame } from "./layout.js"
 * @import { Run } from "../../../../parts/run/data.js"
 */

/** @type {(b: Frame, cell: Run["cell"]) => CellLayout} */
export function plainLayout(b, cell) {
  const { at, half, left, right, tall, wide } = b;
  const top = Math.max(b.top, wide ? 66 : 44);
  const rail = top + tall / 2;
  const bottom = top + tall;
  const bus = Math.max(rail + 62, bottom + 54);
  const [box, plus, a, squash] = (wide ? [0.15, 0.36, 0.57, 0.83] : [0.15, 0.37, 0.6, 0.88]).map(at);
  const reach = wide ? 31 : 27; // from the middle of a box of products to its edge
  return {
    bus,
    middle: rail,
    bottom,
    vectors: [
      { id: "h_before", quantity: "h", when: "before", x: left, y: top, from: 1 },
      { id: "a", quantity: "h", x: a, y: top, from: 1, sum: true },
      { id: "h_after", quantity: "h", when: "after", x: right, y: top, from: 2 },
    ],
    wires: [
      {
        id: "h",
        phase: 1,
        points: [
          [left + half + 3, rail],
          [box - reach - 1, rail],
        ],
      },
      {
        id: "uh",
        phase: 1,
        points: [
          [box + reach, rail],
          [plus - RIM - 1, rail],
        ],
      },
      {
        id: "wx",
        phase: 1,
        points: [
          [box + reach, bus],
          [plus, bus],
          [plus, rail + RIM + 1],
        ],
      },
      {
        id: "sum_h",
        phase: 1,
        points: [
          [plus + RIM, rail],
          [a - half - 3, rail],
        ],
      },
      {
        id: "act_h",
        colour: "h",
        phase: 2,
        width: 3,
        points: [
          [a + half + 3, rail],
          [right - half - 3, rail],
        ],
      },
    ],
    entry: box - reach - 1,
    enter: box,
    signs: [
      { id: "uh", sign: "U h + b", x: box, y: rail, phase: 1, reach, aside: [-16, -17] },
      { id: "wx", sign: "W x + b", x: box, y: bus, phase: 1, reach, aside: [-16, -17] },
      { id: "sum_h", sign: "+", x: plus, y: rail, phase: 1, quiet: true },
      {
        id: "act_h",
        sign: cell === "rnn_relu" ? "ReLU" : "tanh",
        x: squash,
        y: rail,
        colour: "h",
        phase: 2,
        quiet: true,
      },
    ],
  };
}
