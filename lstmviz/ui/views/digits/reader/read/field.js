// What lies over a heatmap of the 28 steps: the one on display, those not read yet, and those covered.

import { partNode, setShown } from "../../../../parts/common/nodes.js";
import { ROWS } from "../answers.js";

/**
 * @import { Ctx, State } from "../main.js"
 *
 * Where the numbers stand, how high a row is, and how wide a covered one is hatched, beginning at the left, or before it where
 * that is negative; in CSS pixels.
 * @typedef {{ left: number, width: number, row: number, hatched: number }} FieldSize
 */

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createField(root, ctx) {
  const hatch = Array.from({ length: ROWS }, () => partNode("i", "digits_hatch", root));
  const veil = partNode("i", "digits_veil", root);
  const pointed = partNode("i", "digits_pointed", root);
  const lit = partNode("i", "digits_lit", root);
  /** @type {FieldSize} */
  let size = { left: 0, width: 0, row: 1, hatched: 0 };

  /** @type {(node: HTMLElement, row: number, count?: number, left?: number) => void} */
  const put = (node, row, count = 1, left = size.left) => {
    node.style.transform = `translate(${left}px, ${row * size.row}px)`;
    node.style.height = `${count * size.row}px`;
  };

  return {
    /** @param {FieldSize} next */
    place(next) {
      size = next;
      for (const node of [veil, pointed, lit]) node.style.width = `${size.width}px`;
      hatch.forEach((node, row) => {
        node.style.width = `${Math.abs(size.hatched)}px`;
        put(node, row, 1, size.left + Math.min(size.hatched, 0));
      });
    },
    /** @param {State} now */
    draw({ row, covered, hover }) {
      hatch.forEach((node, k) => setShown(node, covered.includes(k)));
      setShown(veil, row < ROWS - 1);
      put(veil, row + 1, ROWS - 1 - row);
      setShown(lit, row < ROWS - 1 || ctx.playing());
      put(lit, row);
      setShown(pointed, Boolean(hover));
      if (hover) put(pointed, hover.row);
    },
  };
}
