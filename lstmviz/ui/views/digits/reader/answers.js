// What the server said of the drawing, as the parts of the page ask for it.

import { arraysOf, unpackParts } from "../../../parts/common/bytes.js";
import { later } from "../../../parts/common/mount.js";
import { largestOf } from "./read/pixels.js";

/**
 * @import { Words } from "../../../parts/common/words.js"
 * @import { Theme, Themes } from "../../../parts/common/scales.js"
 *
 * @typedef {"lstm" | "rnn" | "gru"} Cell
 * @typedef {"rows" | "columns" | "upside_down"} Order
 * @typedef {0 | 1} Layer
 *
 * What `dress` of `view.py` says once.
 * @typedef {object} Dress
 * @property {string} key by which the part is known again
 * @property {string} language
 * @property {Words} words
 * @property {Themes} themes
 * @property {{ labels: number[], answers: number[], wrong: boolean[], indices: number[] }} samples the digits on offer
 *
 * What `told` of `view.py` says of a drawing.
 * @typedef {object} Answer
 * @property {number} answer the number of the message that it answers
 * @property {Cell} live the network that answers while the pen moves
 * @property {string | null} refusal why it cannot be read
 * @property {Order} order
 * @property {number[]} covered
 * @property {boolean} inverted whether light and dark were exchanged
 * @property {Doubt | null} doubt whether it is a digit at all; null while the pen moves, and where it is read otherwise than learned
 * @property {Reading[]} networks
 *
 * Whether it is perhaps not a digit, the share of MNIST's digits that look as odd, and what each network says.
 * @typedef {{ perhaps: boolean, rarer: number, answers: number[] }} Doubt
 *
 * A network, and once the pen is up what it made of the drawing: `answer`, and the rows (or null for `decided`) from which on it
 * is the likeliest, and has more than one half.
 * @typedef {object} Reading
 * @property {Cell} cell
 * @property {string} name
 * @property {number} accuracy on MNIST's test set
 * @property {string | null} part where its numbers are
 * @property {[kind: string, text: string]} [badge]
 * @property {number} [answer]
 * @property {number} [last_change]
 * @property {number | null} [decided]
 *
 * @typedef {Dress & Answer} Header
 *
 * The arrays of the parts: `live` and one of each network. Inside a network they are named LAYER/QUANTITY, each (28, units).
 * @typedef {object} Inside
 * @property {Float32Array} [image] (28, 28), upright
 * @property {Float32Array} probabilities (28, 10) after each row
 * @property {Float32Array} [uncovered] (28, 10), the same with no row covered
 * @property {Float32Array} [gradient] (28, 28), upright
 * @property {Uint8Array} [moved] (28, 2) the digits whose probabilities rose and fell most with each row
 * @property {Float32Array} [before] (10) the probabilities before the first row
 * @property {Int32Array} [moving_units] (28, 3) the units of the last layer that moved these most, the foremost first; -1 for none
 * @property {Int32Array} [moving_pixels] (28, 3) the same of the row's pixels
 * @typedef {Inside & { [name: `${number}/${string}`]: Float32Array }} Network
 * @typedef {Network & { images?: Uint8Array }} AnswerPart
 * @typedef {Record<string, AnswerPart>} Parts `live`, the networks', and `samples`, of which there are the images alone,
 *   (count, 28, 28), 0 to 255
 *
 * @typedef {{ last_change: number, decided: number | null }} Verdict
 */

export const ROWS = 28;
export const CLASSES = 10;
const NAMED = 3; // units and pixels of a row
const KEPT = 5; // parts unpacked: those on display, and one that was

/** @type {Map<string, AnswerPart>} */
const unpackedParts = new Map(); // by digest

/** @type {(bytes: import("../../../parts/common/bytes.js").Bytes) => AnswerPart} */
export const unpackPart = (bytes) => arraysOf(bytes).arrays;

/** @type {(data: import("../../../parts/common/bytes.js").Bytes) => Promise<{ header: Answer, parts: Parts }>} */
export const unpackAnswer = (data) => unpackParts(data, unpackedParts, KEPT, unpackPart);

// A drawing's values, upright, in the order in which the network gets them: row by row of the result.
/** @type {(values: Float32Array, order: Order) => Float32Array} */
export function asRead(values, order) {
  if (order === "rows") return values;
  const turned = new Float32Array(ROWS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < ROWS; column++) {
      const from = order === "columns" ? column * ROWS + row : (ROWS - 1 - row) * ROWS + column;
      turned[row * ROWS + column] = values[from];
    }
  }
  return turned;
}

