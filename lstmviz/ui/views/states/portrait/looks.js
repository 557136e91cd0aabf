// Over the picture: what is seen of the state, coloured by what, and the map whose arrows are drawn.

import { choiceOf } from "../../../parts/common/choice.js";
import { setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { rampOf, rangeText } from "../../../parts/common/scales.js";
import { lone } from "../../../parts/common/words.js";
import { createLit } from "../../../parts/run/lit.js";
import { scaleBy } from "./colours.js";
import { createHeld } from "./held.js";
import { stateNames } from "./plane.js";
import { sizeOf } from "./step.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { Choice } from "../../../parts/common/choice.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Look } from "./look.js"
 * @import { PortraitHeader } from "./portrait.js"
 */

/** @param {HTMLElement} root @param {Ctx<PortraitHeader>} ctx @param {Store<Look>} look */
export function createPortraitLooks(root, ctx, look) {
  root.classList.add("portrait_looks");
  const plane = tag("select", { change: () => look.set({ plane: plane.value, start: null }) });
  const planes = tag("label", {}, tag("span", { class: "choice_label" }), plane);
  root.append(planes);
  const map = tag("select", { change: () => chooseMap(Number(map.value)) });
  const maps = tag("label", {}, tag("span", { class: "choice_label" }), map);
  root.append(maps);
  /** @type {Choice<Look["by"]>} */
  const by = choiceOf(root, (value) => look.set({ by: value }));
  const ramp = tag("i");
  const range = tag("span");
  const scale = tag("span", { class: "portrait_scale" }, ramp, range);
  root.append(scale);
  const more = tag("div", { class: "portrait_more" });
  /** @type {(parent: HTMLElement, click: () => void) => HTMLButtonElement} */
  const toggle = (parent, click) => {
    const button = tag("button", { type: "button", class: "portrait_toggle", click });
    parent.append(button);
    return button;
  };
  const toggles = {
    basins: toggle(root, () => look.set({ basins: !look.get().basins })),
    sequences: toggle(root, () => look.set({ sequences: !look.get().sequences })),
    seeds: toggle(root, () => ctx.ask({ url: { seeds: ctx.header.seeds.asked ? null : "1" } })),
  };
  const opener = tag("button", { type: "button", class: "portrait_opener", click: () => look.set({ more: !look.get().more }) });
  root.append(opener);
  /** @type {Choice<number>} */
  const trail = choiceOf(more, (value) => look.set({ trail: value }));
  const ghost = toggle(more, () => look.set({ ghost: !look.get().ghost }));
  /** @type {Choice<string>} */
  const beside = choiceOf(more, (cell) => ctx.ask({ url: { with: cell ? `cell=${cell}` : null } }));
  const held = createHeld(more, ctx, look);
  const clear = tag("button", { type: "button", class: "portrait_toggle", click: () => look.set({ start: null }) });
  root.append(clear);
  const lit = createLit(root, ctx);
  root.append(more);

  /** @param {number} chosen */
  const chooseMap = (chosen) => {
    look.set({ map: chosen, start: null });
    if (chosen >= 0) ctx.ask({ url: { map: chosen === 0 ? null : String(chosen) } });
  };

  const press = () => {
    const now = look.get();
    plane.value = now.plane;
    map.value = String(now.map);
    by.press(now.by);
    const { first } = ctx.runs;
    scale.hidden = !first.ofNumbers;
    if (first.ofNumbers) {
      const colours = scaleBy(first, now.by, ctx.palette);
      ramp.style.background = rampOf(colours);
      setText(range, rangeText(colours));
    }
    beside.press(ctx.header.beside ?? "");
    trail.press(first.isPattern ? now.trail : Math.min(now.trail, 1));
    setAttribute(ghost, "aria-pressed", String(now.ghost));
    setAttribute(toggles.basins, "aria-pressed", String(now.basins));
    setAttribute(toggles.sequences, "aria-pressed", String(now.sequences));
    setAttribute(toggles.seeds, "aria-pressed", String(ctx.header.seeds.asked));
    setAttribute(opener, "aria-expanded", String(now.more));
    more.hidden = !now.more;
    held.draw();
    lit.draw(ctx.state.get());
    toggles.basins.disabled = now.map < 0 || now.plane === "pca3" || now.plane.split(",").length !== 2 && now.plane !== "pca2";
    clear.hidden = now.start === null;
  };
  let entered = false;
  const unsubscribe = look.subscribe(() => ctx.runs && press());
  return {
    draw: press,
    refresh() {
      lit.refresh();
      const { words, runs: { first } } = ctx;
      const offered = planesOf(first, words);
      if (!offered.some(([value]) => value === look.get().plane)) look.set({ plane: usualPlane(first, ctx.header), start: null });
      if (!entered) look.set({ map: ctx.header.letter, more: look.get().more || ctx.header.beside !== null });
      entered = true;
      const { inputs } = ctx.header;
      const lost = look.get().map > (inputs ?? first.alphabet).length || (look.get().map === 0 && !first.isPattern);
      if (lost) look.set({ map: ctx.header.letter });
      offer(plane, offered);
      /** @type {[string, string][]} */
      const letters = (inputs?.map(({ name }) => name) ?? first.alphabet.map(lone)).map((name, k) => [String(k + 1), name]);
      if (first.isPattern) letters.unshift(["0", words.portrait_map_pattern]);
      offer(map, [...letters, ["-1", words.portrait_map_none]]);
      for (const [label, name] of /** @type {[HTMLElement, string][]} */ ([[planes, words.portrait_plane], [maps, words.portrait_map]])) {
        setText(/** @type {Node} */ (label.firstChild), name);
      }
      const own = first.isPattern ? "label" : first.ofNumbers ? "target" : "due";
      by.offer(words.portrait_by, [
        ["label", words[`portrait_by_${own}`], words[`portrait_by_${own}_title`]],
        first.ofNumbers ? ["letter", words.portrait_by_number, words.portrait_by_number_title] : ["letter", words.portrait_by_letter],
      ]);
      if (first.isPattern) trail.offer(words.portrait_trail, [[0, words.portrait_trail_none], [1, "1"], [3, "3"]]);
      else trail.offer(words.portrait_trail_sequence, [[0, words.portrait_trail_none], [1, words.portrait_trail_all]]);
      toggles.seeds.hidden = !first.isPattern;
      toggles.sequences.hidden = !ctx.header.sequences;
      beside.offer(words.portrait_beside, [["", words.portrait_beside_none], ...ctx.header.cells]);
      for (const [name, button] of Object.entries({ ...toggles, ghost })) {
        setText(button, words[`portrait_${name}`]);
        button.title = words[`portrait_${name}_title`];
      }
      setText(opener, words.portrait_more);
      held.refresh();
      setText(clear, words.portrait_clear);
      press();
    },
    leave: unsubscribe,
  };
}

