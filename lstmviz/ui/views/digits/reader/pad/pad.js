// The pad: a pen, a finger or a mouse leaves ink. The page around it scrolls as ever.

import { partNode, penOf, setAttribute, setShown, setText } from "../../../../parts/common/nodes.js";
import { SIDE, hasInk, inkText, isOpening, paintDrawing, paintStroke, visibleActs, withAct } from "./strokes.js";

/**
 * @import { Ctx, Memory, State } from "../main.js"
 * @import { Drawing, Stroke } from "./strokes.js"
 */

const CLOSE = 0.0015; // of the pad: points nearer to the last one add nothing
const RUBBER = 32; // the button at the other end of a pen
const ERASER = 2.2; // times as broad as the pen
const FINE = 100_000; // parts of the pad, to which places are rounded

// memory: `held` is the pointer that was drawing when the pad was last taken away.
/** @param {HTMLElement} root @param {Ctx} ctx @param {Memory} memory */
export function createPad(root, ctx, memory) {
  const { state } = ctx;
  const canvas = partNode("canvas", "digits_paper", root);
  Object.assign(canvas, { width: SIDE, height: SIDE, tabIndex: 0 });
  canvas.setAttribute("role", "img");
  const hint = partNode("span", "digits_hint", root);
  const ring = partNode("i", "digits_ring", root);
  const pen = penOf(canvas, { willReadFrequently: true });
  /** @type {Stroke | null} */
  let stroke = null; // the one being drawn
  let pointer = -1;
  let touched = false; // whether that is a finger
  /** @type {Drawing | null} */
  let painted = null; // the drawing in the ink
  /** @type {Uint8Array | null} */
  let images = null;

  // box: of the canvas, looked up once an event, before anything of the page is changed.
  /** @type {(event: PointerEvent, box?: DOMRect) => number[]} */
  const pointOf = (event, box = canvas.getBoundingClientRect()) => {
    const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return shares.map((share) => Math.round(FINE * share) / FINE);
  };
  /** @type {(stroke: Stroke, event: PointerEvent, box: DOMRect) => void} */
  const add = (stroke, event, box) => {
    const [x, y] = pointOf(event, box);
    const { points } = stroke;
    if (Math.hypot(x - points[points.length - 2], y - points[points.length - 1]) < CLOSE) return;
    points.push(x, y);
    paintStroke(pen, stroke, points.length / 2 - 2, false);
  };
  /** @type {(event: PointerEvent, box: DOMRect) => void} */
  const showRing = (event, box) => {
    const [x, y] = pointOf(event, box);
    const { tool, width } = state.get();
    const size = 100 * width * (tool === "eraser" ? ERASER : 1);
    Object.assign(ring.style, { left: `${100 * x}%`, top: `${100 * y}%`, width: `${size}%`, height: `${size}%` });
    setShown(ring, event.pointerType !== "touch");
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || (event.button !== 0 && !(event.buttons & RUBBER))) return;
    if (event.pointerType === "pen" && touched) drop(); // the hand that came down before its pen
    if (stroke) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    begin(event);
  });
  /** @type {(event: PointerEvent) => void} */
  const begin = (event) => {
    memory.held = null;
    canvas.setPointerCapture(event.pointerId);
    const { tool, width, drawing } = state.get();
    const used = event.buttons & RUBBER ? "eraser" : tool;
    pointer = event.pointerId;
    touched = event.pointerType === "touch";
    stroke = {
      kind: "stroke",
      tool: used,
      width: used === "eraser" ? width * ERASER : width,
      points: pointOf(event),
      fresh: isOpening(drawing) && used === "pen",
    };
    if (stroke.fresh) pen.clearRect(0, 0, SIDE, SIDE);
    paintStroke(pen, stroke, 0);
    ctx.drawn(Boolean(stroke.fresh));
  };
  canvas.addEventListener("mousedown", (event) => event.preventDefault()); // two strokes in a row select no text around
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    showRing(event, box);
    if (!stroke && memory.held === event.pointerId) {
      memory.held = null;
      if (event.buttons) begin(event); // the pad was taken away and brought back under the pen
      return;
    }
    if (!stroke || event.pointerId !== pointer) return;
    if (!event.buttons) return finish(); // lifted where nobody was told
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) add(stroke, one, box);
    ctx.drawn(false);
  });
  // The drawing with the stroke that is being drawn.
  /** @type {(act: Stroke) => { drawing: Drawing }} */
  const taken = (act) => {
    stroke = null;
    touched = false;
    return { drawing: withAct(state.get().drawing, act) };
  };
  const finish = () => stroke && ctx.change(taken(stroke)); // painted again, in one go, as after undo and redo
  const drop = () => {
    stroke = null;
    touched = false;
    painted = null;
    ctx.change({});
  };
  /** @type {(event: PointerEvent) => void} */
  const end = (event) => event.pointerId === pointer && finish();
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("lostpointercapture", end);
  // A finger that the browser takes back was a hand at rest, or a gesture of the system.
  canvas.addEventListener("pointercancel", (event) => event.pointerId === pointer && (touched ? drop() : finish()));
  canvas.addEventListener("pointerleave", () => setShown(ring, false));
  setShown(ring, false);

  return {
    get drawing() {
      return stroke !== null;
    },
    finish,
    // What changes where the pad is taken away while someone draws on it: the stroke so far is kept.
    /** @returns {Partial<State>} */
    kept() {
      memory.held = stroke ? pointer : null;
      return stroke ? taken(stroke) : {};
    },
    ink: () => inkText(pen),
    blank: () => !stroke && !hasInk(state.get().drawing),
    refresh() {
      setText(hint, ctx.words.pad_hint);
      canvas.setAttribute("aria-label", ctx.words.pad);
      painted = null;
    },
    /** @param {State} now */
    draw({ drawing }) {
      setShown(hint, !stroke && visibleActs(drawing).every(({ kind }) => kind === "clear"));
      if (stroke || (painted === drawing && images === ctx.answers.samples)) return;
      painted = drawing;
      images = ctx.answers.samples;
      paintDrawing(pen, drawing, images);
    },
  };
}
