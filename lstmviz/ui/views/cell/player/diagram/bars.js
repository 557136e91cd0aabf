// The two ends of the diagram that are about letters: the one that is read, and the prediction of the one to come.

import { setText } from "../../../../parts/common/nodes.js";
import { exact, number, shareText } from "../../../../parts/common/numbers.js";
import { svgNode } from "../../../../parts/common/svg.js";
import { fill, quoted } from "../../../../parts/common/words.js";
import { svgName, svgText } from "./svg.js";
import { dueWord, rankedLetters } from "./values.js";

/**
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { Player } from "../main.js"
 * @import { Attributes } from "./svg.js"
 * @import { DiagramLayout, OneHotSize } from "./layout.js"
 * @import { Stop } from "./cell.js"
 *
 * The prediction on display; `was`: the word for what `other`, the probabilities of the run before or after the change, are.
 * @typedef {object} BarValues
 * @property {Float32Array} probabilities
 * @property {Float32Array} logits
 * @property {number[]} due what is right
 * @property {number[]} wrong what is not, and was held to be
 * @property {Float32Array | null} other
 * @property {string} was
 *
 * The bars: the letter of each row, and what they show.
 * @typedef {object} Bars
 * @property {SVGGElement} group
 * @property {number[]} letters
 * @property {SVGElement[]} items
 * @property {BarValues | null} values
 * @property {{ x: number, width: number }} track
 * @property {(values: BarValues | "hidden" | null) => void} draw
 * @property {(k: number) => string} label
 *
 * @typedef {ReturnType<typeof barRow> & { wide?: string | number, place?: string | number, name?: string }} BarRow
 */

const BAR = { letter: 8, logit: 58, track: 64, probability: 52, mark: 16 }; // from the left: places of the columns, widths
const WORD = 14; // what an answer that is a word takes more than a letter

// x_t as a row of 0s and a 1.
/** @param {SVGElement} parent @param {Player} ctx @param {Run} run @param {OneHotSize & { x: number, y: number }} place */
export function createOneHot(parent, ctx, run, { x, y, width, spelt }) {
  const group = svgNode("g", { class: "diagram_onehot" }, parent);
  const count = run.alphabet.length;
  const pitch = width / count;
  const left = x - width / 2;
  svgName(group, { x, y: y - 19, sign: "x", index: "t" });
  const cells = run.alphabet.map((letter, k) => {
    const cell = svgNode("g", { class: "diagram_letter" }, group);
    const box = {
      x: left + k * pitch + (spelt ? 1 : 0),
      y: y - 11,
      width: pitch - (spelt ? 2 : 0),
      height: 22,
      rx: spelt ? 4 : 0,
    };
    svgNode("rect", box, cell);
    if (spelt) svgText(cell, letter, { x: left + (k + 0.5) * pitch, y: y + 5 });
    return cell;
  });
  if (!spelt) svgNode("rect", { x: left, y: y - 11, width, height: 22, rx: 4, class: "diagram_outline" }, group);
  const caption = svgText(group, "", { x, y: y + 25, class: "diagram_caption" });
  let hot = -1;
  return {
    /** @param {number} letter @param {number} before @param {string} said */
    draw(letter, before, said) {
      if (letter !== hot) {
        cells[hot]?.classList.remove("hot");
        cells[letter].classList.add("hot");
        hot = letter;
      }
      const read = fill(ctx.words.diagram_onehot, { letter: quoted(run.alphabet[letter]) });
      const was =
        before === letter
          ? ""
          : ` (${fill(ctx.words[said], { value: quoted(run.alphabet[before]) })})`;
      setText(caption, read + was);
    },
  };
}

// The prediction: a row a letter with its logit, its probability as a bar and a number, ○ at the letter that comes and
// ✕ at a wrong guess. Rows are chosen from the most probable letters where there are too many.
/** @param {SVGElement} parent @param {Player} ctx @param {Run} run @param {DiagramLayout} layout @param {Stop} stop */
export function createBars(parent, ctx, run, layout, stop) {
  const { x, y, width, row, rows } = layout.bars;
  const more = run.answers.some((answer) => Array.from(answer).length > 1) ? WORD : 0;
  const group = svgNode("g", { class: "diagram_bars" }, parent);
  svgName(group, { x: x + 8, y: y - 8, sign: "ŷ", index: "t" }).classList.add("yhat");
  svgText(group, ctx.words.diagram_logit, { x: x + BAR.logit + more, y: y - 7, class: "diagram_head" });
  svgText(group, ctx.words.diagram_probability, { x: x + width - BAR.mark, y: y - 7, class: "diagram_head" });
  const track = { x: x + BAR.track + more, width: Math.max(0, width - BAR.track - more - BAR.probability - BAR.mark) };
  /** @type {BarRow[]} */
  const items = Array.from({ length: rows }, (_, k) =>
    barRow(group, { x, width, track, row, more }, y + k * row, stop.attributes(k)),
  );
  const cover = svgNode("g", { class: "diagram_veil" }, group);
  svgNode("rect", { x, y, width, height: rows * row, rx: 8 }, cover);
  svgText(cover, "?", { x: x + width / 2, y: y + (rows * row) / 2 + 9 });
  /** @type {Bars} */
  const bars = {
    group,
    letters: [],
    items: items.map((item) => item.hit),
    values: null,
    track,
    draw: (values) => drawBars(bars, items, run, values),
    label: (k) => barLabel(ctx, run, bars, k),
  };
  return bars;
}

