// The control that starts the pinned unit from another state than zero.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { LARGEST, numberField, push, readNumber, refusal, setMarked, written7 } from "../panel/nodes.js";
import { holdPart } from "./text.js";

/**
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 * @import { Edits } from "./edits.js"
 */

/** @param {Player} ctx @param {Edits} edits */
export function createStart(ctx, edits) {
  const name = tag("span", { class: "field-name" });
  const problem = tag("p", { class: "problem", role: "alert" });
  const fields = ["h", "c"].map((quantity) => {
    const label = tag("span");
    const input = numberField({ placeholder: "0" });
    input.addEventListener("keydown", (event) => event.key === "Enter" && take());
    return { quantity, label, input, root: tag("label", {}, label, input) };
  });
  const apply = push("", take);
  const line = tag("div", { class: "line" }, name, ...fields.map((field) => field.root), apply);
  const root = tag("div", { class: "field start" }, line, problem);

  /** @param {State} now */
  const unitOf = ({ unit }) => Math.min(unit, ctx.runs.first.units - 1);

  function take() {
    const given = fields.filter(({ root, input }) => !root.hidden && input.value.trim());
    const read = given.map(({ input }) => readNumber(input.value, -LARGEST, LARGEST));
    const bad = given[read.indexOf(null)];
    const none = given.length ? "" : refusal(ctx.words, "", "−1e6", "1e6");
    for (const field of fields) field.input.setAttribute("aria-invalid", String(field === bad));
    setText(problem, bad ? refusal(ctx.words, bad.input.value, "−1e6", "1e6") : none);
    if (problem.textContent) return (bad ?? fields[0]).input.focus();
    const unit = unitOf(ctx.state.get());
    given.forEach(({ quantity }, k) => edits.put(holdPart(quantity, unit, written7(read[k] ?? 0), "@start")));
  }

  return {
    root,
    /** @param {State} now */
    draw(now) {
      for (const { quantity, label } of fields) setMarked(label, `${quantity}_{${unitOf(now) + 1}} = `);
    },
    refresh() {
      setText(name, ctx.words.panel_start);
      setText(apply, ctx.words.panel_apply);
      setShown(fields[1].root, ctx.runs.first.cell === "lstm");
    },
  };
}
