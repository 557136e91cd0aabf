// What the changes come to: the pinned number, the prediction and the loss of this step, before and after.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { exact, number, points, shareText } from "../../../../parts/common/numbers.js";
import { fill, quoted } from "../../../../parts/common/words.js";
import { setMarked } from "../panel/nodes.js";

/**
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Player } from "../main.js"
 */

/** @param {Player} ctx */
export function createEffect(ctx) {
  const cells = Array.from({ length: 3 }, () => [tag("th", { scope: "row" }), tag("td"), tag("td"), tag("td")]);
  const names = [tag("td"), tag("th", { scope: "col" }), tag("th", { scope: "col" }), tag("th", { scope: "col" })];
  const lines = cells.map((row) => tag("tr", {}, ...row));
  const table = tag("table", {}, tag("tr", {}, ...names), ...lines);
  const lasts = tag("p");
  const root = tag("div", { class: "effect" }, table, lasts);

  /**
   * @param {number} k
   * @param {string} label
   * @param {number} before
   * @param {number} after
   * @param {(value: number) => string} [print]
   * @param {(value: number) => string} [printMoved]
   */
  function line(k, label, before, after, print = number, printMoved = print) {
    const [name, ...values] = cells[k];
    setMarked(name, label);
    const difference = after - before;
    const moved = `${difference > 0 ? "+" : ""}${printMoved(difference)}`;
    const same = Number.isFinite(difference) && !/[1-9]/.test(moved);
    const texts = [print(before), print(after), same ? moved.replace(/^[+−]/, "") : moved];
    values.forEach((cell, n) => {
      setText(cell, texts[n]);
      cell.title = exact([before, after, difference][n]);
    });
    values[2].classList.toggle("same", same);
  }

  return {
    root,
    /** @param {State} now */
    draw(now) {
      const { first, changed } = ctx.runs;
      setShown(root, Boolean(changed));
      if (!changed) return;
      const e = first.snapshot(now.epoch);
      const quantity = now.of === "second" ? first.gates[0] : now.quantity;
      const unit = Math.min(now.unit, first.size(quantity) - 1);
      const hidden = ctx.hidden(now) || !first.asked(now.t);
      lines.slice(1).forEach((line) => setShown(line, !hidden));
      setShown(lines[0], !(hidden && quantity === "logits"));
      const own = quantity === "logits" ? `logit ${quoted(first.answers[unit])}` : `${quantity}_{${unit + 1}}`;
      line(0, own, first.value(quantity, e, now.t, unit), changed.value(quantity, e, now.t, unit));
      const target = Math.max(first.target(now.t), 0);
      const [p, q] = [first, changed].map((run) => run.value("probabilities", e, now.t, target));
      line(1, `p(${quoted(first.answers[target])})`, p, q, shareText, (share) => fill(ctx.words.run_points, { count: points(share) }));
      const at = e * changed.length + now.t - changed.start;
      line(2, ctx.words.panel_loss, changed.arrays.effect_loss_before[at], changed.arrays.effect_loss_after[at]);
      setText(lasts, duration(changed, e, ctx.words));
    },
    refresh() {
      const { words } = ctx;
      ["", words.panel_before, words.panel_after, words.panel_difference].forEach((text, k) => setText(names[k], text));
    },
  };
}

/** @param {Run} run @param {number} e @param {Words} words */
function duration(run, e, words) {
  const [first, last] = [run.arrays.effect_first[e], run.arrays.effect_last[e]];
  if (first < 0) return words.panel_effect_none;
  if (last >= run.lastSteps) return fill(words.panel_effect_end, { first });
  if (first === last) return fill(words.panel_effect_one, { first });
  return fill(words.panel_effect_span, { first, last, count: last - first + 1 });
}
