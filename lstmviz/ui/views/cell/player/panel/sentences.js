// WHAT YOU SEE and WHY: sentences made of the numbers of this step of this run.

import { setText, tag } from "../../../../parts/common/nodes.js";
import { number, shareText } from "../../../../parts/common/numbers.js";
import { aloud, lone } from "../../../../parts/common/words.js";
import { preActivation } from "../sums/arithmetic.js";
import { readAt } from "../../../../parts/run/labels.js";
import { contrastOf, followersOf, mostMoved, predictionOf, statePartsOf, strongest, twinOf } from "./reading.js";
import { isHeld } from "../diagram/values.js";
import { lookAt, prose, section } from "./nodes.js";

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Side } from "../../../../parts/run/viewer.js"
 * @import { Player } from "../main.js"
 * @import { Lead, Outcome, Prediction } from "./reading.js"
 *
 * @typedef {[key: string, values: Record<string, string | number>]} Sentence
 * @typedef {Side & { t: number, unit: number, quantity: Quantity, text: Run }} SentencePlace
 */

const MOST_FOLLOWERS = 6;

/** @param {Player} ctx */
export function createSentences(ctx) {
  const see = paragraphs("see", ctx);
  const why = paragraphs("why", ctx);
  return {
    roots: [see.root, why.root],
    /** @param {State} now */
    draw(now) {
      const side = ctx.sides(now).find((one) => one.of === now.of) ?? ctx.sides(now)[0];
      const at = { ...side, t: side.run.clamp(now.t), unit: now.unit, quantity: now.quantity, text: ctx.runs.first };
      const hidden = ctx.hidden(now);
      see.say(seen(at, hidden));
      why.say(hidden ? [["panel_why_hidden", {}]] : reasons(at));
    },
    refresh() {
      setText(see.heading, ctx.words.panel_see);
      setText(why.heading, ctx.words.panel_why);
      see.forget();
      why.forget();
    },
  };
}

// A section of paragraphs, [template, values] each; one that says the same as before is left alone.
/** @param {string} name @param {Player} ctx */
function paragraphs(name, ctx) {
  const { root, heading } = section(name);
  /** @type {{ node: HTMLElement, text: string }[]} */
  const lines = [];
  /** @type {(said: Sentence[]) => void} */
  const say = (said) => {
    said.forEach(([key, values], k) => {
      lines[k] ??= { node: root.appendChild(tag("p")), text: "" };
      const text = `${key} ${JSON.stringify(values)}`;
      if (lines[k].text === text) return;
      lines[k].text = text;
      const spoken = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, aloud(String(value), ctx.words)]));
      lines[k].node.replaceChildren(...prose(ctx.words[key], spoken, (place) => lookAt(ctx, place)));
    });
    for (const line of lines.splice(said.length)) line.node.remove();
  };
  return { root, heading, say, forget: () => lines.forEach((line) => (line.text = "")) };
}

/** @type {(at: SentencePlace, hidden: boolean) => Sentence[]} */
function seen(at, hidden) {
  const { run, e, t, unit, quantity, text } = at;
  const swapped = run.letter(t) !== text.letter(t);
  const named = { t, read: lone(readAt(run, t)), written: lone(readAt(text, t)) };
  const does = run.ofNumbers ? "read_numbers" : swapped ? "swapped" : "read";
  /** @type {Sentence[]} */
  const said = [[`panel_see_${does}`, named]];
  if (run.ofNumbers) said.push(toldVerdict(run, e, t));
  else if (hidden) said.push(["panel_see_hidden", {}]);
  else said.push(verdict(run, e, t, predictionOf(run, e, t, text)));
  if (run.cell === "lstm") said.push(...turned(run, e, t));
  if (quantity !== "logits") said.push(story(run, e, t, Math.min(unit, run.units - 1)));
  return said;
}

/** @type {(run: Run, e: number, t: number, found: Prediction) => Sentence} */
function verdict(run, e, t, found) {
  const letters = run.answers.map(lone);
  if (found.letter >= 0 && !run.asked(t)) return ["panel_see_unasked", {}];
  const tossed = found.right && !found.sure && !run.arrays.legal;
  const judged = tossed ? "toss" : found.right ? "right" : "wrong";
  const kind = run.arrays.legal ? "_legal" : run.foretells ? "" : "_answer";
  const which = found.letter < 0 ? "broken" : judged + kind;
  const values = {
    legal: run.due(t).map((k) => letters[k]).join(", "),
    letter: letters[found.letter],
    target: letters[found.target],
    probability: shareText(found.probability ?? NaN),
    certainty: shareText(found.certainty),
    rival: letters[found.second ?? -1] ?? "",
    rivals: shareText((found.second ?? -1) < 0 ? NaN : run.value("probabilities", e, t, found.second ?? 0)),
  };
  return [`panel_see_${which}`, values];
}

