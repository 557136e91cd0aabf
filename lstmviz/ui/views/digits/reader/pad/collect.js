// "No, I drew another digit.": drawings that were read wrongly, with what they really are. They stay in the browser until they are downloaded.

import { partNode, penOf, setAttribute, setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, winner } from "../answers.js";

/**
 * @import { Ctx, State } from "../main.js"
 * @import { Cell, Order } from "../answers.js"
 *
 * A drawing that was read wrongly: what it is, what was answered, by whom, in which order and without which rows; (28, 28)
 * pixels, 0 to 255, as the network saw it.
 * @typedef {{ label: number, answer: number, cell: Cell, order: Order, covered: number[], pixels: Uint8Array }} Collected
 */

const ACROSS = 8; // drawings in a row of the contact sheet
const LARGE = 4; // pixels of the sheet for each of a drawing's
const CAPTION = 22;

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createCollect(root, ctx) {
  const { state } = ctx;
  /** @type {(className: string, click: () => void) => HTMLButtonElement} */
  const button = (className, click) => tag("button", { type: "button", class: className, click });
  const wrong = button("digits_wrong", () => state.set({ labelling: !state.get().labelling }));
  const ask = partNode("span", "digits_ask");
  const labels = tag("div", { class: "digits_labels", role: "group" });
  const choices = Array.from({ length: CLASSES }, (_, digit) => button("digits_label", () => add(digit)));
  choices.forEach((choice, digit) => setText(choice, String(digit)));
  labels.append(ask, ...choices);
  const kept = tag("div", { class: "digits_kept" });
  const count = partNode("b", "", kept);
  const png = button("digits_link", () => sheet(state.get().collected).then((blob) => blob && offer(blob, "lstmviz digits.png")));
  const csv = button("digits_link", () => offer(new Blob([table(state.get().collected)], { type: "text/csv" }), "lstmviz digits.csv"));
  const last = button("digits_link", () => state.set({ collected: state.get().collected.slice(0, -1) }));
  const none = button("digits_link", () => {
    ctx.paper.focus({ preventScroll: true }); // the button goes
    state.set({ collected: [] });
  });
  kept.append(png, csv, last, none);
  const note = tag("span", { class: "digits_private" });
  root.append(wrong, labels, kept, note);

  // What is on the pad, as the network saw it.
  /** @param {number} label */
  function add(label) {
    const { answers } = ctx;
    const { network, collected } = state.get();
    const values = answers.probabilities(network);
    if (!values || !answers.image || answers.old || ctx.pending()) return; // it is not what is on the pad
    const pixels = Uint8Array.from(answers.image, (value) => Math.round(255 * value));
    const { cell } = answers.answering(network);
    const one = { label, answer: winner(values, ROWS - 1), order: answers.order, covered: answers.header.covered, cell, pixels };
    const others = collected.filter((other) => !isSame(one, other)); // labelled again, a drawing is there once
    state.set({ collected: [...others, one], labelling: false });
    wrong.focus({ preventScroll: true });
  }

  return {
    refresh() {
      const { words } = ctx;
      setText(wrong, words.wrong);
      wrong.title = words.wrong_about;
      setText(ask, words.wrong_ask);
      setText(png, "PNG");
      setText(csv, "CSV");
      setText(last, words.remove_last);
      setText(none, words.remove_all);
      png.title = words.png;
      csv.title = words.csv;
      setText(note, words.private);
      setAttribute(labels, "aria-label", words.wrong_ask);
    },
    /** @param {State} now */
    draw({ labelling, collected, network, late }) {
      const values = ctx.answers.probabilities(network);
      const possible = values !== null && !late;
      const answer = values ? winner(values, ROWS - 1) : -1;
      choices.forEach((choice, digit) => (choice.disabled = !possible || digit === answer));
      wrong.disabled = !possible;
      setAttribute(wrong, "aria-expanded", String(labelling && values !== null));
      setShown(labels, labelling && values !== null);
      setShown(kept, collected.length > 0);
      setShown(note, labelling || collected.length > 0);
      setText(count, fill(ctx.words.collected, { count: collected.length }));
    },
  };
}

// Whether two are the same drawing, read alike.
/** @type {(one: Collected, other: Collected) => boolean} */
function isSame(one, other) {
  /** @type {(one: Collected) => string} */
  const read = ({ order, cell, covered }) => [order, cell, ...covered].join();
  return read(one) === read(other) && one.pixels.every((value, k) => value === other.pixels[k]);
}

// One line a drawing: what it is, what was answered, by whom, in which order and without which rows, counted from 1, and its
// 784 pixels from 0 to 255.
/** @type {(collected: Collected[]) => string} */
function table(collected) {
  const pixels = Array.from({ length: ROWS * ROWS }, (_, k) => `pixel${k}`);
  const lines = collected.map(({ label, answer, cell, order, covered, pixels: values }) => {
    return [label, answer, cell, order, covered.map((row) => row + 1).join(" "), ...values];
  });
  return [["label", "answer", "network", "order", "covered", ...pixels], ...lines].map((line) => `${line.join()}\n`).join("");
}

// All of them on one picture, each with "what it is → what was answered".
/** @type {(collected: Collected[]) => Promise<Blob | null>} */
async function sheet(collected) {
  const side = ROWS * LARGE;
  const across = Math.min(collected.length, ACROSS);
  const canvas = document.createElement("canvas");
  canvas.width = across * (side + 8) + 8;
  canvas.height = Math.ceil(collected.length / across) * (side + CAPTION + 8) + 8;
  const pen = penOf(canvas);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { font: "14px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
  const small = Object.assign(document.createElement("canvas"), { width: ROWS, height: ROWS });
  collected.forEach(({ label, answer, pixels }, k) => {
    const left = 8 + (k % across) * (side + 8);
    const top = 8 + Math.floor(k / across) * (side + CAPTION + 8);
    const image = new ImageData(ROWS, ROWS);
    pixels.forEach((value, at) => image.data.set([255 - value, 255 - value, 255 - value, 255], 4 * at));
    penOf(small).putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, left, top, side, side);
    Object.assign(pen, { strokeStyle: "#b9c3d6", fillStyle: "#1d2433" });
    pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    pen.fillText(`${label} → ${answer}`, left + side / 2, top + side + CAPTION / 2 + 1);
  });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** @type {(blob: Blob, file: string) => void} */
export function offer(blob, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
