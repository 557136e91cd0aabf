// CHANGE IT: hold a value, switch a unit off, read another letter, start from another state; and what was changed.

import { nodeOf, setDisabled, setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { fill, lone } from "../../../../parts/common/words.js";
import { changeLabel, holdPart, partsOf } from "./text.js";
import { createEffect } from "./effect.js";
import { createHold } from "./hold.js";
import { createStart } from "./start.js";
import { push, section, setMarked } from "../panel/nodes.js";

/**
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 * @import { Edits } from "./edits.js"
 */

/** @param {Player} ctx @param {Edits} edits */
export function createChanges(ctx, edits) {
  const hold = createHold(ctx, edits);
  const start = createStart(ctx, edits);
  const effect = createEffect(ctx);
  const off = push("", () => {
    const { unit } = ctx.state.get();
    edits.toggle(holdPart("h", unit, 0, ""));
  });
  const readName = tag("span", { class: "field-name" });
  const letters = tag("div", { class: "letters-to-read", role: "group" });
  const read = tag("div", { class: "field" }, readName, letters);
  const pick = tag("p", { class: "quiet" });
  const tools = tag("div", { class: "tools" }, pick, hold.root, tag("div", { class: "chips" }, off), read, start.root);
  const list = tag("ul", { class: "made" });
  const nothing = tag("p", { class: "quiet" });
  const undo = push("", () => edits.undo());
  const redo = push("", () => edits.redo());
  const reset = push("", () => edits.reset());
  const steps = tag("div", { class: "chips" }, undo, redo, reset);
  const done = section("done", list, nothing, effect.root, steps);
  const { root, heading } = section("change", tools);

  // Pressing the letter that the text has takes the change back.
  /** @param {number} k */
  function readLetter(k) {
    const { t } = ctx.state.get();
    const made = partsOf(edits.current()).find((text) => text.startsWith("x=") && text.endsWith(`@${t}`));
    if (k !== ctx.runs.first.letter(t)) edits.put(`x=${k + 1}@${t}`);
    else if (made) edits.remove(made);
  }

  /** @param {State} now */
  function drawLetters(now) {
    const { run } = ctx.sides({ ...now, show: "changed" })[0];
    const here = run.letter(now.t);
    setText(readName, fill(ctx.words.panel_read, { t: now.t }));
    letters.setAttribute("aria-label", readName.textContent ?? "");
    Array.from(letters.children).forEach((button, k) => {
      const pressed = String(k === here);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    });
  }

  /** @type {(change: { text: string }) => HTMLElement} */
  const item = ({ text }) => {
    const label = tag("span", { title: text });
    setMarked(label, changeLabel(text, ctx.runs.first, ctx.words) ?? text);
    const name = fill(ctx.words.panel_take_back, { change: label.textContent ?? "" });
    const remove = push("×", () => edits.remove(text), { class: "remove", "aria-label": name, title: name });
    return tag("li", {}, label, ...(ctx.header.saved ? [] : [remove]));
  };

  return {
    roots: [root, done.root],
    /** @param {State} now */
    draw(now) {
      if (ctx.runs.changed) effect.draw(now);
      if (ctx.header.saved) return;
      const own = now.of !== "second" && now.quantity !== "logits";
      for (const tool of [hold.root, off, start.root]) setShown(tool, own);
      setShown(pick, !own);
      hold.draw(now);
      start.draw(now);
      const unit = Math.min(now.unit, ctx.runs.first.units - 1);
      const text = holdPart("h", unit, 0, "");
      setText(off, fill(ctx.words.panel_off, { unit: unit + 1 }));
      off.setAttribute("aria-pressed", String(edits.has(text)));
      drawLetters(now);
    },
    refresh() {
      const { header, words, runs } = ctx;
      const made = header.changes;
      setText(heading, words.panel_change);
      setText(done.heading, words.panel_changed);
      setShown(root, !header.saved);
      setShown(done.root, !header.saved || made.length > 0);
      list.replaceChildren(...made.map(item));
      setShown(list, made.length > 0);
      setShown(nothing, made.length === 0);
      setText(nothing, words.panel_nothing);
      setText(pick, words.panel_pick);
      setShown(effect.root, Boolean(runs.changed));
      effect.refresh();
      hold.refresh();
      start.refresh();
      drawSteps(made.length);
      if (letters.dataset.of === runs.first.alphabet.join("\n")) return;
      letters.dataset.of = runs.first.alphabet.join("\n");
      letters.replaceChildren(...runs.first.alphabet.map((letter, k) => push(lone(letter), () => readLetter(k))));
    },
  };

  /** @param {number} count */
  function drawSteps(count) {
    setShown(steps, !ctx.header.saved && (count > 0 || edits.canUndo() || edits.canRedo() || edits.canReset()));
    setText(undo, ctx.words.panel_undo);
    setText(redo, ctx.words.panel_redo);
    setText(reset, ctx.words.panel_reset);
    /** @type {[button: HTMLButtonElement, can: boolean][]} */
    const ways = [[undo, edits.canUndo()], [redo, edits.canRedo()], [reset, edits.canReset()]];
    const possible = ways.filter(([, can]) => can).map(([button]) => button);
    for (const button of possible) button.disabled = false;
    const next = possible[0] ?? nodeOf(ctx.root, "#transport_time");
    for (const [button, can] of ways) setDisabled(button, !can, next);
  }
}
