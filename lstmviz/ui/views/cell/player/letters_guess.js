// Predict, then reveal: the next letter stays hidden until someone has guessed it, or wants to see it.

import { keyLetter } from "../../../parts/common/keys.js";
import { focusOf, setText, tag } from "../../../parts/common/nodes.js";
import { shareText } from "../../../parts/common/numbers.js";
import { fill, lone } from "../../../parts/common/words.js";
import { visible } from "../../../parts/run/data.js";
import { noTally } from "../../../parts/run/state.js";

/**
 * @import { Side } from "../../../parts/run/viewer.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Player } from "./main.js"
 */

/** @param {Player} ctx */
export function createGuessing(ctx) {
  /** @type {(className: string, click: () => void) => HTMLButtonElement} */
  const button = (className, click) => tag("button", { type: "button", class: className, click });
  /** @type {(className: string) => HTMLElement} */
  const span = (className) => tag("span", { class: className });
  ctx.toggleGuessing = () => {
    if (!ctx.runs.first.foretells) return;
    const guessing = !ctx.state.get().guessing;
    begins = guessing;
    ctx.state.set({ guessing, revealed: !guessing, playing: false, tally: noTally(ctx.runs.first.pattern) });
  };
  const toggle = button("letters_toggle", ctx.toggleGuessing);
  const element = tag("div", { class: "letters_guess" });
  const [ask, told, tally] = [span("letters_ask"), span("letters_told"), span("letters_tally")];
  told.setAttribute("role", "status");
  const choices = span("letters_choices");
  const reveal = button("letters_action", () => ctx.state.set({ revealed: true, playing: false }));
  const next = button("letters_action main", () => ctx.state.set({ t: ctx.runs.first.clamp(ctx.state.get().t + 1) }));
  element.append(choices, ask, told, reveal, next, tally);
  let begins = false; // the choices are to have the focus once they are shown
  let guess = { t: -1, letter: -1 }; // the last one, and for which step
  /** @type {HTMLButtonElement[]} */
  let letters = [];

  /** @type {(letter: number) => void} */
  const make = (letter) => {
    const now = ctx.state.get();
    if (!ctx.hidden(now)) return;
    const { run, e } = ctx.sides(now)[0];
    const due = run.due(now.t);
    const { pattern, steps, asked, right, network } = now.tally;
    guess = { t: now.t, letter };
    const again = steps.includes(now.t); // a step counts once
    ctx.state.set({
      revealed: true,
      playing: false,
      tally: again ? now.tally : {
        pattern,
        steps: [...steps, now.t],
        asked: asked + 1,
        right: right + Number(due.includes(letter)),
        network: network + Number(due.includes(run.guess(e, now.t))),
      },
    });
  };
  // Whether the key is one of the letters.
  /** @type {(event: KeyboardEvent) => boolean} */
  ctx.guessKey = (event) => {
    if (!ctx.hidden(ctx.state.get())) return false;
    const { alphabet } = ctx.runs.first;
    const letter = [event.key.normalize("NFC"), keyLetter(event)].map(visible).map((one) => alphabet.indexOf(one)).find((k) => k >= 0);
    if (letter === undefined) return false;
    make(letter);
    return true;
  };

  const refresh = () => {
    const { words, runs } = ctx;
    const { guessing, tally: told } = ctx.state.get();
    if (guessing && !runs.first.foretells) { // there is no next letter to be guessed
      ctx.state.set({ guessing: false, revealed: true });
    } else if (guessing && told.pattern !== runs.first.pattern) { // of another text
      guess = { t: -1, letter: -1 };
      ctx.state.set({ tally: noTally(runs.first.pattern), revealed: false });
    }
    ask.textContent = words.letters_ask;
    reveal.textContent = words.letters_reveal;
    next.textContent = words.letters_next;
    element.classList.toggle("many", runs.first.alphabet.length > 10);
    letters = runs.first.alphabet.map((text, letter) => {
      const choice = button("letters_choice", () => make(letter));
      choice.textContent = text;
      return choice;
    });
    choices.replaceChildren(...letters);
  };
  /** @type {(now: State, sides: Side[]) => void} */
  const draw = (now, sides) => {
    const hidden = ctx.hidden(now);
    const label = ctx.words[now.guessing ? "letters_show" : "letters_hide"];
    setText(toggle, label);
    toggle.hidden = !sides[0].run.foretells;
    toggle.classList.toggle("on", now.guessing);
    element.hidden = !now.guessing;
    if (!now.guessing) return;
    const focused = focusOf(ctx.root);
    const focus = element.contains(focused) ? focused : null;
    for (const one of [ask, reveal]) one.hidden = !hidden;
    for (const one of [told, next]) one.hidden = hidden;
    const mine = guess.t === now.t && !hidden ? guess.letter : -1;
    const due = sides[0].run.due(now.t);
    letters.forEach((choice, letter) => {
      choice.disabled = !hidden;
      choice.classList.toggle("right", !hidden && due.includes(letter));
      choice.classList.toggle("wrong", letter === mine && !due.includes(mine));
    });
    next.disabled = now.t >= sides[0].run.stop - 1;
    const said = hidden ? "" : guessSays(ctx, sides[0], now, mine);
    setText(told, said);
    const { asked, right, network } = now.tally;
    const count = asked ? fill(ctx.words.letters_tally, { asked, right, network }) : "";
    setText(tally, count);
    // What had the focus may be gone or shut now.
    if (begins) letters[0].focus({ preventScroll: true });
    else if (focus instanceof HTMLElement && (focus.hidden || focus.matches(":disabled"))) {
      const heir = hidden ? letters[0] : next.disabled ? toggle : next;
      heir.focus({ preventScroll: true });
    }
    begins = false;
  };
  return { toggle, element, refresh, draw };
}

// "You: C ✓ · network: C ✓ (99%)"
/** @type {(ctx: Player, side: Side, now: State, letter: number) => string} */
function guessSays({ words }, { run, e }, { t }, letter) {
  /** @param {number} k */
  const named = (k) => (k < 0 ? "–" : lone(run.alphabet[k]));
  const due = run.due(t);
  const target = run.target(t);
  const network = run.guess(e, t);
  /** @param {number} k */
  const mark = (k) => (due.includes(k) ? "✓" : "✕");
  const share = network < 0 ? NaN : run.value("probabilities", e, t, network);
  const you =
    letter < 0
      ? fill(words.letters_is, { letter: named(target) })
      : fill(words.letters_you, { letter: named(letter), mark: mark(letter) });
  const truth =
    letter >= 0 && !due.includes(letter) ? ` · ${fill(words.letters_is, { letter: named(target) })}` : "";
  const values = { letter: named(network), mark: mark(network), percent: shareText(share) };
  return `${you}${truth} · ${fill(words.letters_guessed, values)}`;
}
