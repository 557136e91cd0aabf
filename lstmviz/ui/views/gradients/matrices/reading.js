// How the matrices are to be read: their scale, what rows and columns are, and which numbers are special at this moment.

import { partNode, setText, tag } from "../../../parts/common/nodes.js";
import { wholeText } from "../../../parts/common/numbers.js";
import { rampOf } from "../../../parts/common/scales.js";
import { fill } from "../../../parts/common/words.js";
import { decade } from "./strength.js";

/**
 * @import { Ctx, Drawn } from "../../../parts/run/viewer.js"
 * @import { Matrices } from "./found.js"
 */

/** @param {HTMLElement} legend @param {HTMLElement} root @param {Ctx<any>} ctx @param {() => Matrices} own @returns {Drawn} */
export function createReading(legend, root, ctx, own) {
  const about = partNode("span", "", root);
  const silent = partNode("span", "", root);
  const zeros = partNode("span", "", root);
  const underflows = partNode("span", "", root);
  legend.className = "matrices_legend";
  // Room is kept for a sentence that is true at another moment.
  /** @type {(node: HTMLElement, counts: number[], m: number, text: string) => void} */
  const say = (node, counts, m, text) => {
    node.hidden = !counts.some(Boolean);
    node.classList.toggle("matrices_not", !counts[m]);
    setText(node, ` ${text}`);
  };
  return {
    draw({ epoch }) {
      const found = own();
      const m = found.moment(ctx.runs.first.snapshot(epoch));
      const { words } = ctx;
      say(zeros, found.about.zeros, m, words.matrices_zeros);
      const count = found.about.underflows[m];
      say(underflows, found.about.underflows, m, fill(count === 1 ? words.matrices_under_one : words.matrices_under, { count: wholeText(count) }));
    },
    refresh() {
      const found = own();
      const { low, high, cut, first, last, asked } = found.about;
      const strip = tag("i");
      strip.style.background = rampOf(found.scale(ctx.palette.dark));
      legend.replaceChildren((cut ? "≤ " : "") + decade(low), strip, `${decade(high)} · ${ctx.words.matrices_scale}`);
      setText(about, fill(ctx.words.matrices_read, { first, last }));
      setText(silent, asked.length < found.size ? ` ${ctx.words.matrices_rows}` : "");
    },
  };
}
