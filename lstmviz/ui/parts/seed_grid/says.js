// The grid in words: a network at an epoch, and the number under the pointer.

import { lossText, number, shareText, wholeText } from "../common/numbers.js";
import { below, fill, quoted } from "../common/words.js";

/**
 * @import { Network } from "./networks.js"
 * @import { PicturePlace } from "./layout.js"
 * @import { Words } from "../common/words.js"
 */

export const MARKS = { solved: "✓", undecided: "≈", unsolved: "✗", diverged: "✗", waiting: "" };

// With its sign, unless it is rounded to 0.
/** @type {(value: number, digits: number) => string} */
function signed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return (Number(text) === 0 ? "" : value > 0 ? "+" : "−") + text;
}

// In three decimals; what these would round to 0 as a power of ten, because its sign decides.
/** @type {(margin: number) => string} */
const closely = (margin) =>
  margin !== 0 && Math.abs(margin) < 0.0005
    ? (margin > 0 ? "+" : "−") + Math.abs(margin).toExponential(0).replace("-", "−")
    : signed(margin, 3);

// Beside the mark of a picture.
/** @type {(margin: number) => string} */
export const marginText = (margin) => (Number.isFinite(margin) ? signed(margin, 2) : "");

// How a network does at an epoch: "solved · margin +0.993 · loss 0.0012".
/** @type {(network: Network, epoch: number | null, words: Words) => string[]} */
function stateSays(network, epoch, words) {
  if (!network.bundle) return [words.says_waiting];
  const e = network.bundle.snapshot(epoch);
  const mark = network.mark(e);
  if (mark === "diverged") return [fill(words.says_diverged, { epoch: wholeText(network.diverged) })];
  const margin = network.margin(e);
  const says = [words[`says_${mark}`]];
  if (Number.isFinite(margin)) says.push(fill(words.says_margin, { margin: closely(margin) }));
  says.push(fill(words.says_loss, { loss: lossText(network.loss(e), words.says_no_loss) }));
  return says;
}

// Of one picture, for who cannot see it.
/** @type {(network: Network, epoch: number | null, words: Words) => string} */
export function pictureSays(network, epoch, words) {
  const opened = network.group.opened === network.seed ? [words.opened] : [];
  return [fill(words.says_seed, { seed: network.seed }), ...stateSays(network, epoch, words), ...opened].join(", ");
}

// The line under the pictures: whose picture, how it does, and the number at a place, if one is meant.
/** @type {(network: Network, epoch: number | null, place: PicturePlace | null, words: Words) => [head: string, text: string]} */
export function lineSays(network, epoch, place, words) {
  const head = `${network.group.name}, ${fill(words.says_seed, { seed: network.seed })}`;
  return [head, [...stateSays(network, epoch, words), ...placeSays(network, epoch, place, words)].join(" · ")];
}

/** @type {(network: Network, epoch: number | null, place: PicturePlace | null, words: Words) => string[]} */
function placeSays(network, epoch, place, words) {
  const { bundle, group } = network;
  if (!place || !bundle || network.mark(bundle.snapshot(epoch)) === "diverged") return [];
  const { quantity, row, unit } = place;
  const value = network.value(quantity, bundle.snapshot(epoch), row, unit);
  /** @type {(text: string) => string} */
  const written = (text) => (group.numbers ? text : quoted(text));
  const told = group.numbers ? `ŷ${group.told.length > 1 ? below(unit) : ""}` : `ŷ(${written(group.told[unit])})`;
  const due = group.due[row].map(written).join(", ");
  const said = { name: quantity === "h" ? `h${below(unit)}` : told, value: quantity === "h" || group.numbers ? number(value) : shareText(value), letter: written(group.reads[row]), next: due };
  return [fill(due ? words.says_value : words.says_value_unasked, said)];
}
