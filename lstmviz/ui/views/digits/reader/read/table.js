// What the network answers after each row, as a table below the picture.

import { createFoldedTable } from "../../../../parts/common/folded_table.js";
import { number } from "../../../../parts/common/numbers.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, rowOf } from "../answers.js";
import { placeText } from "./shares.js";

/**
 * @import { Ctx, Drawn } from "../main.js"
 */

/** @param {HTMLElement} root @param {Ctx} ctx @returns {Drawn} */
export function createTable(root, ctx) {
  const table = createFoldedTable(root, () => {
    const { network } = ctx.state.get();
    const values = ctx.answers.probabilities(network);
    return {
      caption: fill(ctx.words.table_of, { network: ctx.answers.answering(network).name }),
      heads: ["", ...Array.from({ length: CLASSES }, (_, digit) => String(digit))],
      rows: values
        ? Array.from({ length: ROWS }, (_, row) => [placeText(ctx.words, ctx.answers.order, row), ...Array.from(rowOf(values, row), number)])
        : [],
    };
  });
  return { draw: (now) => table.draw(ctx.words.table, [ctx.answers.probabilities(now.network), ctx.answers.order, ctx.words]) };
}
