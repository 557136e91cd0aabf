// The lines of one step and unit, in the order in which they are found: what comes in, the cell, the gates, the weights.

import { nodeOf, partNode, setText, tag } from "../../../parts/common/nodes.js";
import { below, fill, quoted } from "../../../parts/common/words.js";
import { labelOf, readAt } from "../../../parts/run/labels.js";
import { bracketed, formulaNodes, numeral, oneLess } from "./numerals.js";

/**
 * @import { Words } from "../../../parts/common/words.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { FactorTold, Lines, LineTold, TermTold } from "./lines.js"
 * @import { Look } from "./walk.js"
 */

const OPEN = 3; // terms of a sum that stand in one line

/** @param {HTMLElement} root @param {Ctx} ctx @param {{ lines: () => Lines, look: Look }} about */
export function createSums(root, ctx, { lines, look }) {
  const says = nodeOf(root, "[data-part=says]");
  const place = nodeOf(root, "[data-part=sums]");
  const checked = nodeOf(root, "[data-part=checked]");
  /** @type {Set<string>} */
  const open = new Set(); // lines whose terms are looked at, so that they stay open from step to step
  return {
    /** @param {State} now */
    draw(now) {
      const { words, runs } = ctx;
      const found = lines();
      const t = found.clamp(now.t);
      const unit = Math.min(now.unit, found.units - 1);
      const { first } = runs;
      const letter = first.ofNumbers ? readAt(first, t) : quoted(labelOf(first, t));
      const values = { t, letter, unit: unit + 1, asked: now.t, first: found.start, last: found.stop - 1 };
      setText(says, fill(first.ofNumbers ? words.backward_says_numbers : words.backward_says, values) + (t === now.t ? "" : ` ${fill(words.backward_elsewhere, values)}`));
      root.dataset.t = String(t);
      root.dataset.unit = String(unit);
      root.dataset.way = look.way;
      const groups = groupsOf(found.at(look.way, t, unit));
      place.replaceChildren(
        ...groups.map(([name, own]) => {
          const section = tag("section", { "data-group": name }, tag("h2", {}, words[groupWord(name, first)]));
          for (const line of own) section.append(lineNode(line, found, words, unit, open));
          return section;
        }),
      );
      const { loss, difference, largest } = found.way(look.way);
      const told = { loss: numeral(loss), difference: numeral(difference), largest: numeral(largest) };
      setText(checked, fill(difference === null ? words.backward_not_finite : words.backward_checked, told));
    },
  };
}

// A letter that is read has weights of its own; of several numbers it is the largest whose weights are looked at.
/** @type {(name: string, run: Run) => string} */
function groupWord(name, { ofNumbers, alphabet }) {
  if (name !== "weights" || !ofNumbers) return `backward_group_${name}`;
  return alphabet.length === 1 ? "backward_group_weights_number" : "backward_group_weights_largest";
}

// By what they are about, in order; a group without lines is left out.
/** @type {(found: LineTold[]) => [string, LineTold[]][]} */
function groupsOf(found) {
  /** @param {string} name */
  const groupOf = (name) => {
    if (["above", "next", "h"].includes(name)) return "in";
    if (name.startsWith("W_")) return "weights";
    return name.endsWith("_pre") || name === "n_hidden" ? "sums" : "cell";
  };
  /** @type {(group: string) => [string, LineTold[]]} */
  const lines = (group) => [group, found.filter(({ name }) => groupOf(name) === group)];
  return ["in", "cell", "sums", "weights"].map(lines).filter(([, own]) => own.length);
}

/** @type {(line: LineTold, lines: Lines, words: Words, unit: number, open: Set<string>) => HTMLElement} */
function lineNode(line, lines, words, unit, open) {
  const node = tag("div", { class: "backward_line", "data-name": line.name });
  node.append(tag("b", {}, ...formulaNodes(line.symbol, words)));
  node.append(tag("span", { class: "backward_formula" }, ...formulaNodes(lines.formulas[line.formula], words)));
  const count = line.terms.length + (line.rest?.[0] ?? 0);
  if (!count) node.append(tag("span", { class: "backward_numbers" }, words.backward_nothing));
  else if (count <= OPEN) node.append(tag("span", { class: "backward_numbers" }, line.terms.map(product).join(" + ")));
  else node.append(termsNode(line, count, words, open));
  node.append(tag("output", { "data-value": line.value }, `= ${numeral(line.value)}`));
  return node;
}

// A long sum: its terms one below the other, with where each comes from.
/** @type {(line: LineTold, count: number, words: Words, open: Set<string>) => HTMLElement} */
function termsNode(line, count, words, open) {
  const list = partNode("details", "backward_numbers");
  list.open = open.has(line.name);
  list.addEventListener("toggle", () => (list.open ? open.add(line.name) : open.delete(line.name)));
  list.append(tag("summary", {}, fill(words.backward_terms, { count })));
  for (const term of line.terms) {
    const names = term.factors.flatMap(([name], k) => [...(k ? [document.createTextNode(" · ")] : []), ...formulaNodes(name, words)]);
    const said = tag("small", {}, `${originOf(term, words)}: `, ...names);
    list.append(tag("div", {}, said, tag("span", {}, `${product(term)} = ${numeral(term.value)}`)));
  }
  if (line.rest) list.append(tag("div", {}, tag("small", {}, fill(words.backward_rest, { count: line.rest[0] })), tag("span", {}, numeral(line.rest[1]))));
  return list;
}

/** @type {(term: TermTold, words: Words) => string} */
function originOf({ from, gate, unit, letter, number }, words) {
  const sign = gate === undefined || unit === undefined ? "" : gate + below(unit - 1);
  return fill(words[`backward_from_${from}`] ?? from, { gate: sign, letter: quoted(letter ?? ""), told: `ŷ${below(number ?? 0)}` });
}

// A product with its numbers in place.
/** @type {(term: TermTold) => string} */
const product = (term) => term.factors.map(factorText).join(" · ");

/** @type {(factor: FactorTold) => string} */
function factorText([, value, base, power]) {
  return base === undefined ? bracketed(value) : oneLess(value, base, power ?? 1);
}
