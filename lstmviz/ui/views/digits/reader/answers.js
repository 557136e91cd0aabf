// What the server said of the drawing, as the parts of the page ask for it.

import { arraysOf, unpackParts } from "../../../parts/common/bytes.js";
import { largestOf } from "./pixels.js";

export const ROWS = 28;
export const CLASSES = 10;
const KEPT = 5; // parts unpacked: those on display, and one that was

const unpackedParts = new Map(); // by digest

export const unpackAnswer = (data) => unpackParts(data, unpackedParts, KEPT, (bytes) => arraysOf(bytes).arrays);

// A drawing's values, upright, in the order in which the network gets them: row by row of the result.
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
  header = null;
  live = null;
  samples = null; // images, 0 to 255
  networks = {}; // by cell: arrays, of the last drawing that was read by all
  old = true; // whether `networks` are of an earlier drawing

  take(header, parts) {
    this.header = header;
    this.live = parts.live ?? null;
    if (parts.samples && parts.samples !== this.sampled) {
      this.sampled = parts.samples;
      this.samples = parts.samples.images;
    }
    if (header.refusal) this.networks = {};
    const come = header.networks.filter(({ part }) => part && parts[part]);
    for (const { cell, part } of come) this.networks[cell] = parts[part];
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

  // The row from which on the likeliest digit is the answer, and that from which on it has more than one half.
  verdict(cell) {
    const about = this.answering(cell);
    if (about.answer !== undefined) return about;
    const values = this.probabilities(cell);
    const digit = winner(values, ROWS - 1);
    let [change, decided] = [ROWS, ROWS];
    while (change > 0 && winner(values, change - 1) === digit) change--;
    while (decided > 0 && values[(decided - 1) * CLASSES + digit] > 0.5) decided--;
    return { last_change: change, decided: decided < ROWS ? decided : null };
  }

  about(cell) {
    return this.header.networks.find((one) => one.cell === cell) ?? this.header.networks[0];
  }

  // The network that answers: while the pen moves, that is one alone.
  answering(cell) {
    return this.about(this.old || this.refusal ? this.header.live : cell);
  }

  // (28, 10) after each row; null where nothing is answered.
  probabilities(cell) {
    if (this.refusal) return null;
    if (this.old) return this.live?.probabilities ?? null;
    return this.networks[cell]?.probabilities ?? null;
  }

  // The same without any row covered; null where none is.
  uncovered(cell) {
    return this.refusal || this.old || !this.header.covered.length ? null : (this.networks[cell]?.uncovered ?? null);
  }

  // (28, units) of a quantity of a layer; of an earlier drawing while `old`.
  quantity(cell, layer, name) {
    return this.networks[cell]?.[`${layer}/${name}`] ?? null;
  }

  gradient(cell) {
    return this.refusal || this.old ? null : (this.networks[cell]?.gradient ?? null);
  }
}

export const rowOf = (probabilities, row) => probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
export const winner = (probabilities, row) => largestOf(rowOf(probabilities, row), CLASSES);