/**
 * @param {SVGElement} parent
 * @param {{ x: number, width: number, track: Bars["track"], row: number, more: number }} size
 * @param {number} y
 * @param {Attributes} attributes
 */
function barRow(parent, { x, width, track, row, more }, y, attributes) {
  const group = svgNode("g", { class: "diagram_bar" }, parent);
  const base = y + row / 2 + 4.5;
  const bar = { x: track.x, y: y + row / 2 - 6, height: 12, rx: 3 };
  const hit = svgNode(
    "rect",
    { x: x - 3, y: y + 0.5, width: width + 3, height: row - 1, rx: 5, class: "diagram_hit", ...attributes },
    group,
  );
  svgNode("rect", { ...bar, width: track.width, class: "diagram_track" }, group);
  return {
    group,
    hit,
    fill: svgNode("rect", { ...bar, width: 0, class: "diagram_share" }, group),
    other: svgNode("rect", { x: track.x, y: bar.y - 2, width: 2, height: 16, class: "diagram_other" }, group),
    letter: svgText(group, "", { x: x + BAR.letter + more / 2, y: base, class: "diagram_bar_letter" }),
    logit: svgText(group, "", { x: x + BAR.logit + more, y: base, class: "diagram_bar_logit" }),
    probability: svgText(group, "", { x: x + width - BAR.mark, y: base, class: "diagram_bar_number" }),
    mark: svgText(group, "", { x: x + width - 6, y: base, class: "diagram_bar_mark" }),
  };
}

// values: null while there is no prediction yet, "hidden" while it is to be guessed.
/** @type {(bars: Bars, items: BarRow[], run: Run, values: BarValues | "hidden" | null) => void} */
function drawBars(bars, items, run, values) {
  const known = values !== null && values !== "hidden";
  bars.group.classList.toggle("veiled", values === "hidden");
  bars.letters = known
    ? rankedLetters(values.probabilities, values.due, items.length)
    : run.answers.map((_, k) => k).slice(0, items.length);
  bars.values = known ? values : null;
  items.forEach((item, k) => drawBar(item, bars, run, k));
}

/** @type {(item: BarRow, bars: Bars, run: Run, k: number) => void} */
function drawBar(item, { letters, values, track }, run, k) {
  const letter = letters[k];
  const rest = letter === undefined; // the row of the letters that have none of their own
  const share = values ? (rest ? others(values, letters) : values.probabilities[letter]) : NaN;
  const other = values?.other && !rest ? values.other[letter] : NaN;
  const comes = values !== null && values.due.includes(letter);
  const wrong = values !== null && values.wrong.includes(letter);
  /** @type {(value: number) => string} */
  const wide = (value) => (Number.isFinite(value) ? (value * track.width).toFixed(1) : "0");
  setText(item.letter, rest ? "…" : run.answers[letter]);
  setText(item.logit, values && !rest ? number(values.logits[letter]) : "");
  setText(item.probability, values ? shareText(share) : "");
  setText(item.mark, comes ? "○" : wrong ? "✕" : "");
  if (item.wide !== wide(share)) item.fill.setAttribute("width", (item.wide = wide(share)));
  /** @type {number | ""} */
  const place = Math.abs(other - share) > 0.005 ? track.x + Number(wide(other)) - 1 : "";
  if (item.place !== place) item.other.setAttribute("x", String((item.place = place) || track.x));
  /** @type {Record<string, boolean>} */
  const kinds = { comes, wrong, empty: !values, compared: place !== "" };
  const name = ["diagram_bar", ...Object.keys(kinds).filter((kind) => kinds[kind])].join(" ");
  if (item.name !== name) item.group.setAttribute("class", (item.name = name));
}

/** @type {(values: BarValues, letters: number[]) => number} */
const others = ({ probabilities }, letters) =>
  probabilities.reduce((sum, share, k) => (letters.includes(k) ? sum : sum + share), 0);

/** @type {(ctx: Player, run: Run, bars: Bars, k: number) => string} */
function barLabel(ctx, run, { letters, values }, k) {
  const { words } = ctx;
  if (letters[k] === undefined) return words.diagram_rest;
  const letter = quoted(run.answers[letters[k]]);
  if (!values) return letter;
  const [logit, probability] = [values.logits, values.probabilities].map((row) => exact(row[letters[k]]));
  const mark =
    values.due.includes(letters[k]) ? words[dueWord(run)] : values.wrong.includes(letters[k]) ? words.diagram_wrong : "";
  const was = values.other ? ` (${fill(values.was, { value: exact(values.other[letters[k]]) })})` : "";
  return fill(words.diagram_bar, { letter, logit, probability }) + was + (mark ? ` · ${mark}` : "");
}
