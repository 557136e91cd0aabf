// What a network writes, letter by letter: with the five letters it held to be most probable below each, and all that it
// held to be probable for the one that is looked at. Another letter that is clicked the server goes on from.

import { arraysOf } from "../../../parts/common/bytes.js";
import { createClock } from "../../../parts/common/clock.js";
import { buttonIcon, buttonName } from "../../../parts/common/icons.js";
import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf, setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { shareText } from "../../../parts/common/numbers.js";
import { scaleOf } from "../../../parts/common/scales.js";
import { fill, lone } from "../../../parts/common/words.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Themes } from "../../../parts/common/scales.js"
 *
 * What `writing.py` says. chosen: the places behind the start at which a letter was chosen.
 * @typedef {{ language: string, words: Record<string, string>, themes: Themes, chosen: number[] }} Header
 *
 * The letters, N of them, the start included, and what was said of each but the first, best first: the codes of K of the V
 * letters (N - 1, K), how probable they are held to be, what they are drawn with; `own` is where in `alphabet` each is.
 * @typedef {object} Written
 * @property {{ letters: string[], start: number, alphabet: string[] }} header
 * @property {{ best: Int32Array, shares: Float32Array, offered: Float32Array, own: Int32Array, own_shares: Float32Array }} arrays
 */

const BELOW = 5; // letters below each

export default createMount({
  root: ".writer",
  make: (bytes) => /** @type {Written} */ (arraysOf(bytes)),
  keep: 8,
  create: createWriter,
});

/** @type {(root: HTMLElement) => Instance<Header, Written>} */
function createWriter(root) {
  /** @type {Written} */
  let written = later;
  /** @type {Header} */
  let header = later;
  /** @type {(name: string, value: unknown) => void} */
  let tell = later;
  let dark = false;
  let shown = 0; // letters that are to be seen
  let looked = 0; // the one that is looked at
  /** @type {HTMLButtonElement[]} */
  let columns = [];

  const letters = nodeOf(root, "[data-part=letters]");
  const panel = nodeOf(root, "[data-part=panel]");
  const bar = nodeOf(root, "[data-part=bar]");
  const play = tag("button", { type: "button", class: "transport_play", click: () => (clock.running ? clock.stop() : clock.start()) });
  const range = tag("input", { type: "range", min: 0, step: 1, input: () => reveal(Number(range.value)) });
  const count = tag("span", { class: "transport_label" });
  bar.append(play, range, count);
  const clock = createClock({
    count: () => written.header.letters.length - written.header.start + 1,
    at: () => shown - written.header.start,
    speed: () => 0.5,
    show: (place) => reveal(written.header.start + Math.round(place)),
    changed: drawButton,
  });

  function drawButton() {
    buttonIcon(play, clock.running ? "pause" : "play");
    buttonName(play, clock.running ? header.words.writer_pause : header.words.writer_play);
  }

  /** @param {number} letter */
  function reveal(letter) {
    shown = letter;
    looked = letter - 1;
    draw();
  }

  /** @param {number} letter */
  function look(letter) {
    looked = letter;
    draw();
  }

  function build() {
    const { header: about, arrays } = written;
    const scale = scaleOf(header.themes[dark ? "dark" : "light"].scales.unit, 0, 1);
    const many = arrays.best.length / Math.max(about.letters.length - 1, 1);
    /** @type {Node[]} */
    const nodes = [];
    columns = about.letters.map((letter, n) => {
      const kind = n < about.start ? "given" : header.chosen.includes(n - about.start) ? "chosen" : null;
      const column = tag("button", { type: "button", class: kind, click: () => look(n) }, tag("b", {}, seen(letter)));
      for (let k = 0; n > 0 && k < Math.min(BELOW, many); k++) {
        const at = (n - 1) * many + k;
        const [ground, ink] = scale.colour(arrays.shares[at]);
        const small = tag("i", {}, seen(about.alphabet[arrays.best[at]]));
        small.style.background = ground;
        small.style.color = ink;
        column.append(small);
      }
      const share = n > 0 ? arrays.own_shares[n - 1] : 1;
      column.setAttribute("aria-label", n > 0 ? fill(header.words.writer_letter, { letter: lone(letter), share: shareText(share) }) : letter);
      nodes.push(column);
      if (letter === "\n") nodes.push(tag("span", { class: "writer_line" }));
      return column;
    });
    letters.replaceChildren(...nodes);
    range.max = String(about.letters.length);
    range.min = String(about.start);
    setAttribute(range, "aria-label", header.words.writer_scrub);
  }

  function draw() {
    const { letters: all, start } = written.header;
    columns.forEach((column, n) => {
      column.classList.toggle("to_come", n >= shown);
      setAttribute(column, "aria-pressed", String(n === looked));
    });
    range.value = String(shown);
    setText(count, fill(header.words.writer_written, { count: shown - start, total: all.length - start }));
    drawPanel();
  }

  function drawPanel() {
    const { words } = header;
    const { header: about, arrays } = written;
    if (looked < about.start) {
      panel.replaceChildren(tag("p", {}, fill(words.writer_given, { letter: lone(about.letters[Math.max(looked, 0)]) })));
      return;
    }
    const row = looked - 1;
    const many = arrays.best.length / (about.letters.length - 1);
    const rows = [];
    let rest = 1;
    for (let k = 0; k < many; k++) {
      const at = row * many + k;
      const code = arrays.best[at];
      rest -= arrays.shares[at];
      const own = code === arrays.own[row];
      const strip = tag("span", { class: "bar" });
      strip.style.setProperty("--share", `${100 * arrays.shares[at]}%`);
      strip.style.setProperty("--drawn", `${100 * arrays.offered[at]}%`);
      const place = looked - about.start;
      rows.push(
        tag(
          "button",
          { type: "button", "aria-pressed": String(own), disabled: own, click: () => tell("chosen", { place, code }) },
          tag("b", {}, seen(about.alphabet[code])),
          strip,
          tag("span", {}, shareText(arrays.shares[at])),
          tag("span", {}, shareText(arrays.offered[at])),
        ),
      );
    }
    const heads = tag("div", { class: "heads" }, tag("span"), tag("span"), tag("span", {}, words.writer_share), tag("span", {}, words.writer_drawn));
    const before = about.letters.slice(Math.max(looked - 12, 0), looked).map(seen).join("");
    const left = about.alphabet.length - many;
    panel.replaceChildren(
      tag("h2", {}, fill(words.writer_after, { before: lone(before) })),
      tag("div", { class: "writer_bars" }, heads, ...rows),
      tag("p", {}, left > 0 ? fill(words.writer_rest, { count: left, share: shareText(Math.max(rest, 0)) }) : ""),
      tag("p", {}, words.writer_how),
    );
  }

  return {
    show(told, parts, call) {
      const fresh = written !== parts.written;
      header = told;
      written = parts.written;
      tell = call.setTriggerValue;
      dark = call.dark;
      if (fresh) {
        clock.stop();
        shown = written.header.letters.length;
        looked = header.chosen.length ? written.header.start + Math.max(...header.chosen) : Math.min(written.header.start, shown - 1);
      }
      build();
      drawButton();
      draw();
    },
    refresh: draw,
    leave: clock.stop,
  };
}

// A letter, also one that leaves no trace.
/** @param {string} letter */
const seen = (letter) => ({ " ": "␣", "\n": "↵", "\t": "⇥" })[letter] ?? letter;