// Of numbers: the one that is told, or of several the one that is off the most, beside what is due.
/** @type {(run: Run, e: number, t: number) => Sentence} */
function toldVerdict(run, e, t) {
  const told = run.row("logits", e, t);
  if (!told.every(Number.isFinite)) return ["panel_see_broken", {}];
  if (!run.asked(t)) return ["panel_see_unasked_numbers", { told: Array.from(told, number).join(", ") }];
  const errors = run.errors(e, t);
  const worst = errors.reduce((found, error, k) => (error > errors[found] ? k : found), 0);
  const values = { name: run.answers[worst], told: number(told[worst]), target: number(run.value("y", e, t, worst)), off: number(errors[worst]), tolerance: number(run.tolerance) };
  return [`panel_see_told_${run.right(e, t) ? "right" : "wrong"}${told.length > 1 ? "_worst" : ""}`, values];
}

const NEARLY_ALL = 0.8; // of what changes a cell state, one of the two that do

// What an LSTM's step does to its long memory, where it changes it: what is forgotten is one thing, what is written another.
/** @type {(run: Run, e: number, t: number) => Sentence[]} */
function turned(run, e, t) {
  const { unit, before, after, f, lost, written } = mostMoved(run, e, t);
  const held = isHeld(run, "f", t, unit) || isHeld(run, "c", t, unit); // then it is no gate's doing
  if (held || ![before, after].every(Number.isFinite) || run.units < 2 || Math.abs(after - before) < 0.1) return [];
  const fresh = Math.abs(written) / (Math.abs(written) + Math.abs(lost));
  const how = fresh > NEARLY_ALL ? "written" : fresh < 1 - NEARLY_ALL ? "forgotten" : "replaced";
  const values = { unit: unit + 1, before: number(before), after: number(after), f: number(f), lost: number(lost), written: number(written), t };
  return [[`panel_see_${how}`, values]];
}

// How the unit's new state came about.
/** @type {(run: Run, e: number, t: number, unit: number) => Sentence} */
function story(run, e, t, unit) {
  const held = ["h", "c", "n"].find((name) => run.quantities.includes(name) && isHeld(run, name, t, unit));
  if (held) return ["diagram_says_held", { sign: `${held}${unit + 1}`, value: number(run.value(held, e, t, unit)) }];
  /** @type {Record<string, number>} */
  const all = { ...statePartsOf(run, e, t, unit), h_prev: run.value("h_prev", e, t, unit) };
  for (const name of run.quantities) all[name] = run.value(name, e, t, unit);
  if (run.cell === "lstm") all.c_prev = run.value("c_prev", e, t, unit);
  if (run.cell === "gru") all.n_hidden = preActivation(run, e, t, "n", unit).fromState;
  if (run.gates.length === 1) Object.assign(all, plainSums(run, e, t, unit));
  /** @type {Record<string, string | number>} */
  const values = { unit: unit + 1 };
  for (const [name, value] of Object.entries(all)) values[name] = number(value);
  for (const gate of ["i", "f", "o", "r", "z", "rest"].filter((name) => name in all)) {
    values[`${gate}_share`] = shareText(all[gate]);
  }
  return [`panel_story_${run.cell}${run.ofNumbers && run.gates.length === 1 ? "_numbers" : ""}`, values];
}

/** @type {(run: Run, e: number, t: number, unit: number) => Record<string, number>} */
function plainSums(run, e, t, unit) {
  const sums = preActivation(run, e, t, "h", unit);
  const state = sums.products.reduce((sum, product) => sum + product, 0);
  return { letter: sums.input, state, biases: sums.ownBias + sums.stateBias, h_pre: sums.total };
}

