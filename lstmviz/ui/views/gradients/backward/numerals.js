// Numbers of any size to three digits, and signs with what stands below the line.

import { tag } from "../../../parts/common/nodes.js";

// Three digits, with a power of ten where the number is far from 1: "0.123", "−4.56·10⁻⁷".
/** @type {(value: number | null) => string} */
export function numeral(value) {
  if (value === null) return "∞";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (Number.isInteger(size) && size < 1e4) return sign + String(size);
  if (size >= 1e-3 && size < 999.5) return sign + size.toPrecision(3);
  const [digits, power] = size.toExponential(2).split("e");
  const raised = Array.from(String(Number(power)), (one) => (one === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(one)])).join("");
  return `${sign}${digits}·10${raised}`;
}

// A number as a factor: in brackets if it is negative.
/** @type {(value: number | null) => string} */
export const bracketed = (value) => (value !== null && value < 0 ? `(${numeral(value)})` : numeral(value));

// 1 − b or 1 − b² as a factor, b with as many digits as it takes to see that it is not 1; where it takes too many, its value.
/** @type {(value: number | null, base: number | null, power: number) => string} */
export function oneLess(value, base, power) {
  if (base === null) return bracketed(value);
  const digits = 3 + Math.max(0, -Math.floor(Math.log10(Math.max(1 - Math.abs(base), 1e-12))) - 1);
  if (digits > 9 && value !== 0) return bracketed(value);
  const shown = digits > 3 && digits <= 9 ? `${base < 0 ? "−" : ""}${Math.abs(base).toPrecision(digits)}` : numeral(base);
  return `(1 − ${base < 0 ? `(${shown})` : shown}${power === 2 ? "²" : ""})`;
}

// A formula with what stands in `_{...}` below the line, and each ⟨word⟩ in the reader's language.
/** @type {(text: string, words: Record<string, string>) => Node[]} */
export function formulaNodes(text, words) {
  const said = text.replace(/⟨([^⟩]*)⟩/g, (_, word) => words[`backward_word_${word.replace(" ", "_")}`] ?? word);
  return said.split(/_\{([^}]*)\}/).map((part, k) => (k % 2 ? tag("sub", {}, part) : document.createTextNode(part)));
}
