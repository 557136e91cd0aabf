// What is not seen of a state, for arrows, basins and new paths: as in the selected step, or set by hand.

import { choiceOf } from "../../../parts/common/choice.js";
import { setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { number } from "../../../parts/common/numbers.js";
import { fill } from "../../../parts/common/words.js";
import { boundsOf, stateNames, unseen } from "./plane.js";
import { sizeOf, stateAt } from "./step.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { Choice } from "../../../parts/common/choice.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Look } from "./look.js"
 *
 * @typedef {{ place: number, label: HTMLElement, input: HTMLInputElement, output: HTMLElement }} Slider
 */

const MOST = 8; // sliders; what is beyond them stays as it was in the step from which they began

// What is set by hand for a run, if it is and the plane leaves something out.
/** @type {(look: Look, run: Run) => Float64Array | null} */
export const heldByHand = ({ held, plane }, run) => (held?.length === sizeOf(run) && unseen(plane, sizeOf(run)).length > 0 ? held : null);

/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {Store<Look>} look */
export function createHeld(root, ctx, look) {
  /** @type {Choice<boolean>} */
  const choice = choiceOf(root, (byHand) => look.set({ held: byHand ? nowHeld() : null }));
  const row = tag("div", { class: "portrait_sliders" });
  root.append(row);
  /** @type {Slider[]} */
  let sliders = [];
  /** @type {unknown[]} */
  let made = [];

  const nowHeld = () => {
    const { first } = ctx.runs;
    const { t, epoch } = ctx.state.get();
    return heldByHand(look.get(), first) ?? stateAt(first, first.snapshot(epoch), t);
  };

  /** @type {(place: number) => Slider} */
  const sliderOf = (place) => {
    const { first } = ctx.runs;
    const { low, high } = boundsOf(first, place);
    const name = stateNames(first)[place];
    const input = tag("input", {
      type: "range", min: low, max: high, step: (high - low) / 200,
      input: () => {
        const held = nowHeld().slice();
        held[place] = Number(input.value);
        look.set({ held });
      },
    });
    const output = tag("output");
    const label = tag("label", {}, tag("span", {}, name), input, output);
    row.append(label);
    return { place, label, input, output };
  };

  return {
    draw() {
      const { first } = ctx.runs;
      const { plane, map } = look.get();
      const all = map < 0 ? [] : unseen(plane, sizeOf(first));
      const offered = all.slice(0, MOST);
      const held = heldByHand(look.get(), first);
      choice.group.hidden = offered.length === 0;
      choice.press(held !== null);
      row.hidden = offered.length === 0 || held === null;
      if (!held) return;
      const wanted = [first, plane, first.bound, ctx.words];
      if (wanted.some((one, k) => one !== made[k]) || sliders.length !== offered.length) {
        made = wanted;
        row.replaceChildren();
        sliders = offered.map(sliderOf);
        if (all.length > MOST) row.append(tag("small", {}, fill(ctx.words.portrait_others_more, { count: all.length - MOST })));
      }
      for (const { place, input, output } of sliders) {
        if (Number(input.value) !== held[place]) input.value = String(held[place]);
        const text = number(held[place]);
        setText(output, text);
        setAttribute(input, "aria-valuetext", text);
      }
    },
    refresh() {
      const { words } = ctx;
      choice.offer(words.portrait_others, [[false, words.portrait_others_step, words.portrait_others_title], [true, words.portrait_others_hand, words.portrait_others_title]]);
    },
  };
}
