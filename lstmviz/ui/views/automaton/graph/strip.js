// Some patterns of the text under the machines: the letter read, the state after it, and the letter said.

import { partNode, setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { fill, lone, quoted } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Light, Machines } from "./machines.js"
 */

const CELL = 27; // pixels
const HEADS = 64; // of the names of the rows

/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {Store<Light>} light @param {() => Machines} machines */
export function createStrip(root, ctx, light, machines) {
  root.classList.add("strip");
  const row = partNode("div", "strip_row", root);
  const heads = partNode("div", "strip_heads", row);
  const says = partNode("p", "strip_says", root);
  /** @type {HTMLButtonElement[]} */
  let cells = [];
  let count = 0;

  /** @param {number} k */
  const cell = (k) => {
    const select = () => ctx.pin({ t: Number(cells[k].dataset.t) });
    const node = tag("button", { type: "button", class: "strip_cell", click: () => (ctx.state.set({ playing: false }), select()) });
    for (const name of ["strip_letter", "strip_state", "strip_said"]) partNode("span", name, node);
    return node;
  };

  // Whole patterns, with the selected step's the last, or the text's last where that is among these.
  /** @param {number} t */
  const startOf = (t) => {
    const { period, stop } = ctx.runs.first;
    if (count < period) return Math.max(Math.min(t - Math.floor(count / 2), stop - count), 0);
    const end = Math.ceil(stop / period) * period;
    return Math.max(Math.min(Math.floor(t / period) * period + period, end) - count, 0);
  };

  /** @param {State} now */
  const draw = (now) => {
    const run = ctx.runs.first;
    const told = machines();
    if (!told || !count) return;
    const { of, hover } = light.get();
    const machine = told.machines[of];
    const start = startOf(now.t);
    const lit = hover ?? told.state(of, now.t);
    const names = [...run.alphabet, "—"];
    cells.forEach((node, k) => {
      const t = start + k;
      const there = t < told.steps;
      node.classList.toggle("strip_none", !there);
      node.disabled = !there;
      if (!there) return;
      const state = told.state(of, t);
      const wrong = told.predicted[t] !== run.target(t);
      const [letter, number, said] = Array.from(node.children);
      setText(letter, lone(run.alphabet[run.letter(t)]));
      setText(number, state < 0 ? "—" : String(state + 1));
      setText(said, lone(names[told.predicted[t]]));
      setAttribute(node, "data-t", String(t));
      setAttribute(node, "title", sayStep(t));
      node.classList.toggle("strip_begins", t % run.period === 0);
      node.classList.toggle("strip_wrong", wrong);
      node.classList.toggle("strip_lit", state >= 0 && state === lit);
      node.classList.toggle("strip_now", t === now.t);
    });
    setText(says, sayStep(now.t));
    says.classList.toggle("strip_errs", told.predicted[now.t] !== run.target(now.t));
    setText(heads.children[1], machine.says.length > 1 ? ctx.words.strip_state : "");
    setAttribute(root, "data-start", String(start));
  };

  /** @param {number} t */
  const sayStep = (t) => {
    const run = ctx.runs.first;
    const told = machines();
    const { of } = light.get();
    const names = [...run.alphabet, "—"];
    const state = told.state(of, t);
    const due = run.alphabet[run.target(t)];
    const values = { t, letter: quoted(labelOf(run, t)), state: state < 0 ? "—" : state + 1, said: quoted(names[told.predicted[t]]), due: quoted(due) };
    return fill(told.predicted[t] === run.target(t) ? ctx.words.strip_right : ctx.words.strip_wrong, values);
  };

  const unsubscribe = light.subscribe(() => ctx.runs && draw(ctx.state.get()));
  return {
    draw,
    refresh() {
      const { words, runs: { first: { period, stop } } } = ctx;
      const room = Math.max(Math.floor((root.clientWidth - HEADS) / CELL), 4);
      count = Math.min(room < period ? room : Math.floor(room / period) * period, Math.ceil(stop / period) * period);
      heads.replaceChildren(...[words.strip_read, words.strip_state, words.strip_said].map((text) => tag("span", {}, text)));
      cells = Array.from({ length: count }, (_, k) => cell(k));
      row.replaceChildren(heads, ...cells);
    },
    leave: unsubscribe,
  };
}
