// How the pictures are drawn, in the URL: whoever is sent the link sees the same.

import { setUrl } from "../../../parts/common/url.js";

/**
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx, Drawn } from "../../../parts/run/viewer.js"
 * @typedef {Pick<State, "patterns" | "drawn" | "numbers" | "notes">} GatesLooks
 */

const GATES_SETTLED = 250; // ms after the last change
/** @type {GatesLooks} */
const GATES_USUAL = { patterns: 3, drawn: "squares", numbers: false, notes: false };

/** @type {{ [Name in keyof GatesLooks]: (text: string) => GatesLooks[Name] | null }} */
const GATES_READ = {
  patterns: (text) => [1, 3, 6].find((count) => String(count) === text) ?? null,
  drawn: (text) => (text === "lines" || text === "squares" ? text : null),
  numbers: (text) => (text === "1" ? true : text === "0" ? false : null),
  notes: (text) => (text === "1" ? true : text === "0" ? false : null),
};

/** @param {keyof GatesLooks} name */
const paramOf = (name) => `gates_${name}`;

// What the URL says of it; what will not do is left as it was.
/** @type {() => Partial<GatesLooks>} */
function looksInUrl() {
  const params = new URLSearchParams(location.search);
  /** @type {(keyof GatesLooks)[]} */
  const names = ["patterns", "drawn", "numbers", "notes"];
  const told = names.map((name) => [name, GATES_READ[name](params.get(paramOf(name)) ?? "")]);
  return Object.fromEntries(told.filter(([, value]) => value !== null));
}

// A part that draws nothing: it reads the URL as the page is entered, and writes what differs from what is usual.
/** @type {(ctx: Ctx) => Drawn} */
export function createInUrl(ctx) {
  let timer = 0;
  ctx.state.set(looksInUrl());
  return {
    draw({ patterns, drawn, numbers, notes }) {
      clearTimeout(timer);
      timer = setTimeout(() => setUrl({
        [paramOf("patterns")]: patterns === GATES_USUAL.patterns ? null : patterns,
        [paramOf("drawn")]: drawn === GATES_USUAL.drawn ? null : drawn,
        [paramOf("numbers")]: numbers ? 1 : null,
        [paramOf("notes")]: notes ? 1 : null,
      }), GATES_SETTLED);
    },
    leave: () => clearTimeout(timer), // the URL is another page's by now
  };
}
