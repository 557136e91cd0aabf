// Over the pictures: which colours, which order, and what the colours mean.

import { choiceOf } from "../common/choice.js";
import { partNode } from "../common/nodes.js";
import { scaleKey } from "../common/scale_key.js";

/** @param {HTMLElement} root @param {import("./main.js").Ctx} ctx */
export function createBar(root, ctx) {
  const { state } = ctx;
  /** @type {import("../common/choice.js").Choice<"notes" | "own">} */
  const colours = choiceOf(root, (value) => state.set({ colours: value }));
  /** @type {import("../common/choice.js").Choice<"seed" | "loss">} */
  const order = choiceOf(root, (value) => state.set({ sort: value }));
  const legend = partNode("div", "grid_legend", root);
  let shown = "";

  return {
    /** @param {import("./main.js").State} now */
    draw(now) {
      colours.press(now.colours);
      order.press(now.sort);
      const bounds = ctx.groups.map((group) => group.bound);
      const told = ctx.groups.map((group) => group.boundTold);
      const drawing = JSON.stringify([now.colours, ctx.palette.dark, bounds, told]);
      if (drawing === shown) return;
      shown = drawing;
      legend.replaceChildren();
      /** @type {(name: string, quantity: import("./networks.js").Shown, ends: number[]) => void} */
      const keys = (name, quantity, ends) => {
        for (const end of new Set(ends)) {
          const group = ctx.groups[ends.indexOf(end)];
          const whose = new Set(ends).size > 1 ? `${name} (${group.name})` : name;
          scaleKey(legend, whose, ctx.scales(group, now.colours)[quantity], end === 1 ? "" : ctx.words.beyond);
        }
      };
      const numbers = ctx.groups.some((group) => group.numbers);
      if (now.colours === "notes") {
        const beyond = bounds.some((bound) => bound > 1) ? ctx.words.beyond : "";
        scaleKey(legend, numbers ? "h" : "h, ŷ", ctx.scales(ctx.groups[0], "notes").h, beyond);
        if (numbers) keys("ŷ", "probabilities", told);
      } else {
        keys("h", "h", bounds);
        keys("ŷ", "probabilities", told);
      }
    },
    refresh() {
      const { words } = ctx;
      colours.offer(words.colours, [
        ["notes", words.colours_notes, words.colours_notes_about],
        ["own", words.colours_own, words.colours_own_about],
      ]);
      order.offer(words.order, [["seed", words.order_seed], ["loss", words.order_loss, words.order_loss_about]]);
      legend.title = words.halves;
      shown = "";
    },
  };
}
