// The numbers of the steps around the selected one, as a table below their picture.

import { createFoldedTable } from "../common/folded_table.js";
import { setShown } from "../common/nodes.js";
import { valueText, wholeText } from "../common/numbers.js";
import { fill } from "../common/words.js";
import { readAt } from "./labels.js";
import { runArray, runPage, runQuantities } from "./run_layout.js";
import { placeName } from "./run_says.js";

/**
 * @import { Run } from "./data.js"
 * @import { Ctx, Drawn } from "./viewer.js"
 */

const ROWS = 24;

/** @param {HTMLElement} root @param {Ctx<any>} ctx @returns {Drawn} */
export function createStepsTable(root, ctx) {
  /** @type {{ run: Run, e: number, start: number }} */
  let shown;
  const table = createFoldedTable(root, () => stepsOf(shown, ctx));
  let start = -1;
  return {
    draw(now) {
      const { run, e } = ctx.sides(now)[0];
      const stride = run.period > ROWS ? ROWS : Math.floor(ROWS / run.period) * run.period; // whole patterns
      start = runPage(run, now.t, { count: ROWS, stride }, start);
      setShown(root, !ctx.veil(now)); // what is to be guessed stands there too
      shown = { run, e, start };
      table.draw(ctx.words.run_table, [run, e, start, ctx.words]);
    },
    refresh() {
      start = -1;
    },
  };
}

/** @param {{ run: Run, e: number, start: number }} shown @param {Ctx} ctx */
function stepsOf({ run, e, start }, { words }) {
  const columns = runQuantities(run, false).flatMap((quantity) => Array.from({ length: run.size(quantity) }, (_, unit) => ({ quantity, unit })));
  const stop = Math.min(start + ROWS, run.stop);
  return {
    caption: fill(words.run_table_of, { first: start, last: stop - 1, epoch: wholeText(run.epochs[e]) }),
    heads: ["t", words.run_table_reads, ...columns.map(({ quantity, unit }) => placeName(run, quantity, unit))],
    rows: Array.from({ length: stop - start }, (_, k) => {
      const t = start + k;
      const values = columns.map(({ quantity, unit }) => {
        const array = runArray(quantity, run);
        return quantity === "y" && !run.asked(t) ? "" : valueText(array, run.value(array, e, t, unit));
      });
      return [String(t), readAt(run, t), ...values];
    }),
  };
}
