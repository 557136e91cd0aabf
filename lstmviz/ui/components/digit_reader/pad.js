// The pad: a pen, a finger or a mouse leaves ink. The page around it scrolls as ever.

import { partNode, setAttribute, setShown, setText } from "../common/nodes.js";
import { SIDE, hasInk, inkText, paintDrawing, paintStroke, visibleActs, withAct } from "./strokes.js";

const CLOSE = 0.0015; // of the pad: points nearer to the last one add nothing
const RUBBER = 32; // the button at the other end of a pen
const ERASER = 2.2; // times as broad as the pen

export function createPad(root, ctx) {
  const { state } = ctx;
  const canvas = partNode("canvas", "digits_paper", root);
  Object.assign(canvas, { width: SIDE, height: SIDE, tabIndex: 0 });
  canvas.setAttribute("role", "img");
  const hint = partNode("span", "digits_hint", root);
  const ring = partNode("i", "digits_ring", root);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let stroke = null; // the one being drawn
  let pointer = -1;
  let painted = null; // the drawing in the ink
  let images = null;

  const pointOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const add = (event) => {
    const [x, y] = pointOf(event);
    const { points } = stroke;
    if (Math.hypot(x - points.at(-2), y - points.at(-1)) < CLOSE) return;
    points.push(x, y);
    paintStroke(pen, stroke, points.length / 2 - 2, false);
  };
  const showRing = (event) => {
    const [x, y] = pointOf(event);
    const { tool, width } = state.get();
    const size = 100 * width * (tool === "eraser" ? ERASER : 1);
    Object.assign(ring.style, { left: `${100 * x}%`, top: `${100 * y}%`, width: `${size}%`, height: `${size}%` });
    setShown(ring, event.pointerType !== "touch");
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || stroke || (event.button !== 0 && !(event.buttons & RUBBER))) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const { tool, width, opening } = state.get();
    const used = event.buttons & RUBBER ? "eraser" : tool;
    pointer = event.pointerId;
    stroke = {
      kind: "stroke",
      tool: used,
      width: used === "eraser" ? width * ERASER : width,
      points: pointOf(event),
      fresh: opening && used === "pen",
    };
    if (stroke.fresh) pen.clearRect(0, 0, SIDE, SIDE);
    paintStroke(pen, stroke, 0);
    ctx.drawn();
  });
  canvas.addEventListener("mousedown", (event) => event.preventDefault()); // two strokes in a row select no text around
  canvas.addEventListener("pointermove", (event) => {
    showRing(event);
    if (!stroke || event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) add(one);
    ctx.drawn();
  });
  const end = (event) => {
    if (!stroke || event.pointerId !== pointer) return;
    const act = stroke;
    stroke = null;
    ctx.change({ drawing: withAct(state.get().drawing, act) }); // painted again, in one go, as after undo and redo
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", () => setShown(ring, false));
  setShown(ring, false);

  return {
    get drawing() {
      return stroke !== null;
    },
    ink: () => inkText(pen),
    blank: () => !stroke && !hasInk(state.get().drawing),
    refresh() {
      setText(hint, ctx.words.pad_hint);
      canvas.setAttribute("aria-label", ctx.words.pad);
      painted = null;
    },
    draw({ drawing, tool }) {
      setAttribute(canvas, "data-tool", tool);
      setShown(hint, !stroke && visibleActs(drawing).every(({ kind }) => kind === "clear"));
      if (stroke || (painted === drawing && images === ctx.answers.samples)) return;
      painted = drawing;
      images = ctx.answers.samples;
      paintDrawing(pen, drawing, images);
    },
  };
}