// Two numbers at a time where there are few; the principal axes where there are more than can be seen at once.
/** @type {(run: Run, words: Record<string, string>) => [string, string][]} */
function planesOf(run, words) {
  const size = sizeOf(run);
  const names = stateNames(run);
  if (size === 1) return [["0", names[0]]];
  /** @type {[string, string][]} */
  const pairs = [];
  for (const [from, to] of size > run.units ? [[0, run.units], [run.units, size]] : [[0, size]]) {
    for (let k = from; k < Math.min(to, from + 8); k++) for (let j = k + 1; j < Math.min(to, from + 8); j++) pairs.push([`${k},${j}`, `${names[k]} · ${names[j]}`]);
  }
  if (size > run.units) for (let k = 0; k < Math.min(run.units, 8); k++) pairs.push([`${k},${run.units + k}`, `${names[k]} · ${names[run.units + k]}`]);
  /** @type {[string, string][]} */
  const spaces = run.units === 3 ? [["0,1,2", "h₁ · h₂ · h₃"], ...(size > 3 ? /** @type {[string, string][]} */ ([["3,4,5", "c₁ · c₂ · c₃"]]) : [])] : [];
  /** @type {[string, string][]} */
  const principal = size > 2 ? [["pca2", words.portrait_pca2], ["pca3", words.portrait_pca3]] : [];
  return [...pairs, ...spaces, ...principal];
}

// The two units that tell equal letters apart best, as the engine says; the principal axes where there are many units.
/** @type {(run: Run, header: PortraitHeader) => string} */
const usualPlane = (run, { usual }) => (sizeOf(run) === 1 ? "0" : run.units > 3 ? "pca2" : usual);

/** @type {(select: HTMLSelectElement, options: [string, string][]) => void} */
function offer(select, options) {
  select.replaceChildren(...options.map(([value, text]) => tag("option", { value }, text)));
}
