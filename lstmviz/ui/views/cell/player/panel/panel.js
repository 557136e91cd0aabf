// The panel beside the figure: the arithmetic of one number, what there is to see and why, and what can be changed.

import { nodeOf, setShown, tag } from "../../../../parts/common/nodes.js";
import { createBeside } from "./beside.js";
import { createChanges } from "../changes/changes.js";
import { createEdits } from "../changes/edits.js";
import { createSentences } from "./sentences.js";
import { createSums } from "../sums/sums.js";
import { createTry } from "./try.js";
import { isTyping } from "../../../../parts/run/keys.js";
import { createTabs } from "./tabs.js";

/**
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 * @import { ShownHeader } from "../main.js"
 */

const SPACING = 80; // ms between two sentences while the player runs: nobody reads faster, and each costs

/** @param {HTMLElement} root @param {Player} ctx */
export function createPanel(root, ctx) {
  const edits = createEdits(ctx, root);
  const sums = createSums(ctx, edits);
  const sentences = createSentences(ctx);
  const tries = createTry(ctx, edits);
  const changes = createChanges(ctx, edits);
  const beside = createBeside(ctx, edits);
  const notices = nodeOf(ctx.root, "[data-part=notices]");
  let lastSlow = 0;
  /** @type {ShownHeader | null} */
  let header = null;
  let timer = 0;
  const bodies = {
    explain: tag("div", { class: "tab" }, tries.root, ...sentences.roots),
    change: tag("div", { class: "tab", hidden: true }, ...changes.roots),
    beside: tag("div", { class: "tab", hidden: true }, beside.root),
  };
  const tabs = createTabs(ctx, bodies);
  root.replaceChildren(sums.root, tabs.root, ...Object.values(bodies));

  // Streamlit's shortcuts are letters, and it cannot see that these are typed into a field of ours.
  /** @type {(event: KeyboardEvent) => void} */
  const typed = (event) => {
    if (isTyping(event)) event.stopPropagation();
  };
  root.addEventListener("keydown", typed);

  const drawSlow = () => {
    clearTimeout(timer);
    timer = 0;
    if (!ctx.runs) return;
    lastSlow = performance.now();
    const now = ctx.state.get();
    sentences.draw(now);
    tries.draw(now);
    changes.draw(now);
  };

  return {
    /** @param {State} now */
    draw(now) {
      sums.draw(now);
      tabs.draw(now);
      const waited = performance.now() - lastSlow;
      if (waited >= SPACING) drawSlow();
      else if (!timer) timer = setTimeout(drawSlow, SPACING - waited);
    },
    refresh() {
      if (header !== ctx.header) edits.answered(); // else only the size has changed
      header = ctx.header;
      for (const part of [sums, tabs, sentences, tries, changes, beside]) part.refresh();
      const said = ctx.header.notices;
      setShown(notices, said.length > 0);
      if (notices.dataset.said !== JSON.stringify(said)) {
        notices.dataset.said = JSON.stringify(said);
        notices.replaceChildren(...said.map((sentence) => tag("p", {}, sentence)));
      }
      lastSlow = 0; // what is new is drawn with the next frame
    },
    leave() {
      clearTimeout(timer);
      edits.leave();
      root.removeEventListener("keydown", typed);
    },
  };
}
