// Steps that somebody has lit on another page, as those of a state of the machine: marked wherever the run is seen.

import { setText, tag } from "../common/nodes.js";
import { fill } from "../common/words.js";

/**
 * @import { State } from "./state.js"
 * @import { Ctx } from "./viewer.js"
 */

/** @type {ReadonlySet<number>} */
const NO_STEPS = new Set();

// Those of the network on display; those of another one are not shown.
/** @type {(now: State, ctx: Ctx) => ReadonlySet<number>} */
export const litSteps = ({ lit }, { header }) => (lit?.experiment === header.experiment ? lit.steps : NO_STEPS);

// A button that says what is lit, and puts it out.
/** @param {HTMLElement} root @param {Ctx} ctx */
export function createLit(root, ctx) {
  const button = tag("button", { type: "button", class: "run_lit", click: () => ctx.state.set({ lit: null }) });
  button.hidden = true;
  root.append(button);
  return {
    /** @param {State} now */
    draw(now) {
      button.hidden = litSteps(now, ctx).size === 0;
      if (!button.hidden && now.lit) setText(button, fill(ctx.words.run_lit, { state: now.lit.state }));
    },
    refresh() {
      button.title = ctx.words.run_lit_title;
    },
  };
}
