// The same drawing read by each kind of network: what it answers, and how it came to it.

import { partNode, setAttribute, setText, sizedCanvas, tag } from "../../../../parts/common/nodes.js";
import { scaleOf } from "../../../../parts/common/scales.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, rowOf, winner } from "../answers.js";
import { paintHeat } from "./heat.js";
import { percentText } from "./shares.js";

const CELL = 8; // pixels a square is wide
const HIGH = 3;

/** @param {HTMLElement} root @param {import("../main.js").Ctx} ctx */
export function createCompare(root, ctx) {
  const { state } = ctx;
  const title = partNode("h2", "", root);
  const cards = partNode("div", "digits_cards", root);
  const note = partNode("p", "digits_note", root);
  /** @type {ReturnType<typeof createCard>[]} */
  const made = [];
  let painted = "";

  function createCard() {
    const canvas = tag("canvas", { class: "digits_small" });
    const [name, big, share, right] = ["digits_name", "digits_answer", "digits_share", "digits_right"].map((one) => tag("span", { class: one }));
    const card = tag("button", { type: "button", class: "digits_card" }, canvas, tag("span", { class: "digits_about" }, name, tag("span", { class: "digits_said" }, big, share), right));
    cards.append(card);
    return { card, canvas, name, big, share, right };
  }

  return {
    refresh() {
      const { networks } = ctx.answers.header;
      while (made.length > networks.length) made.pop()?.card.remove();
      while (made.length < networks.length) made.push(createCard());
      setText(title, ctx.words.compare);
      painted = "";
    },
    /** @param {import("../main.js").State} now */
    draw(now) {
      const { answers, words, palette } = ctx;
      const key = `${ctx.whole} ${now.network}`;
      cards.classList.toggle("old", answers.old || answers.refusal !== null);
      if (key === painted) return;
      painted = key;
      answers.header.networks.forEach(({ cell, name, accuracy }, k) => {
        const { card, canvas, name: title, big, share, right } = made[k];
        const values = answers.networks[cell]?.probabilities ?? null;
        const pen = sizedCanvas(canvas, CLASSES * CELL, ROWS * HIGH);
        paintHeat(pen, { cell: CELL, row: HIGH }, values, scaleOf(palette.scales.unit, 0, 1));
        card.onclick = () => state.set({ network: cell });
        const digit = values ? winner(values, ROWS - 1) : null;
        setText(title, name);
        setText(big, digit === null ? "" : String(digit));
        setText(share, values && digit !== null ? percentText(rowOf(values, ROWS - 1)[digit]) : "");
        setText(right, fill(words.compare_right, { share: `${(100 * accuracy).toFixed(2)}%` }));
        setAttribute(card, "aria-pressed", String(cell === now.network));
        card.title = fill(words.compare_open, { network: name });
      });
      const badge = answers.networks[now.network] ? ctx.badges[now.network] : null;
      note.className = `digits_note ${badge?.[0] ?? ""}`;
      setText(note, badge ? `${answers.about(now.network).name}: ${badge[1]}` : "");
    },
  };
}
