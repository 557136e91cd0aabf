// The text on top: the letter that is read, those around it, and under each what the network had predicted for it.

import { focusOf, setShown, setText, tag } from "../../../parts/common/nodes.js";
import { shareText } from "../../../parts/common/numbers.js";
import { fill, lone } from "../../../parts/common/words.js";
import { createGuessing } from "./letters_guess.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 * @import { Side } from "../../../parts/run/viewer.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Player } from "./main.js"
 *
 * A letter of the strip: what is known of it, and what each network had predicted.
 * @typedef {{ text: string, wrong: boolean, share: number }} LetterGuess
 * @typedef {object} Letter
 * @property {number} at
 * @property {"past" | "now" | "next" | "future"} kind
 * @property {string} text
 * @property {string} old what stood there before a change
 * @property {string} when
 * @property {(LetterGuess | null)[]} guesses
 * @property {boolean} starts whether a pattern begins with it
 * @property {string} title
 *
 * @typedef {ReturnType<typeof createLetterCell>} LetterCell
 */

const LETTERS = 24;
const FEW_LETTERS = 12;
const NARROW_TEXT = 560; // pixels; on less there are few letters

/** @param {HTMLElement} root @param {Player} ctx */
export function createLetters(root, ctx) {
  const strip = tag("div", { class: "letters_strip" });
  const labels = tag("div", { class: "letters_labels" });
  strip.setAttribute("role", "group");
  strip.dir = "ltr"; // the letters stand in the order in which they are read, whatever their script
  const guessing = createGuessing(ctx);
  const row = tag("div", { class: "letters_row" });
  row.append(labels, strip, guessing.toggle);
  root.classList.add("letters");
  root.append(row, guessing.element);
  /** @type {LetterCell[]} */
  let cells = [];
  /** @type {unknown[]} */
  let built = []; // what they were built from
  let shown = true;

  strip.addEventListener("click", (event) => {
    const cell = cells.find(({ element }) => event.target instanceof Node && element.contains(event.target));
    if (cell && !Number.isNaN(cell.at)) ctx.pin({ t: ctx.runs.first.clamp(cell.at) });
  });

  return {
    refresh() {
      shown = !ctx.runs.first.ofNumbers; // these have no room in it: what is read stands below
      setShown(root, shown);
      if (!shown) return guessing.refresh();
      const count = root.clientWidth < NARROW_TEXT ? FEW_LETTERS : LETTERS;
      const sides = ctx.sides(ctx.state.get());
      const wanted = [count, ctx.words, ...Object.values(ctx.runs)];
      if (wanted.length === built.length && wanted.every((one, k) => one === built[k])) return;
      built = wanted;
      root.classList.toggle("few", count === FEW_LETTERS);
      strip.setAttribute("aria-label", ctx.words.letters_strip);
      labels.replaceChildren(...labelsOf(ctx, sides));
      cells = Array.from({ length: count }, () => createLetterCell(sides.length));
      const focused = strip.contains(focusOf(root));
      strip.replaceChildren(...cells.map(({ element }) => element));
      guessing.refresh();
      if (focused) ctx.root.focus({ preventScroll: true });
    },
    /** @param {State} now */
    draw(now) {
      if (!shown) return;
      const sides = ctx.sides(now);
      const start = firstLetter(ctx.runs.first, now.t, cells.length);
      const hadFocus = strip.contains(focusOf(root));
      cells.forEach((cell, k) => drawLetter(cell, letterAt(ctx, sides, now, start + k)));
      const present = cells[now.t - start]?.element;
      if (hadFocus && !present?.matches(":focus")) present?.focus({ preventScroll: true });
      guessing.draw(now, sides);
    },
  };
}

/** @type {(ctx: Player, sides: Side[]) => HTMLElement[]} */
function labelsOf(ctx, sides) {
  const texts = [ctx.words.letters_text, ...(sides.length > 1 ? shortTitles(sides) : [ctx.words.letters_predicted])];
  return texts.map((text) => {
    const label = tag("span");
    label.textContent = label.title = text;
    return label;
  });
}

// Of two networks what tells their titles apart; their numbers if nothing does.
/** @param {Side[]} sides */
function shortTitles(sides) {
  const [one, other] = sides.map(({ run }) => run.title.split(" · "));
  /** @type {(parts: string[], others: string[]) => string} */
  const short = (parts, others) => parts.filter((part) => !others.includes(part)).join(" · ");
  return [short(one, other) || "1", short(other, one) || "2"];
}