/** @type {(at: SentencePlace) => Sentence[]} */
function reasons({ run, e, t, text }) {
  if (run.ofNumbers) return reasonsOfNumbers(run, e, t);
  const letters = run.alphabet.map(lone);
  const found = predictionOf(run, e, t, text);
  if (!run.isPattern) return reasonsInSequence(run, e, t, found);
  const follow = followersOf(text, run.letter(t));
  const some = follow.slice(0, MOST_FOLLOWERS).map((k) => letters[k]);
  const followers = [...some, ...(follow.length > MOST_FOLLOWERS ? ["…"] : [])].join(", ");
  const only = follow.length === 1 ? letters[follow[0]] : "";
  const none = follow.length ? (only ? "alone" : "memory") : "never";
  /** @type {Sentence[]} */
  const said = [[`panel_why_${none}`, { read: letters[run.letter(t)], target: only, followers }]];
  if (follow.length > 1 || t === 0) said.push(...memory(run, e, t, letters));
  if (found.vote !== undefined && found.vote > 0) said.push(vote(run, e, t, found, letters));
  return said;
}

// What is asked in a sequence, and who decides the answer.
/** @type {(run: Run, e: number, t: number, found: Prediction) => Sentence[]} */
function reasonsInSequence(run, e, t, found) {
  const asks = !run.asked(t) ? "unasked" : run.arrays.legal ? "legal" : run.foretells ? "next" : "answer";
  const answers = run.answers.map(lone);
  /** @type {Sentence[]} */
  const said = [[`panel_why_${asks}`, { legal: run.due(t).map((k) => answers[k]).join(", "), answers: answers.join(", "), last: run.steps - 1 }]];
  if (t === 0) said.push([startsAtZero(run, e) ? "panel_why_start" : "panel_why_start_set", {}]);
  if (found.vote !== undefined && found.vote > 0) said.push(vote(run, e, t, found, answers));
  return said;
}

// Who makes the number that is told, and what of it is the loss.
/** @type {(run: Run, e: number, t: number) => Sentence[]} */
function reasonsOfNumbers(run, e, t) {
  const { best, vote } = strongest(run, e, t, 0);
  const values = { name: run.answers[0], unit: best + 1, vote: number(vote), h: number(run.value("h", e, t, best)), told: number(run.value("logits", e, t, 0)), t };
  /** @type {Sentence[]} */
  const said = t === 0 ? [[startsAtZero(run, e) ? "panel_why_start_numbers" : "panel_why_start_set", {}]] : [];
  if (Number.isFinite(vote)) said.push([run.units > 1 ? "panel_why_told" : "panel_why_told_only", values]);
  if (!run.asked(t)) return said;
  const squares = run.errors(e, t).map((error) => error * error);
  const loss = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  if (Number.isFinite(loss)) said.push([squares.length > 1 ? "panel_why_squares" : "panel_why_square", { loss: number(loss), count: squares.length }]);
  return said;
}

/** @type {(run: Run, e: number, t: number, letters: string[]) => Sentence[]} */
function memory(run, e, t, letters) {
  if (t === 0) return [[startsAtZero(run, e) ? "panel_why_start" : "panel_why_start_set", {}]];
  const twin = twinOf(run, t);
  if (twin === null) return [];
  const there = predictionOf(run, e, twin);
  if (there.letter < 0) return [];
  const gap = contrastOf(run, e, t, twin);
  if (!Number.isFinite(gap.gap)) return [];
  const values = {
    state: gap.state,
    unit: gap.unit + 1,
    here: number(gap.here),
    there: number(gap.there),
    gap: number(gap.gap),
    twin,
    before: t - 1,
    before_twin: twin - 1,
    other: letters[there.target],
    guess: letters[there.letter],
  };
  const inside = twin > run.start && t > run.start ? "apart" : "apart_edge"; // else a state has no step to look at
  return [[`panel_why_${gap.apart ? inside : "same"}`, values]];
}

/** @param {Run} run @param {number} e */
function startsAtZero(run, e) {
  const states = run.cell === "lstm" ? ["h", "c"] : ["h"];
  return states.every((state) => run.before(state, e, run.start).every((value) => value === 0));
}

/** @type {(run: Run, e: number, t: number, found: Outcome & Lead, letters: string[]) => Sentence} */
function vote(run, e, t, found, letters) {
  const values = {
    t,
    letter: letters[found.letter],
    rival: letters[found.rival],
    lead: number(found.lead),
    unit: found.best + 1,
    vote: number(found.vote),
    h: number(run.value("h", e, t, found.best)),
  };
  return [run.units > 1 ? "panel_why_vote" : "panel_why_vote_only", values];
}