// The answer on display; what an answer leaves out is that of the one before, and old.
export class Answers {
  /** @type {Header} */
  header = later;
  /** @type {Network | null} */
  live = null;
  /** @type {Uint8Array | null} */
  samples = null; // images, 0 to 255
  /** @type {Partial<Record<Cell, Network>>} */
  networks = {}; // of the last drawing that was read by all
  old = true; // whether `networks` are of an earlier drawing

  /** @param {Header} header @param {Parts} parts */
  take(header, parts) {
    this.header = header;
    this.live = parts.live ?? null;
    if (parts.samples?.images) this.samples = parts.samples.images;
    if (header.refusal) this.networks = {};
    const come = header.networks.filter(({ part }) => part && parts[part]);
    for (const { cell, part } of come) this.networks[cell] = parts[part ?? ""];
    this.old = come.length === 0;
  }

  get refusal() {
    return this.header?.refusal ?? null;
  }

  get order() {
    return this.header?.order ?? "rows";
  }

  get image() {
    return this.refusal === "blank" ? null : (this.live?.image ?? null);
  }

  // The row from which on the likeliest digit is the answer, and that from which on it has more than one half; null where nothing is
  // answered.
  /** @param {Cell} cell @returns {Verdict | null} */
  verdict(cell) {
    const { last_change, decided: half = null } = this.answering(cell);
    if (last_change !== undefined) return { last_change, decided: half };
    const values = this.probabilities(cell);
    if (!values) return null;
    const digit = winner(values, ROWS - 1);
    let [change, decided] = [ROWS, ROWS];
    while (change > 0 && winner(values, change - 1) === digit) change--;
    while (decided > 0 && values[(decided - 1) * CLASSES + digit] > 0.5) decided--;
    return { last_change: change, decided: decided < ROWS ? decided : null };
  }

  /** @param {Cell} cell */
  about(cell) {
    return this.header.networks.find((one) => one.cell === cell) ?? this.header.networks[0];
  }

  // The network that answers: while the pen moves, that is one alone.
  /** @param {Cell} cell */
  answering(cell) {
    return this.about(this.old || this.refusal ? this.header.live : cell);
  }

  // (28, 10) after each row; null where nothing is answered.
  /** @param {Cell} cell */
  probabilities(cell) {
    if (this.refusal) return null;
    if (this.old) return this.live?.probabilities ?? null;
    return this.networks[cell]?.probabilities ?? null;
  }

  // The same without any row covered; null where none is.
  /** @param {Cell} cell */
  uncovered(cell) {
    return this.refusal || this.old || !this.header.covered.length ? null : (this.networks[cell]?.uncovered ?? null);
  }

  // (28, units) of a quantity of a layer; of an earlier drawing while `old`.
  /** @param {Cell} cell @param {Layer} layer @param {string} name */
  quantity(cell, layer, name) {
    return this.networks[cell]?.[`${layer}/${name}`] ?? null;
  }

  // What a row did: which digit rose and which fell, from what to what, and by which pixels and units; null where that is not known.
  /** @param {Cell} cell @param {number} row */
  move(cell, row) {
    if (this.refusal || this.old) return null;
    const { probabilities, moved, before, moving_units, moving_pixels } = this.networks[cell] ?? {};
    if (!probabilities || !moved || !before || !moving_units || !moving_pixels) return null;
    const [was, now] = [row ? rowOf(probabilities, row - 1) : before, rowOf(probabilities, row)];
    /** @type {(places: Int32Array) => number[]} */
    const named = (places) => [...places.subarray(row * NAMED, (row + 1) * NAMED)].filter((place) => place >= 0);
    const [rise, fall] = moved.subarray(2 * row, 2 * row + 2);
    return { rise, fall, was, now, units: named(moving_units), pixels: named(moving_pixels) };
  }

  /** @param {Cell} cell */
  gradient(cell) {
    return this.refusal || this.old ? null : (this.networks[cell]?.gradient ?? null);
  }
}

/** @type {(probabilities: Float32Array, row: number) => Float32Array} */
export const rowOf = (probabilities, row) => probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
/** @type {(probabilities: Float32Array, row: number) => number} */
export const winner = (probabilities, row) => largestOf(rowOf(probabilities, row), CLASSES);
