// What the panel is built of: sections, chips, numbers typed in, and sentences that hold links.

import { nodeOf, tag } from "../../../../parts/common/nodes.js";
import { fill, lone, phrase } from "../../../../parts/common/words.js";

/**
 * @import { Words } from "../../../../parts/common/words.js"
 * @import { Player } from "../main.js"
 *
 * @typedef {Parameters<Player["pin"]>[0]} Looked what a link leads to
 */

/** @type {(text: string, click: () => void, more?: Record<string, string>) => HTMLButtonElement} */
export const push = (text, click, more = {}) => tag("button", { type: "button", class: "chip", click, ...more }, text);

// A field for a number: not of type "number", which throws away what it does not understand.
/** @type {(more?: Record<string, string | null>) => HTMLInputElement} */
export const numberField = (more = {}) => tag("input", { type: "text", inputmode: "decimal", class: "typed", ...more });

// A section with its heading; `name` is its class.
/** @param {string} name @param {...Node} children */
export function section(name, ...children) {
  const heading = tag("h2");
  return { heading, root: tag("section", { class: name }, heading, ...children) };
}

// A name with what stands between _{ and } set lower: "U_{31} · h_{1}".
/** @type {(element: HTMLElement, text: string) => void} */
export function setMarked(element, text) {
  if (element.dataset.marked === text) return;
  element.dataset.marked = text;
  element.replaceChildren(
    ...text.split(/_\{([^}]*)\}/).map((part, k) => (k % 2 ? tag("sub", {}, part) : document.createTextNode(part))),
  );
}

// The same as plain text, for those who hear it and for titles.
/** @type {(text: string) => string} */
export const unmarked = (text) => text.replaceAll(/_\{|\}/g, "");

// The row and column of a matrix as its index: 31, and 12,3 where one has two digits.
/** @type {(row: number, column: number) => string} */
export const pair = (row, column) => (row < 9 && column < 9 ? `${row + 1}${column + 1}` : `${row + 1},${column + 1}`);

// The largest magnitude of a state or weight that is set by hand, as in `lstmviz/changes/kinds.py`.
export const LARGEST = 1e6;

// The number that was typed, with a comma for a point and any minus sign; null if there is none, or none in the range.
/** @type {(text: string, low: number, high: number) => number | null} */
export function readNumber(text, low, high) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return value >= low && value <= high ? value + 0 : null;
}

// A number for the URL, of as many digits as it needs.
/** @type {(value: number) => string} */
export const written7 = (value) => String(Number(value.toPrecision(7)) + 0);

// What is wrong with what was typed, for the reader.
/** @type {(words: Words, text: string, low: string | number, high: string | number) => string} */
export function refusal(words, text, low, high) {
  const got = text.trim().slice(0, 20);
  return fill(got ? words.panel_bad_number : words.panel_no_number, { low, high, got: lone(got) });
}

// A sentence as nodes. [[label|t=8&q=h&unit=2]] in its template is a link to a place in the run: `look` is told of it.
/** @type {(template: string, values: Record<string, string | number>, look: (place: Looked) => void) => (Node | string)[]} */
export function prose(template, values, look) {
  return template.split(/\[\[(.+?)\|(.+?)\]\]/).flatMap((part, k, all) => {
    if (k % 3 === 0) return phrase(part, values);
    if (k % 3 === 2) return [];
    const place = linkPlace(fill(all[k + 1], values));
    /** @type {(event: MouseEvent) => void} */
    const click = (event) => {
      if (event.ctrlKey || event.metaKey) return; // the browser opens it in another tab
      event.preventDefault();
      look(place);
    };
    return [tag("a", { href: hrefOf(fill(all[k + 1], values)), click }, fill(part, values))];
  });
}

/** @param {string} query */
function hrefOf(query) {
  const url = new URL(location.href);
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
  return url.search || "#";
}

/** @type {(query: string) => Looked} */
function linkPlace(query) {
  const asked = new URLSearchParams(query);
  /** @type {Looked} */
  const place = {};
  if (asked.has("t")) place.t = Number(asked.get("t"));
  if (asked.has("unit")) place.unit = Number(asked.get("unit")) - 1;
  if (asked.has("q")) place.quantity = asked.get("q") ?? "";
  return place;
}

// Put the selection on a place, and lead the eye there.
/** @type {(ctx: Player, place: Looked) => void} */
export function lookAt(ctx, place) {
  ctx.pin(place);
  const diagram = nodeOf(ctx.root, "[data-part=diagram]");
  diagram.classList.remove("looked");
  requestAnimationFrame(() => diagram.classList.add("looked"));
  setTimeout(() => diagram.classList.remove("looked"), 1100);
  diagram.scrollIntoView({ block: "nearest" });
}

// Chips for [label, what] each; those that are there already stay, with the focus that one may have.
/** @template What @param {HTMLElement} place @param {[label: string, what: What][]} entries @param {(what: What) => void} press */
export function fillChips(place, entries, press) {
  const key = JSON.stringify(entries);
  if (place.dataset.holds === key) return;
  place.dataset.holds = key;
  place.replaceChildren(...entries.map(([label, what]) => push(label, () => press(what))));
}
