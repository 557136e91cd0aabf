// What a picture shows as a table, folded away below it: for who cannot see the picture, and to copy from. It is made when it
// is opened, and follows while it is open.

import { partNode, setText, tag } from "./nodes.js";

/**
 * rows: of texts, the first of each what the row is of.
 * @typedef {{ caption: string, heads: string[], rows: string[][] }} Table
 */

/** @param {HTMLElement} root @param {() => Table} read */
export function createFoldedTable(root, read) {
  const folded = partNode("details", "folded_table", root);
  const summary = partNode("summary", "", folded);
  const place = partNode("div", "", folded);
  place.tabIndex = 0; // it scrolls
  /** @type {unknown[] | null} */
  let written = null; // what the table was made of
  /** @type {unknown[]} */
  let now = [];
  const write = () => {
    if (!folded.open || (written && now.length === written.length && now.every((one, k) => one === written?.[k]))) return;
    written = now;
    const { caption, heads, rows } = read();
    const head = tag("tr", {}, ...heads.map((text) => tag("th", { scope: "col" }, text)));
    const body = rows.map(([name, ...texts]) => tag("tr", {}, tag("th", { scope: "row" }, name), ...texts.map((text) => tag("td", {}, text))));
    place.replaceChildren(tag("table", {}, tag("caption", {}, caption), tag("thead", {}, head), tag("tbody", {}, ...body)));
  };
  folded.addEventListener("toggle", write);
  return {
    // of: all that the table depends on.
    /** @type {(title: string, of: unknown[]) => void} */
    draw(title, of) {
      setText(summary, title);
      now = of;
      write();
    },
  };
}
