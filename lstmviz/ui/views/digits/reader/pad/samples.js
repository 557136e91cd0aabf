// Digits to begin with: some that are read right, and those that were hardest. A click puts one on the pad.

import { partNode, penOf, setAttribute, setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { fill } from "../../../../parts/common/words.js";
import { ROWS } from "../answers.js";
import { untouched, withAct } from "./strokes.js";

const SIZE = ROWS * ROWS;

/** @param {HTMLElement} root @param {import("../main.js").Ctx} ctx */
export function createSamples(root, ctx) {
  const { state } = ctx;
  const strips = ["right", "wrong"].map((kind) => {
    const box = partNode("div", "digits_strip", root);
    return { kind, box, title: partNode("h2", "", box), row: partNode("div", "digits_thumbs", box) };
  });
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  let made = "";

  /** @param {import("../answers.js").Dress["samples"]} samples @param {Uint8Array} images */
  function build({ labels, answers, wrong }, images) {
    buttons = labels.map((label, k) => {
      const canvas = tag("canvas", { width: ROWS, height: ROWS });
      const picture = new ImageData(ROWS, ROWS);
      for (let at = 0; at < SIZE; at++) picture.data.set([0x1d, 0x24, 0x33, images[k * SIZE + at]], 4 * at);
      penOf(canvas).putImageData(picture, 0, 0);
      const caption = tag("span", {}, String(label));
      if (wrong[k]) caption.append(" → ", tag("b", {}, String(answers[k])));
      const load = () => {
        ctx.finish();
        ctx.change({ drawing: withAct(state.get().drawing, { kind: "sample", k }), covered: [] });
      };
      const button = tag("button", { type: "button", class: "digits_thumb", click: load }, canvas, caption);
      button.dataset.sample = String(k);
      return button;
    });
    for (const { kind, row } of strips) row.replaceChildren(...buttons.filter((_, k) => wrong[k] === (kind === "wrong")));
  }

  return {
    refresh() {
      const { words, answers } = ctx;
      const { samples } = answers.header;
      if (!answers.samples || !samples) return;
      const key = samples.indices.join();
      if (key !== made) build(samples, answers.samples);
      made = key;
      for (const { kind, box, title, row } of strips) {
        setText(title, words[`samples_${kind}`]);
        setAttribute(row, "aria-label", words[`samples_${kind}`]);
        setAttribute(row, "role", "group");
        setShown(box, row.childElementCount > 0);
      }
      buttons.forEach((button, k) => {
        const said = { label: samples.labels[k], answer: samples.answers[k], index: samples.indices[k] };
        button.title = fill(samples.wrong[k] ? words.sample_wrong : words.sample_right, said);
        button.setAttribute("aria-label", button.title);
      });
    },
    /** @param {import("../main.js").State} now */
    draw({ drawing }) {
      const chosen = untouched(drawing);
      buttons.forEach((button, k) => setAttribute(button, "aria-pressed", String(k === chosen)));
    },
  };
}
