// Sentences with places for values, as the server sends them in the reader's language: "t = {t}".

/** @typedef {Record<string, string>} Words what a part says in one language, by key: its `words.en.json` */

/** @type {(template: string, values: Record<string, string | number | undefined>) => string} */
export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));

// The same as nodes: what stands between ** and ** is bold. Values are text, whatever they hold.
/** @type {(template: string, values: Record<string, string | number | undefined>) => Node[]} */
export function phrase(template, values) {
  return template.split("**").map((part, k) => {
    const text = document.createTextNode(fill(part, values));
    if (k % 2 === 0) return text;
    const bold = document.createElement("b");
    bold.append(text);
    return bold;
  });
}

// A share that one decimal cannot tell, "> 99.9%", as a sentence has it, to be read aloud: "more than 99.9%".
/** @type {(share: string, words: Words) => string} */
export const aloud = (share, words) => share.replace(/^[<>] (.+%)$/, (text, bound) => fill(words[text[0] === "<" ? "less_than" : "more_than"], { share: bound }));

// What is said of something else to who has a finger, and no pointer.
/** @type {(pointed: string, touched: string | undefined) => string} */
export const byHand = (pointed, touched) => (matchMedia("(pointer: coarse)").matches && touched) || pointed;

// A letter in a sentence: isolated, so that one that is written from right to left stays in its place.
/** @type {(letter: string) => string} */
export const lone = (letter) => `\u2068${letter}\u2069`;
/** @type {(letter: string) => string} */
export const quoted = (letter) => `“${lone(letter)}”`;

// The number of a unit set below the line, counted from 1: "₃".
/** @type {(unit: number) => string} */
export const below = (unit) => Array.from(String(unit + 1), (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
