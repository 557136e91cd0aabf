// The control that holds the pinned value: at what, when, and in which units.

import { setText, tag } from "../../../../parts/common/nodes.js";
import { fill } from "../../../../parts/common/words.js";
import { holdPart } from "./text.js";
import { LARGEST, numberField, push, readNumber, refusal, setMarked, written7 } from "../panel/nodes.js";
import { scaleBound } from "../../../../parts/run/palette.js";

/**
 * @import { Quantity } from "../../../../parts/run/data.js"
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 * @import { Edits } from "./edits.js"
 */

const WHENS = ["step", "on", "always"];

/** @param {Player} ctx @param {Edits} edits */
export function createHold(ctx, edits) {
  const name = tag("span", { class: "field-name" });
  const slider = tag("input", { type: "range", class: "hold-slider", step: "any" });
  const field = numberField();
  const problem = tag("p", { class: "problem", role: "alert" });
  const when = tag("select");
  const units = tag("select");
  const apply = push("", take, { class: "chip strong" });
  const root = tag(
    "div",
    { class: "field hold" },
    tag("div", { class: "line" }, name, slider, field),
    tag("div", { class: "line" }, when, units, apply),
    problem,
  );
  /** @type {[low: number, high: number]} */
  let range = [0, 1];
  let shown = "";
  field.value = "0";

  slider.addEventListener("input", () => {
    const [low, high] = range;
    const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low)));
    field.value = written7(Number(Number(slider.value).toFixed(digits)));
    setText(problem, "");
  });
  field.addEventListener("input", () => {
    const value = readNumber(field.value, -LARGEST, LARGEST);
    if (value !== null) slider.value = String(value);
    setText(problem, "");
    field.setAttribute("aria-invalid", "false");
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && take());

  // What the URL allows: gates and candidates their range, states nearly anything.
  /** @type {(quantity: Quantity) => [low: number, high: number]} */
  const allowed = (quantity) => (/[ch]/.test(quantity) ? [-LARGEST, LARGEST] : range);

  function take() {
    const { t, unit, quantity } = ctx.state.get();
    const [low, high] = allowed(quantity);
    const value = readNumber(field.value, low, high);
    setText(problem, value === null ? refusal(ctx.words, field.value, low, high) : "");
    field.setAttribute("aria-invalid", String(value === null));
    if (value === null) return field.focus();
    const suffix = when.value === "step" ? `@${t}` : when.value === "on" ? `@${t}-` : "";
    edits.put(holdPart(quantity, units.value === "every" ? null : unit, written7(value), suffix));
  }

  return {
    root,
    /** @param {State} now */
    draw({ t, unit, quantity }) {
      const key = `${quantity} ${unit} ${t}`;
      if (key === shown || quantity === "logits") return;
      if (!shown.startsWith(`${quantity} `)) {
        setText(problem, "");
        field.setAttribute("aria-invalid", "false");
      }
      const run = ctx.runs.first;
      setMarked(name, fill(ctx.words.panel_hold, { q: `${quantity}_{${unit + 1}}` }));
      const spoken = fill(ctx.words.panel_hold, { q: `${quantity}${unit + 1}` });
      for (const control of [slider, field]) control.setAttribute("aria-label", spoken);
      setText(when.options[0], fill(ctx.words.panel_this_step, { t }));
      setText(when.options[1], fill(ctx.words.panel_from_here, { t }));
      setText(units.options[0], fill(ctx.words.panel_this_unit, { unit: unit + 1 }));
      const high = Number(scaleBound(run, quantity).toPrecision(2));
      range = [/[cghn]/.test(quantity) && run.cell !== "rnn_relu" ? -high : 0, high];
      slider.min = String(range[0]);
      slider.max = String(range[1]);
      const value = readNumber(field.value, ...allowed(quantity));
      slider.value = String(value ?? 0);
      if (value === null && shown && !shown.startsWith(`${quantity} `)) field.value = "0"; // it was another one's
      shown = key;
    },
    refresh() {
      const { words } = ctx;
      shown = "";
      options(when, WHENS.map((one) => [one, words.panel_always]), words.panel_when);
      options(units, [["unit", ""], ["every", words.panel_every_unit]], words.panel_units);
      setText(apply, words.panel_apply);
    },
  };
}

// Fill a list once; later only its texts change, so that what is chosen stays.
/** @type {(list: HTMLSelectElement, entries: [value: string, text: string][], label: string) => void} */
export function options(list, entries, label) {
  list.setAttribute("aria-label", label);
  if (list.options.length !== entries.length) {
    list.replaceChildren(...entries.map(([value, text]) => tag("option", { value }, text)));
  }
  entries.forEach(([, text], k) => text && setText(list.options[k], text));
}
