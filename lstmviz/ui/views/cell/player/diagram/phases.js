// The phases of a step as buttons: how far it is carried out.

import { tag } from "../../../../parts/common/nodes.js";

/**
 * @import { Cell } from "../../../../parts/run/data.js"
 * @import { Phase, State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 */

/** @type {{ phase: Phase, key: string, formula: string }[]} */
const PHASES = [
  { phase: 1, key: "add", formula: "W x + U h + b" },
  { phase: 2, key: "squash", formula: "σ, tanh" },
  { phase: 3, key: "remember", formula: "cₜ, hₜ" },
  { phase: 4, key: "predict", formula: "ŷₜ" },
];
/** @type {Partial<Record<Cell, Partial<Record<Phase, string>>>>} */
const FORMULAS = { gru: { 3: "hₜ" }, rnn: { 2: "tanh → hₜ" }, rnn_relu: { 2: "ReLU → hₜ" } };

/** @param {Player} ctx */
export function createPhases(ctx) {
  const buttons = PHASES.map(({ phase }) => {
    const [verb, formula] = [tag("b"), tag("span")];
    const button = tag("button", { type: "button", click: () => ctx.state.set({ phase }) }, verb, formula);
    return { phase, button, verb, formula };
  });
  const element = tag("div", { class: "diagram_phases", role: "group" }, ...buttons.map(({ button }) => button));
  return {
    element,
    refresh() {
      const { cell } = ctx.runs.first;
      const joined = !ctx.runs.second && cell.startsWith("rnn"); // of a plain network phases 2 and 3 are one
      element.setAttribute("aria-label", ctx.words.diagram_phases);
      let count = 0;
      PHASES.forEach(({ phase, key, formula }, k) => {
        const { button, ...texts } = buttons[k];
        button.hidden = joined && phase === 3;
        if (!button.hidden) count += 1;
        texts.verb.textContent = `${count} ${ctx.words[`diagram_phase_${key}`]}`;
        texts.formula.textContent = (ctx.runs.second ? null : FORMULAS[cell]?.[phase]) ?? formula;
      });
    },
    /** @param {State} now */
    draw(now) {
      const joined = buttons[2].button.hidden;
      const most = ctx.hidden(now) ? 3 : 4;
      for (const { phase, button } of buttons) {
        const current = Math.min(now.phase, most);
        button.setAttribute("aria-pressed", String(phase === current || (joined && phase === 2 && current === 3)));
        button.disabled = phase > most;
      }
    },
  };
}
