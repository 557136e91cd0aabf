// What there is to say about one step of a run: its prediction, who decided it, and what the state remembers.

/**
 * @import { Quantity, Run } from "../../../../parts/run/data.js"
 *
 * The prediction after a step: the letter held most probable (-1: the outputs are no numbers) and what came; and, where there is
 * one, the one it had to beat, the one that comes closest, by how much it leads, and which unit adds the most to that.
 * @typedef {{ letter: number, target: number, certainty: number, right: boolean }} Outcome
 * @typedef {{ probability: number, rival: number, second: number, sure: boolean, lead: number, best: number, vote: number }} Lead
 * @typedef {(Outcome & Lead) | (Outcome & { [Name in keyof Lead]?: undefined })} Prediction
 */

const ENOUGH = 0.1; // states closer than this count as the same

// text: the run that reads what was learned, where `run` may read another letter.
/** @type {(run: Run, e: number, t: number, text?: Run) => Prediction} */
export function predictionOf(run, e, t, text = run) {
  const probabilities = run.row("probabilities", e, t);
  const target = run.target(t);
  const letter = run.guess(e, t);
  const found = { letter, target, certainty: run.certainty(e, t), right: run.right(e, t) };
  if (letter < 0 || !run.asked(t)) return found;
  const due = run.due(t);
  const rival = due.includes(letter) ? rivalOf(text, run.letter(t), probabilities, due) : target;
  const logits = run.row("logits", e, t);
  const head = run.weights("head.weight", e);
  const [own, other] = [letter, rival].map((k) => head.subarray(k * run.units, (k + 1) * run.units));
  const votes = Array.from(run.row("h", e, t), (h, k) => (own[k] - other[k]) * h);
  const best = votes.reduce((found, vote, k) => (vote > votes[found] ? k : found), 0);
  const lead = logits[letter] - logits[rival];
  const second = due.includes(letter) ? runnerUp(probabilities, due) : target;
  const ahead = probabilities[letter] - probabilities[second]; // whichever comes closest makes it a coin toss
  return { ...found, probability: probabilities[letter], rival, second, sure: ahead > run.margin, lead, best, vote: votes[best] };
}

// Which unit moves a number that is told the most, and by how much.
/** @param {Run} run @param {number} e @param {number} t @param {number} which */
export function strongest(run, e, t, which) {
  const own = run.weights("head.weight", e).subarray(which * run.units, (which + 1) * run.units);
  const votes = Array.from(run.row("h", e, t), (h, k) => own[k] * h);
  const best = votes.reduce((found, vote, k) => (Math.abs(vote) > Math.abs(votes[found]) ? k : found), 0);
  return { best, vote: votes[best] };
}

// Whom what is due has to beat: of a text, the most probable one of the other letters that follow the one just read, since these
// are what the task makes it tell apart; where none does, and in other tasks, the most probable one of all others.
/** @type {(text: Run, read: number, probabilities: Float32Array, due: number[]) => number} */
function rivalOf(text, read, probabilities, due) {
  const others = text.isPattern ? followersOf(text, read).filter((k) => !due.includes(k)) : [];
  if (!others.length) return runnerUp(probabilities, due);
  return others.reduce((best, k) => (probabilities[k] > probabilities[best] ? k : best));
}

// The most probable one of those that are not due.
/** @type {(probabilities: Float32Array, due: number[]) => number} */
function runnerUp(probabilities, due) {
  let best = -1;
  probabilities.forEach((value, k) => {
    if (!due.includes(k) && (best < 0 || value > probabilities[best])) best = k;
  });
  return best;
}

/** @type {WeakMap<Run, number[][]>} */
const textsRead = new WeakMap(); // by run

// The letters that come after `letter` somewhere in the text, by first appearance.
/** @type {(run: Run, letter: number) => number[]} */
export function followersOf(run, letter) {
  const known = textsRead.get(run);
  if (known) return known[letter];
  /** @type {Set<number>[]} */
  const all = run.alphabet.map(() => new Set());
  for (let t = 0; t < run.arrays.x.length; t++) all[run.letter(t)].add(run.target(t));
  const found = all.map((some) => [...some]);
  textsRead.set(run, found);
  return found[letter];
}

// The nearest step of the window that reads the same letter as step t and must predict another; of two the earlier.
/** @type {(run: Run, t: number) => number | null} */
export function twinOf(run, t) {
  /** @type {(other: number) => boolean} */
  const inside = (other) => other >= run.start && other < run.stop;
  /** @type {(other: number) => boolean} */
  const isTwin = (other) =>
    inside(other) && run.letter(other) === run.letter(t) && run.target(other) !== run.target(t);
  for (let away = 1; away < run.length; away++) {
    if (isTwin(t - away)) return t - away;
    if (isTwin(t + away)) return t + away;
  }
  return null;
}

// Where the state before step t differs most from that before another: in h, or in an LSTM's c if that differs more there.
// `predictions/patterns.py` has the same rule, for the unit that the page opens on.
/** @param {Run} run @param {number} e @param {number} t @param {number} other */
export function contrastOf(run, e, t, other) {
  const found = widest(run, e, "h", t, other);
  const inner = run.cell === "lstm" ? widest(run, e, "c", t, other) : found;
  const wider = inner.gap > found.gap ? inner : found;
  return { ...wider, apart: wider.gap >= ENOUGH };
}

/** @param {Run} run @param {number} e @param {Quantity} state @param {number} t @param {number} other */
function widest(run, e, state, t, other) {
  const [one, two] = [run.before(state, e, t), run.before(state, e, other)];
  /** @param {number} k */
  const gapAt = (k) => (Number.isFinite(one[k] - two[k]) ? Math.abs(one[k] - two[k]) : -1);
  let unit = 0;
  for (let k = 1; k < run.units; k++) if (gapAt(k) > gapAt(unit)) unit = k;
  return { state, unit, here: one[unit], there: two[unit], gap: gapAt(unit) < 0 ? NaN : gapAt(unit) };
}

// What makes the new state of a unit: for an LSTM c = kept + added and h = o * squashed, for a GRU h = kept + added.
/** @type {(run: Run, e: number, t: number, unit: number) => Record<string, number>} */
export function statePartsOf(run, e, t, unit) {
  /** @param {Quantity} quantity */
  const at = (quantity) => run.value(quantity, e, t, unit);
  if (run.cell === "lstm") {
    return { kept: at("f") * at("c_prev"), added: at("i") * at("g"), squashed: Math.tanh(at("c")) };
  }
  if (run.cell === "gru") return { kept: at("z") * at("h_prev"), rest: 1 - at("z"), added: (1 - at("z")) * at("n") };
  return {};
}

// The unit of an LSTM's cell state that this step changes most, and what changes it: c = f * before + i * g loses so much of what
// it held, (f - 1) * before, and so much is written anew, i * g.
/** @param {Run} run @param {number} e @param {number} t */
export function mostMoved(run, e, t) {
  const [before, after] = [run.before("c", e, t), run.row("c", e, t)];
  let unit = 0;
  /** @param {number} k */
  const moved = (k) => Math.abs(after[k] - before[k]);
  for (let k = 1; k < run.units; k++) if (moved(k) > moved(unit)) unit = k;
  const f = run.value("f", e, t, unit);
  const written = run.value("i", e, t, unit) * run.value("g", e, t, unit);
  return { unit, before: before[unit], after: after[unit], f, lost: (f - 1) * before[unit], written };
}
