// What was drawn and collected, over a reload: kept by the tab, for as long as it is open.

import { CLASSES, ROWS } from "../answers.js";
import { visibleActs } from "./strokes.js";

/**
 * @import { Collected } from "./collect.js"
 * @import { Order } from "../answers.js"
 * @import { Drawing } from "./strokes.js"
 *
 * What is kept of the pad.
 * @typedef {{ drawing: Drawing, opening: boolean, order: Order, covered: number[] }} KeptDrawing
 */

const DRAWING = "lstmviz.digits.drawing";
const COLLECTED = "lstmviz.digits.collected";
const MOST_TEXT = 1_000_000; // characters of an entry: browsers give a site a few millions
const MOST_COLLECTED = 500;
const KNOWN_ORDERS = ["rows", "columns", "upside_down"];
const KNOWN_CELLS = ["lstm", "rnn", "gru"];

// A drawing with a very long past loses that.
/** @type {(kept: KeptDrawing) => void} */
export function keepDrawing({ drawing, opening, order, covered }) {
  const acts = visibleActs(drawing);
  const texts = [drawing, { acts, done: acts.length }].map((one) => JSON.stringify({ drawing: one, opening, order, covered }));
  keepText(DRAWING, texts.find(({ length }) => length <= MOST_TEXT) ?? "{}");
}

// The newest ones, if there are too many.
/** @type {(collected: Collected[]) => void} */
export function keepCollected(collected) {
  const told = collected.slice(-MOST_COLLECTED).map((one) => ({ ...one, pixels: btoa(String.fromCharCode(...one.pixels)) }));
  keepText(COLLECTED, JSON.stringify(told));
}

// drawing, opening, order and covered, or nothing: whatever is stored, it may be of another version, or by another hand.
/** @type {() => KeptDrawing | {}} */
export function drawingKept() {
  const { drawing, opening, order, covered } = storedValue(DRAWING) ?? {};
  const { acts, done } = drawing ?? {};
  const whole = Array.isArray(acts) && acts.every(isAct) && isWithin(done, acts.length + 1);
  if (!whole || typeof opening !== "boolean" || !KNOWN_ORDERS.includes(order) || !areRows(covered)) return {};
  return { drawing: { acts, done }, opening, order, covered };
}

/** @type {() => Collected[]} */
export function collectedKept() {
  const found = storedValue(COLLECTED);
  if (!Array.isArray(found)) return [];
  return found.filter(isCollected).map((one) => ({ ...one, pixels: pixelsOf(one.pixels) }));
}

/** @type {(value: any, end: number) => boolean} */
const isWithin = (value, end) => Number.isInteger(value) && value >= 0 && value < end;
/** @type {(rows: any) => boolean} */
const areRows = (rows) => Array.isArray(rows) && rows.every((row) => isWithin(row, ROWS));

/** @type {(act: any) => boolean} */
function isAct(act) {
  if (act?.kind === "sample") return isWithin(act.k, 10_000);
  if (act?.kind !== "stroke") return act?.kind === "clear";
  const { tool, width, points } = act;
  const drawn = Array.isArray(points) && points.length >= 2 && points.length % 2 === 0 && points.every(Number.isFinite);
  return drawn && ["pen", "eraser"].includes(tool) && width > 0 && width < 1;
}

/** @type {(one: any) => boolean} */
function isCollected(one) {
  const known = KNOWN_ORDERS.includes(one?.order) && KNOWN_CELLS.includes(one.cell) && areRows(one.covered);
  return known && isWithin(one.label, CLASSES) && isWithin(one.answer, CLASSES) && pixelsOf(one.pixels) !== null;
}

/** @type {(text: string) => Uint8Array | null} */
function pixelsOf(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return bytes.length === ROWS * ROWS ? bytes : null;
  } catch {
    return null;
  }
}

/** @type {(entry: string) => any} */
function storedValue(entry) {
  try {
    return JSON.parse(sessionStorage.getItem(entry) ?? "null");
  } catch {
    return null; // storage is shut, or holds something else
  }
}

/** @type {(entry: string, text: string) => void} */
function keepText(entry, text) {
  try {
    sessionStorage.setItem(entry, text);
  } catch {
    // Then it lasts as long as the page.
  }
}
