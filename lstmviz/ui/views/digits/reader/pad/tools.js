// Over the pad: pen and eraser, how broad, and back and forth through what was done.

import { buttonIcon, buttonName } from "../../../../parts/common/icons.js";
import { partNode, setAttribute, setDisabled, tag } from "../../../../parts/common/nodes.js";
import { withAct } from "./strokes.js";

/** @import { Ctx, State } from "../main.js" */

export const WIDTHS = [0.03, 0.05, 0.075, 0.11, 0.15]; // of the pad

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createTools(root, ctx) {
  const { state } = ctx;
  root.setAttribute("role", "group");
  const group = () => partNode("div", "digits_group", root);
  /** @type {(parent: HTMLElement, name: string, click: () => void) => HTMLButtonElement} */
  const button = (parent, name, click) => {
    const made = tag("button", { type: "button", class: `digits_tool digits_${name}`, click });
    parent.append(made);
    return made;
  };
  const tools = group();
  const pen = button(tools, "pen", () => state.set({ tool: "pen" }));
  const eraser = button(tools, "eraser", () => state.set({ tool: "eraser" }));
  const broad = group();
  const widths = WIDTHS.map((width) => {
    const made = button(broad, "width", () => state.set({ width }));
    const size = 3 + 110 * width;
    partNode("i", "", made).style.cssText = `width: ${size}px; height: ${size}px`;
    return made;
  });
  const acts = group();
  /** @type {(by: number) => void} */
  const moveTo = (by) => {
    ctx.finish();
    const { drawing } = state.get();
    const done = Math.min(Math.max(drawing.done + by, 0), drawing.acts.length);
    if (done !== drawing.done) ctx.change({ drawing: { ...drawing, done } });
  };
  const does = {
    undo: () => moveTo(-1),
    redo: () => moveTo(1),
    clear: () => {
      ctx.finish();
      if (!ctx.blank()) ctx.change({ drawing: withAct(state.get().drawing, { kind: "clear" }) });
    },
    pen: () => state.set({ tool: "pen" }),
    eraser: () => state.set({ tool: "eraser" }),
    thinner: () => state.set({ width: WIDTHS[Math.max(WIDTHS.indexOf(state.get().width) - 1, 0)] }),
    broader: () => state.set({ width: WIDTHS[Math.min(WIDTHS.indexOf(state.get().width) + 1, WIDTHS.length - 1)] }),
  };
  const undo = button(acts, "undo", does.undo);
  const redo = button(acts, "redo", does.redo);
  const clear = button(acts, "clear", does.clear);
  buttonIcon(pen, "pen");
  buttonIcon(eraser, "eraser");
  buttonIcon(undo, "undo");
  buttonIcon(redo, "redo");
  buttonIcon(clear, "clear");

  return {
    does,
    refresh() {
      const { words } = ctx;
      setAttribute(root, "aria-label", words.tools);
      setAttribute(broad, "role", "group");
      setAttribute(broad, "aria-label", words.width);
      buttonName(pen, words.pen);
      buttonName(eraser, words.eraser);
      buttonName(undo, words.undo);
      buttonName(redo, words.redo);
      buttonName(clear, words.clear);
      widths.forEach((made, k) => buttonName(made, words[`width_${k}`]));
    },
    /** @param {State} now */
    draw({ tool, width, drawing }) {
      setAttribute(pen, "aria-pressed", String(tool === "pen"));
      setAttribute(eraser, "aria-pressed", String(tool === "eraser"));
      widths.forEach((made, k) => setAttribute(made, "aria-pressed", String(WIDTHS[k] === width)));
      setDisabled(undo, drawing.done === 0, ctx.paper);
      setDisabled(redo, drawing.done === drawing.acts.length, ctx.paper);
      setDisabled(clear, ctx.blank(), ctx.paper);
    },
  };
}
