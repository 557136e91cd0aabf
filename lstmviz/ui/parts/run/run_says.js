// The run panel in words: the value under the pointer, how long a change is felt, what a picture holds.

import { number } from "../common/numbers.js";
import { below, fill, quoted } from "../common/words.js";
import { isVeiled } from "./run_marks.js";
import { runArray } from "./run_layout.js";

// place: t, quantity and unit as in the selection; side: one of ctx.sides. Empty while it is to be guessed.
export function placeSays({ t, quantity, unit }, { run, e, other }, { words, changed, difference, veil, now }) {
  if (isVeiled(quantity ?? "", t, now.t, veil)) return "";
  const letter = (k) => quoted(run.alphabet[k]);
  const parts = [`t = ${t}`];
  if (quantity?.startsWith("effect_")) {
    const value = number(changed.arrays[quantity][e * changed.length + t - changed.start]);
    parts.push(fill(words[`run_says_${quantity}`], { value, letter: letter(run.target(t)) }));
  } else if (quantity) {
    const name = quantity === "logits" ? `ŷ(${letter(unit)})` : quantity + below(unit);
    const [value, before] = [run, other].map((one) => one && one.value(runArray(quantity), e, t, unit));
    const text = { name, value: number(value) };
    if (difference) Object.assign(text, { difference: number(value - before), before: number(before) });
    parts.push(difference ? fill(words.run_says_difference, text) : `${name} = ${text.value}`);
  }
  parts.push(fill(words.run_reads, { letter: letter(run.letter(t)) }));
  if (quantity === "logits" || quantity?.startsWith("effect_")) {
    parts.push(fill(words.run_comes, { letter: letter(run.target(t)) }));
  }
  return parts.join(" · ");
}

// How long the change is felt, from the engine's own count over the whole text.
export function effectSays(changed, e, words) {
  const [first, last] = [changed.arrays.effect_first[e], changed.arrays.effect_last[e]];
  if (first < 0) return words.run_unfelt;
  const values = { first, last, count: last - first + 1 };
  if (last >= changed.steps - changed.period) return fill(words.run_felt_end, values);
  return fill(first === last ? words.run_felt_once : words.run_felt, values);
}

export function pictureSays(run, { start, count, lines, difference }, words) {
  const names = [...run.quantities, "ŷ"].join(", ");
  const values = { names, title: run.title ?? "", first: start, last: Math.min(start + count, run.stop) - 1 };
  const kind = difference ? words.run_picture_difference : lines ? words.run_picture_lines : words.run_picture;
  return fill(kind, values);
}
