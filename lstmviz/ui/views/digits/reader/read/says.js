// The answer in large, and in words: how sure, since which row, and what covering rows changed.

import { partNode, setShown, setText } from "../../../../parts/common/nodes.js";
import { fill, phrase } from "../../../../parts/common/words.js";
import { ROWS, rowOf, winner } from "../answers.js";
import { percentText, placeText, placesText } from "./shares.js";

/**
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Cell } from "../answers.js"
 * @import { Ctx, State } from "../main.js"
 */

const STILL = 700; // milliseconds without a change before the answer is spoken

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createSays(root, ctx) {
  const big = partNode("span", "digits_big", root);
  const lines = partNode("div", "digits_lines", root);
  const first = partNode("div", "digits_first", lines);
  const second = partNode("div", "digits_second", lines);
  const spoken = partNode("span", "digits_spoken", root);
  spoken.setAttribute("role", "status");
  let shown = "";
  let timer = 0;

  return {
    refresh() {
      shown = "";
    },
    /** @param {State} now */
    draw({ row, network, late }) {
      const key = `${ctx.version} ${row} ${network} ${late} ${ctx.root.lang}`;
      if (key === shown) return;
      shown = key;
      const { words, answers } = ctx;
      const probabilities = answers.probabilities(network);
      root.classList.toggle("refused", !probabilities);
      const [digit, ...sentences] = probabilities ? verdictSays(ctx, probabilities, row, network) : refusalSays(words, answers.refusal);
      if (late) sentences[1] = words.waiting;
      setText(big, digit);
      first.replaceChildren(...phrase(sentences[0], {}));
      second.replaceChildren(...phrase(sentences[1] ?? "", {}));
      clearTimeout(timer);
      timer = setTimeout(() => setText(spoken, [digit, ...sentences].join(". ").replaceAll("**", "")), STILL);
    },
    leave: () => clearTimeout(timer),
  };
}

/** @type {(words: Words, refusal: string | null) => string[]} */
const refusalSays = (words, refusal) => (refusal ? ["–", words[`refused_${refusal}`], words[`refused_${refusal}_try`]] : ["", "", ""]);

/** @type {(ctx: Ctx, probabilities: Float32Array, row: number, network: Cell) => string[]} */
function verdictSays({ words, answers }, probabilities, row, network) {
  const digit = winner(probabilities, row);
  const decided = answers.verdict(network)?.decided ?? null;
  const said = { share: percentText(rowOf(probabilities, row)[digit]), network: answers.answering(network).name, place: placeText(words, answers.order, row) };
  if (row < ROWS - 1) return [String(digit), fill(words.says_after, said), fill(words[`says_left_${answers.order}`], { count: ROWS - 1 - row })];
  const doubt = answers.header.doubt;
  if (doubt?.perhaps && !answers.old) return [String(digit), fill(words.says_share, said), doubtSays(words, doubt)];
  const sure = decided === null ? words.says_undecided : words.says_decided;
  const since = placeText(words, answers.order, decided ?? 0);
  return [String(digit), fill(words.says_share, said), fill(sure, { place: since })];
}

// Why it is perhaps not a digit: how few digits look so odd, and what the three networks say.
/** @type {(words: Words, doubt: import("../answers.js").Doubt) => string} */
function doubtSays(words, { rarer, answers }) {
  const agree = answers.every((digit) => digit === answers[0]);
  const said = fill(agree ? words.doubt_agree : words.doubt_differ, { digit: answers[0], list: answers.join(", ") });
  return fill(words.doubt, { count: Math.floor(1000 * rarer) + 1, answers: said });
}

// Under the rows: what covering did, and what the networks never learned.
/** @param {HTMLElement} root @param {Ctx} ctx */
export function createTold(root, ctx) {
  const covered = partNode("p", "digits_covered", root);
  covered.setAttribute("role", "status");
  const order = partNode("p", "digits_ordered", root);
  covered.classList.add("none"); // it keeps its room, so that nothing moves when rows are covered
  setShown(order, false);
  let shown = "";
  return {
    refresh() {
      shown = "";
    },
    /** @param {State} now */
    draw({ network }) {
      const key = `${ctx.version} ${network}`;
      if (key === shown) return;
      shown = key;
      const { words, answers } = ctx;
      const [now, before] = [answers.probabilities(network), answers.uncovered(network)];
      const said = now && before ? coverSays(ctx, now, before) : "";
      if (!answers.old || answers.refusal) {
        covered.replaceChildren(...phrase(said, {}));
        covered.classList.toggle("none", said === "");
      }
      covered.classList.toggle("old", answers.old && !answers.refusal);
      const told = [answers.header?.inverted ? words.told_inverted : "", answers.order === "rows" ? "" : words[`told_${answers.order}`]];
      setText(order, told.filter(Boolean).join(" "));
      setShown(order, told.some(Boolean));
    },
  };
}

/** @type {(ctx: Ctx, now: Float32Array, before: Float32Array) => string} */
function coverSays({ words, answers }, now, before) {
  const last = ROWS - 1;
  const [digit, other] = [winner(now, last), winner(before, last)];
  const values = {
    places: placesText(words, answers.order, answers.header.covered),
    digit,
    other,
    now: percentText(rowOf(now, last)[digit]),
    before: percentText(rowOf(before, last)[other]),
    left: percentText(rowOf(now, last)[other]),
  };
  return fill(digit === other ? words.covered_same : words.covered_other, values);
}