// The strip moves by whole patterns where they fit in, so that the marker moves and the text stays.
/** @param {Run} run @param {number} t @param {number} count */
function firstLetter(run, t, count) {
  const half = count / 2;
  const block = run.period <= half ? Math.floor(half / run.period) * run.period : half;
  const lead = Math.floor((count - block) / 2);
  const last = Math.max(0, Math.ceil((run.steps + 1 - count) / block) * block);
  return Math.min(Math.max(0, Math.floor((t - lead) / block) * block), last);
}

/** @param {number} sides */
function createLetterCell(sides) {
  const element = tag("button", { type: "button", class: "letters_cell" });
  const letter = tag("b");
  const old = tag("del");
  const when = tag("em");
  const guesses = Array.from({ length: sides }, () => tag("s"));
  const box = tag("i");
  box.append(letter, old);
  element.append(when, box, ...guesses);
  return { element, letter, old, when, guesses, at: NaN };
}

// What is known of letter `at` of the text, which step `at` reads and step at - 1 predicts; null past the text's end.
/** @type {(ctx: Player, sides: Side[], now: State, at: number) => Letter | null} */
function letterAt(ctx, sides, now, at) {
  const { run } = sides[0];
  if (at > run.steps) return null;
  const hidden = ctx.hidden(now);
  const veiled = now.guessing && at > now.t + (hidden ? 0 : 1);
  const letter = at < run.steps ? run.letter(at) : run.target(at - 1);
  const symbols = at < run.steps ? run.alphabet : run.answers;
  const original = at < run.steps ? ctx.runs.first.letter(at) : letter;
  const guesses = sides.map((side) => (at <= now.t || (at === now.t + 1 && !hidden) ? guessFor(side, at) : null));
  const kind = at < now.t ? "past" : at === now.t ? "now" : at === now.t + 1 ? "next" : "future";
  return {
    at,
    kind,
    text: veiled ? (kind === "next" ? "?" : "") : symbols[letter] ?? "",
    old: !veiled && original !== letter ? run.alphabet[original] : "",
    when: kind === "now" ? fill("t = {t}", { t: at }) : "",
    guesses,
    starts: at % run.period === 0,
    title: letterTitle(ctx, {
      at,
      veiled,
      guesses,
      letter: symbols[letter] ?? "",
      old: original === letter ? "" : run.alphabet[original],
    }),
  };
}

/** @type {(side: Side, at: number) => LetterGuess | null} */
function guessFor({ run, e }, at) {
  const t = at - 1;
  if (t < run.start || t >= run.stop || !run.asked(t)) return null;
  const letter = run.guess(e, t);
  const share = letter < 0 ? NaN : run.value("probabilities", e, t, letter);
  return { text: letter < 0 ? "–" : run.answers[letter], wrong: !run.right(e, t), share };
}

/**
 * @param {Player} ctx
 * @param {{ at: number, veiled: boolean, guesses: (LetterGuess | null)[], letter: string, old: string }} letter
 */
function letterTitle({ words }, { at, veiled, guesses, letter, old }) {
  const parts = [
    fill(words.letters_letter, { t: at, letter: veiled ? words.letters_unknown : lone(letter) }),
  ];
  if (old && !veiled) parts.push(fill(words.letters_read_was, { letter: lone(old) }));
  for (const guess of guesses) {
    if (!guess) continue;
    const said = fill(words.letters_network, {
      letter: lone(guess.text),
      percent: shareText(guess.share),
    });
    parts.push(guess.wrong ? `${said} ✕ ${words.letters_wrong}` : said);
  }
  return parts.join(" · ");
}

/** @type {(cell: LetterCell, found: Letter | null) => void} */
function drawLetter(cell, found) {
  const { element } = cell;
  cell.at = found?.at ?? NaN;
  if (!found) return setCell(element, "letters_cell gone", "", -1);
  const changed = found.old ? " changed" : "";
  setCell(
    element,
    `letters_cell ${found.kind}${changed}${found.starts ? " starts" : ""}${/^[\p{L}\p{N}]{2}/u.test(found.text) ? " word" : ""}`,
    found.title,
    found.kind === "now" ? 0 : -1,
  );
  setText(cell.letter, found.text);
  setText(cell.old, found.old);
  setText(cell.when, found.when);
  found.guesses.forEach((guess, k) => {
    setText(cell.guesses[k], guess?.text ?? "");
    cell.guesses[k].classList.toggle("wrong", Boolean(guess?.wrong));
  });
}

/** @param {HTMLElement} element @param {string} name @param {string} title @param {number} tabIndex */
function setCell(element, name, title, tabIndex) {
  if (element.className !== name) element.className = name;
  if (element.tabIndex !== tabIndex) element.tabIndex = tabIndex;
  const current = name.includes(" now") ? "step" : "false";
  if (element.getAttribute("aria-current") !== current) element.setAttribute("aria-current", current);
  if (element.title === title) return;
  element.title = title;
  element.setAttribute("aria-label", title);
}
