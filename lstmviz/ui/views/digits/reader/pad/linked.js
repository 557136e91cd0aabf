// A drawing as a text that a URL has room for: its strokes, with no more points than keep their shape.

import { isOpening, visibleActs } from "./strokes.js";

/** @import { Act, Drawing, Stroke } from "./strokes.js" */

const LINKED = "drawing"; // the parameter of the URL
const LINKED_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LINKED_PARTS = LINKED_DIGITS.length ** 2 - 1; // of the pad, to which places are rounded
const MOST_LINKED = 1500; // characters
const COARSER = [0.002, 0.004, 0.008, 0.016]; // of the pad: how far a point that is left out may be from the line
const NEXT = 0.02; // of the pad: points of a stroke that is read are no farther apart, so that it bends where it was bent
const LINKED_ACT = /^(?:s\d{1,4}|[pe][\w-]{2}(?:[\w-]{4})+)$/;

/** @type {(share: number) => string} */
function partText(share) {
  const whole = Math.round(Math.min(Math.max(share, 0), 1) * LINKED_PARTS);
  return LINKED_DIGITS[Math.floor(whole / LINKED_DIGITS.length)] + LINKED_DIGITS[whole % LINKED_DIGITS.length];
}

/** @type {(text: string) => number} */
const shareOf = ([high, low]) => (LINKED_DIGITS.indexOf(high) * LINKED_DIGITS.length + LINKED_DIGITS.indexOf(low)) / LINKED_PARTS;

// The drawing in the URL's own letters; null where there is none to send, or where it has more strokes than a link can hold.
/** @type {(drawing: Drawing) => string | null} */
export function drawingText(drawing) {
  const acts = isOpening(drawing) ? [] : visibleActs(drawing).filter(({ kind }) => kind !== "clear");
  if (!acts.length) return null;
  const texts = COARSER.map((apart) => acts.map((act) => actText(act, apart)).join("."));
  return texts.find(({ length }) => length <= MOST_LINKED) ?? null;
}

/** @type {(act: Act, apart: number) => string} */
function actText(act, apart) {
  if (act.kind === "sample") return `s${act.k}`;
  if (act.kind === "clear") return "";
  const points = thinned(act.points, apart);
  return (act.tool === "pen" ? "p" : "e") + partText(act.width) + points.map(partText).join("");
}

// Ramer, Douglas and Peucker's way: of the points between two that stay, the one farthest from their line stays, if it is far.
/** @param {number[]} points @param {number} apart */
function thinned(points, apart) {
  const count = points.length / 2;
  const stays = new Array(count).fill(false);
  stays[0] = stays[count - 1] = true;
  const open = [[0, count - 1]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [first, last] = pair;
    let [far, at] = [apart, -1];
    for (let k = first + 1; k < last; k++) {
      const away = fromLine(points, k, first, last);
      if (away > far) [far, at] = [away, k];
    }
    if (at < 0) continue;
    stays[at] = true;
    open.push([first, at], [at, last]);
  }
  return points.filter((_, k) => stays[k >> 1]);
}

/** @param {number[]} points @param {number} k @param {number} a @param {number} b */
function fromLine(points, k, a, b) {
  const [x, y, dx, dy] = [points[2 * k] - points[2 * a], points[2 * k + 1] - points[2 * a + 1], points[2 * b] - points[2 * a], points[2 * b + 1] - points[2 * a + 1]];
  const along = Math.min(Math.max((x * dx + y * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(x - along * dx, y - along * dy);
}

// The drawing that a text stands for; null if it is none.
/** @type {(text: string) => Drawing | null} */
export function drawingOf(text) {
  const texts = text.split(".");
  if (text.length > MOST_LINKED || !texts.every((one) => LINKED_ACT.test(one))) return null;
  const acts = texts.map(actOf);
  return { acts, done: acts.length };
}

/** @type {(text: string) => Act} */
function actOf(text) {
  if (text[0] === "s") return { kind: "sample", k: Number(text.slice(1)) };
  const shares = Array.from({ length: (text.length - 1) / 2 }, (_, k) => shareOf(text.slice(1 + 2 * k, 3 + 2 * k)));
  const [width, ...points] = shares;
  /** @type {Stroke} */
  const stroke = { kind: "stroke", tool: text[0] === "p" ? "pen" : "eraser", width: Math.max(width, 1 / LINKED_PARTS), points: dense(points) };
  return stroke;
}

/** @param {number[]} points */
function dense(points) {
  const found = points.slice(0, 2);
  for (let k = 2; k < points.length; k += 2) {
    const [x, y, dx, dy] = [points[k - 2], points[k - 1], points[k] - points[k - 2], points[k + 1] - points[k - 1]];
    const parts = Math.max(Math.ceil(Math.hypot(dx, dy) / NEXT), 1);
    for (let part = 1; part <= parts; part++) found.push(x + (dx * part) / parts, y + (dy * part) / parts);
  }
  return found;
}

// What the URL says of the pad.
/** @type {() => string | null} */
export const linkedText = () => new URLSearchParams(location.search).get(LINKED);
/** @type {(text: string | null) => Record<string, string | null>} */
export const linkedAs = (text) => ({ [LINKED]: text });
