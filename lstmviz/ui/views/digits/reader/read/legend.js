// What the colours and marks of the rows mean, with their ranges.

import { partNode } from "../../../../parts/common/nodes.js";
import { scaleKey } from "../../../../parts/common/scale_key.js";
import { scaleOf } from "../../../../parts/common/scales.js";
import { fill } from "../../../../parts/common/words.js";
import { quantityOf, quantityScale } from "./gates.js";
import { gradientScale, paperScale } from "./seen.js";
import { placeText } from "./shares.js";

/** @param {HTMLElement} root @param {import("../main.js").Ctx} ctx */
export function createLegend(root, ctx) {
  let shown = "";

  /** @type {(kind: "changed" | "decided", text: string) => void} */
  const mark = (kind, text) => {
    const box = partNode("span", "digits_marked", root);
    partNode("i", `digits_mark digits_${kind}`, box);
    box.append(text);
  };

  return {
    refresh() {
      shown = "";
    },
    /** @param {import("../main.js").State} now */
    draw(now) {
      const { words, answers, palette } = ctx;
      const about = answers.probabilities(now.network) && answers.verdict(now.network);
      const gradient = now.overlay ? answers.gradient(now.network) : null;
      const key = [ctx.whole, now.network, now.layer, now.quantity, Boolean(gradient), about !== null, about?.last_change, about?.decided, answers.order].join();
      if (key === shown) return;
      shown = key;
      root.replaceChildren();
      if (gradient) scaleKey(root, words.legend_gradient, gradientScale(palette, gradient), words.gradient_about);
      else scaleKey(root, words.legend_ink, paperScale());
      scaleKey(root, "ŷ", scaleOf(palette.scales.unit, 0, 1), words[`heat_${answers.order}`]);
      scaleKey(root, quantityOf(now), quantityScale(ctx, now), words[`quantity_${quantityOf(now)}`]);
      if (!about) return;
      /** @type {(row: number) => string} */
      const place = (row) => placeText(words, answers.order, row);
      mark("changed", fill(words.mark_changed, { place: place(about.last_change) }));
      if (about.decided !== null) mark("decided", fill(words.mark_decided, { place: place(about.decided) }));
    },
  };
}
