// A weight as a control: dragged sideways it changes, clicked it can be typed over.

import { setText, tag } from "../../../../parts/common/nodes.js";
import { exact, number } from "../../../../parts/common/numbers.js";
import { fill } from "../../../../parts/common/words.js";
import { LARGEST, numberField, readNumber, refusal, written7 } from "../panel/nodes.js";

/**
 * @import { Player } from "../main.js"
 * @import { Edits } from "../changes/edits.js"
 *
 * A weight by its tensor, row and column; of a bias there is no column.
 * @typedef {{ name: string, row: number, column: number | null }} WeightPlace
 * @typedef {WeightPlace & { value: number }} Weight
 * @typedef {Weight & { label: string }} Labelled
 *
 * The control in use, if any: while there is one, the sum must not turn to another number.
 * @typedef {{ held: HTMLElement | null, justDragged?: number }} Grip
 */

const THRESHOLD = 4; // pixels of movement that make a press a drag

// `grip.held` is the control in use, if any: while there is one, the sum must not turn to another number.
/** @param {Player} ctx @param {Edits} edits @param {Grip} grip */
export function createWeight(ctx, edits, grip) {
  const button = tag("button", { type: "button", class: "weight" });
  const root = tag("span", { class: "weight-place" }, button);
  /** @type {Labelled} */
  let weight; // given by `set`
  /** @type {{ x: number, from: number, value: number, edit: ReturnType<Edits["drag"]> | null } | null} */
  let drag = null;

  /** @type {(value: number) => string} */
  const part = (value) => {
    const place = weight.column === null ? [weight.row + 1] : [weight.row + 1, weight.column + 1];
    return `${weight.name}.${place.join(".")}=${written7(value)}`;
  };
  /** @param {number} value */
  const say = (value) => setText(button, number(value));

  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.ctrlKey || !event.isPrimary || ctx.header.saved) return;
    drag = { x: event.clientX, from: weight.value, value: weight.value, edit: null };
    button.setPointerCapture(event.pointerId);
  });
  button.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!event.buttons) return release(); // lifted where nobody was told
    const moved = event.clientX - drag.x;
    if (!drag.edit && Math.abs(moved) < THRESHOLD) return;
    if (!drag.edit) {
      drag.edit = edits.drag();
      grip.held = button;
      button.classList.add("dragged");
    }
    const from = Number.isFinite(drag.from) ? drag.from : 0;
    const value = Number((from + moved * (event.shiftKey ? 0.001 : 0.01)).toFixed(3));
    if (value === drag.value) return;
    drag.value = value;
    say(value);
    drag.edit.to(part(value));
  });
  const release = () => {
    if (!drag) return;
    const { edit } = drag;
    drag = null;
    if (!edit) return;
    edit.end();
    button.classList.remove("dragged");
    grip.held = null;
    grip.justDragged = performance.now();
  };
  button.addEventListener("pointerup", release);
  button.addEventListener("lostpointercapture", release);
  button.addEventListener("click", () => {
    if (!ctx.header.saved && performance.now() - (grip.justDragged ?? -1e9) > 80) type();
  });

  // The field in place of the button; a refused number stays in it.
  function type() {
    const field = numberField({ "aria-label": button.getAttribute("aria-label") });
    const problem = tag("span", { class: "problem", role: "alert" });
    field.value = written7(weight.value);
    /** @type {(focus: boolean) => void} */
    const close = (focus) => {
      grip.held = null;
      root.replaceChildren(button);
      if (focus) button.focus();
    };
    const take = () => {
      const value = readNumber(field.value, -LARGEST, LARGEST);
      if (value === null) {
        setText(problem, refusal(ctx.words, field.value, "−1e6", "1e6"));
        return field.setAttribute("aria-invalid", "true");
      }
      close(true);
      say(value);
      edits.put(part(value));
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // or the same press would click the button that gets the focus
        take();
      }
      if (event.key === "Escape") close(true);
    });
    // Left without Enter: nothing is changed.
    field.addEventListener("blur", () => root.contains(field) && close(false));
    grip.held = field;
    root.replaceChildren(field, problem);
    field.focus();
    field.select();
  }

  return {
    root,
    /** @param {Labelled} next @param {boolean} changed */
    set(next, changed) {
      weight = next;
      if (grip.held === button) return;
      say(next.value);
      const label = fill(ctx.words.panel_weight, { name: next.label, value: number(next.value) });
      if (button.getAttribute("aria-label") !== label) {
        button.setAttribute("aria-label", label);
        button.title = `${next.label} = ${exact(next.value)}\n${ctx.words.panel_weight_how}`;
      }
      button.classList.toggle("changed", changed);
    },
    type,
    focus: () => button.focus(),
  };
}
