// Three views of the panel, one at a time: what is explained, what can be changed, and a network beside.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";

/**
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 */

/** @type {State["tab"][]} */
const TABS = ["explain", "change", "beside"];

// bodies: the element of each, by name.
/** @param {Player} ctx @param {Record<State["tab"], HTMLElement>} bodies */
export function createTabs(ctx, bodies) {
  const buttons = TABS.map((name) => tag("button", { type: "button", click: () => ctx.state.set({ tab: name }) }));
  const root = tag("div", { class: "tabs", role: "group" }, ...buttons);
  return {
    root,
    /** @param {State} state */
    draw({ tab }) {
      TABS.forEach((name, k) => {
        // In a saved file nothing can be changed or put beside: what was changed is told below the explanations.
        const wanted = tab === "change" && ctx.runs.first.ofNumbers ? "explain" : tab;
        const open = ctx.header.saved ? name !== "beside" : name === wanted;
        buttons[k].setAttribute("aria-pressed", String(open));
        setShown(bodies[name], open);
      });
    },
    refresh() {
      const made = ctx.header.changes.length;
      root.hidden = Boolean(ctx.header.saved); // there is nothing to change or to put beside without a server
      buttons[1].hidden = ctx.runs.first.ofNumbers; // what is changed from outside is told of symbols only
      TABS.forEach((name, k) => setText(buttons[k], ctx.words[`panel_tab_${name}`]));
      if (made) setText(buttons[1], `${ctx.words.panel_tab_change} · ${made}`);
    },
  };
}
