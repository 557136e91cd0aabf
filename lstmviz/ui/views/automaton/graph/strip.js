// Some patterns of the text under the machines: the letter read, the state after it, and the letter said.

import { partNode, setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { shareText } from "../../../parts/common/numbers.js";
import { aloud, fill, lone, quoted } from "../../../parts/common/words.js";
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
    for (const name of ["strip_letter", "strip_state", "strip_said", ...(machines().mass ? ["strip_mass"] : [])]) partNode("span", name, node);
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
    cells.forEach((node, k) => {
      const t = start + k;
      const there = t < told.steps;
      node.classList.toggle("strip_none", !there);
      node.disabled = !there;
      if (!there) return;
      const state = told.state(of, t);
      const [letter, number, said, mass] = /** @type {HTMLElement[]} */ (Array.from(node.children));
      setText(letter, lone(run.alphabet[run.letter(t)]));
      setText(number, state < 0 ? "—" : String(state + 1));
      setText(said, lone(told.speak(told.names[told.predicted[t]], ctx.words)));
      if (mass && told.mass) {
        setText(mass, String(Math.floor(100 * told.mass[t] + 1e-4))); // 100 for all of it alone
        mass.style.setProperty("--mass", String(told.mass[t]));
      }
      setAttribute(node, "data-t", String(t));
      setAttribute(node, "title", sayStep(t));
      node.classList.toggle("strip_begins", t % run.period === 0);
      node.classList.toggle("strip_wrong", !told.right(t));
      node.classList.toggle("strip_lit", state >= 0 && state === lit);
      node.classList.toggle("strip_now", t === now.t);
    });
    setText(says, sayStep(now.t));
    says.classList.toggle("strip_errs", !told.right(now.t));
    setText(heads.children[1], machine.says.length > 1 ? ctx.words.strip_state : "");
    setAttribute(root, "data-start", String(start));
  };

  /** @param {number} t */
  const sayStep = (t) => {
    const { words } = ctx;
    const told = machines();
    const { of } = light.get();
    const state = told.state(of, t);
    const [said, due] = [told.predicted, told.due].map((one) => quoted(told.speak(told.names[one[t]], words)));
    const mass = told.mass ? aloud(shareText(told.mass[t]), words) : "";
    const values = { t, letter: quoted(labelOf(ctx.runs.first, t)), state: state < 0 ? "—" : state + 1, said, due, mass };
    if (told.names[told.due[t]] === null) return fill(words.strip_silent, values);
    return fill(words[`strip_${told.right(t) ? "right" : "wrong"}_${told.asks}`], values);
  };

  const unsubscribe = light.subscribe(() => ctx.runs && draw(ctx.state.get()));
  return {
    draw,
    refresh() {
      const { words, runs: { first: { period, stop } } } = ctx;
      const room = Math.max(Math.floor((root.clientWidth - HEADS) / CELL), 4);
      count = Math.min(room < period ? room : Math.floor(room / period) * period, Math.ceil(stop / period) * period);
      const masses = machines()?.mass !== undefined;
      root.classList.toggle("strip_masses", masses);
      heads.replaceChildren(...[words.strip_read, words.strip_state, words.strip_said, ...(masses ? [words.strip_mass] : [])].map((text) => tag("span", {}, text)));
      cells = Array.from({ length: count }, (_, k) => cell(k));
      row.replaceChildren(heads, ...cells);
    },
    leave: unsubscribe,
  };
}
