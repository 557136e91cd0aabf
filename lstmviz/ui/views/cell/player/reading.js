// What there is to say about one step of a run: its prediction, who decided it, and what the state remembers.

const ENOUGH = 0.1; // states closer than this count as the same

// The prediction after step t: the letter held most probable (-1: the outputs are no numbers), the one it had to beat,
// by how much it leads, and what each unit adds to the lead.
export function predictionOf(run, e, t) {
  const probabilities = run.row("probabilities", e, t);
  const target = run.target(t);
  const letter = run.guess(e, t);
  const found = { letter, target, certainty: probabilities[target], right: letter === target };
  if (letter < 0) return found;
  const rival = letter === target ? runnerUp(probabilities, letter) : target;
  const logits = run.row("logits", e, t);
  const head = run.weights("head.weight", e);
  const [own, other] = [letter, rival].map((k) => head.subarray(k * run.units, (k + 1) * run.units));
  const votes = Array.from(run.row("h", e, t), (h, k) => (own[k] - other[k]) * h);
  const best = votes.reduce((found, vote, k) => (vote > votes[found] ? k : found), 0);
  const lead = logits[letter] - logits[rival];
  return { ...found, probability: probabilities[letter], rival, lead, best, vote: votes[best] };
}

function runnerUp(probabilities, letter) {
  let best = -1;
  probabilities.forEach((value, k) => {
    if (k !== letter && (best < 0 || value > probabilities[best])) best = k;
  });
  return best;
}

const textsRead = new WeakMap(); // by run

// The letters that come after `letter` somewhere in the text, by first appearance.
export function followersOf(run, letter) {
  if (!textsRead.has(run)) {
    const all = run.alphabet.map(() => new Set());
    run.arrays.x.forEach((read, t) => all[read].add(run.arrays.y[t]));
    textsRead.set(run, all.map((some) => [...some]));
  }
  return textsRead.get(run)[letter];
}

// The nearest step of the window that reads the same letter as step t and must predict another; of two the earlier.
export function twinOf(run, t) {
  const inside = (other) => other >= run.start && other < run.stop;
  const isTwin = (other) =>
    inside(other) && run.letter(other) === run.letter(t) && run.target(other) !== run.target(t);
  for (let away = 1; away < run.length; away++) {
    if (isTwin(t - away)) return t - away;
    if (isTwin(t + away)) return t + away;
  }
  return null;
}

// Where the state before step t differs most from that before another: in h, or in an LSTM's c if h hardly differs.
export function contrastOf(run, e, t, other) {
  const found = widest(run, e, "h", t, other);
  if (run.cell !== "lstm" || found.gap >= ENOUGH) return { ...found, apart: found.gap >= ENOUGH };
  const inner = widest(run, e, "c", t, other);
  const wider = inner.gap > found.gap ? inner : found;
  return { ...wider, apart: wider.gap >= ENOUGH };
}

function widest(run, e, state, t, other) {
  const [one, two] = [run.before(state, e, t), run.before(state, e, other)];
  const gapAt = (k) => (Number.isFinite(one[k] - two[k]) ? Math.abs(one[k] - two[k]) : -1);
  let unit = 0;
  for (let k = 1; k < run.units; k++) if (gapAt(k) > gapAt(unit)) unit = k;
  return { state, unit, here: one[unit], there: two[unit], gap: gapAt(unit) < 0 ? NaN : gapAt(unit) };
}

// What makes the new state of a unit: for an LSTM c = kept + added and h = o * squashed, for a GRU h = kept + added.
export function statePartsOf(run, e, t, unit) {
  const at = (quantity) => run.value(quantity, e, t, unit);
  if (run.cell === "lstm") {
    return { kept: at("f") * at("c_prev"), added: at("i") * at("g"), squashed: Math.tanh(at("c")) };
  }
  if (run.cell === "gru") return { kept: at("z") * at("h_prev"), rest: 1 - at("z"), added: (1 - at("z")) * at("n") };
  return {};
}

// The unit of an LSTM's cell state that this step changes most.
export function mostMoved(run, e, t) {
  const [before, after] = [run.before("c", e, t), run.row("c", e, t)];
  let unit = 0;
  const moved = (k) => Math.abs(after[k] - before[k]);
  for (let k = 1; k < run.units; k++) if (moved(k) > moved(unit)) unit = k;
  return { unit, before: before[unit], after: after[unit], kept: run.value("f", e, t, unit) };
}
