// What is selected and how it is shown: one state for all parts that look at a run, kept while the tab is open. Parts read it,
// change it with `set`, and are told to draw once a frame. What a link should restore is in the URL as well.

import { sharedAs } from "../common/shared.js";
import { createStore, remember, restored } from "../common/store.js";
import { setUrl } from "../common/url.js";

/**
 * @import { Store } from "../common/store.js"
 * @import { Quantity } from "./data.js"
 *
 * @typedef {"first" | "second"} Of the network of the page, or the one beside it
 * @typedef {1 | 2 | 3 | 4} Phase how far a step is carried out: 1 sums, 2 activations, 3 new states, 4 prediction
 * @typedef {{ t: number, of: Of, unit?: number, quantity?: Quantity }} Place a number of a run, or one of its steps
 * @typedef {{ t: number, epoch: number, unit: number, q: string }} Defaults what the URL need not say; units count from 1 there
 * @typedef {Record<"t" | "epoch" | "unit" | "q" | "guess" | "path", string | null>} UrlSays path: the stage of the path that is walked
 *
 * The steps of a state of the machine that a network has become: they are marked until something else is lit.
 * @typedef {{ experiment: string, state: number, steps: ReadonlySet<number> }} Lit
 *
 * What came of guessing in a text: how often, and how often somebody and the network were right; and the steps that counted.
 * @typedef {{ pattern: string, steps: number[], asked: number, right: number, network: number }} Tally
 *
 * What is selected and how it is shown.
 * @typedef {object} State
 * @property {number} t
 * @property {number} epoch
 * @property {number} unit counts from 0, and is a letter's number where the quantity is "logits"
 * @property {Quantity} quantity
 * @property {Of} of the network that the selection is about
 * @property {Phase} phase
 * @property {number} speed
 * @property {"changed" | "before" | "difference"} show what of a run that was changed
 * @property {number} span how many steps the run panel shows; 0 for all
 * @property {boolean} lines
 * @property {"explain" | "change" | "beside"} tab which view of the panel is open
 * @property {boolean} guessing
 * @property {number} patterns how many the pictures of the gates show
 * @property {"squares" | "lines"} drawn
 * @property {boolean} numbers in the squares
 * @property {boolean} notes whether the squares have the notes' colours
 * @property {boolean} playing
 * @property {Place | null} hover
 * @property {Lit | null} lit
 * @property {boolean} revealed whether what is to be guessed at this step may be seen
 * @property {Tally} tally
 * @property {Defaults} [usual] the defaults of the run that is on display
 * @property {Record<"t" | "unit" | "q", boolean>} [fixed] what the URL has named itself: that stays where another run has other defaults
 *
 * What the URL asked for and is not there: what of it, its text, the first that is there, and the last.
 * @typedef {[name: "t" | "epoch" | "unit" | "guess", asked: string, first: number, last: number]} Refused
 *
 * What the document keeps: `urls` is all that the URL has said of the selection since `page`, its path there, was opened; `path`
 * the stage of the path that it named when the server last answered; `awaited` the epoch that it asks for of a network that has
 * not been trained so far yet; `stood` the epoch that the selection was put on last, when a run came; `back` whether the browser
 * went back or forward within that page, so that the run to come is shown where the URL says; `refused` what the URL asked for and
 * is not there, each with what stood in its place, `of` which network on which page.
 * @typedef {object} Selection
 * @property {Store<State>} state
 * @property {Set<string>} urls
 * @property {string} page
 * @property {string | null | undefined} path
 * @property {string | null} awaited
 * @property {number} stood
 * @property {boolean} back
 * @property {{ of: string, all: { one: Refused, stood: number }[] }} refused
 */

const VIEW = "lstmviz.view";

/** @type {Pick<State, "t" | "epoch" | "unit" | "quantity" | "of">} */
const SELECTION = { t: 0, epoch: 0, unit: 0, quantity: "", of: "first" };
/** @type {Omit<State, keyof typeof SELECTION | "playing" | "hover" | "lit" | "revealed" | "tally" | "usual">} */
const LOOKS = {
  phase: 4, speed: 1, show: "changed", span: 24, lines: false, tab: "explain", guessing: false,
  patterns: 3, drawn: "squares", numbers: false, notes: false,
};
// What of that the browser remembers, and what it may be.
const REMEMBERED = {
  phase: [1, 2, 3, 4],
  speed: [0.5, 1, 2, 4],
  span: [24, 60, 0],
  lines: [true, false],
  tab: ["explain", "change", "beside"],
  patterns: [1, 3, 6],
  drawn: ["squares", "lines"],
  numbers: [true, false],
  notes: [true, false],
};

/** @type {(pattern?: string) => Tally} */
export const noTally = (pattern = "") => ({ pattern, steps: [], asked: 0, right: 0, network: 0 });

function createState() {
  /** @type {State} */
  const state = { ...SELECTION, ...LOOKS, ...restored(VIEW, REMEMBERED), playing: false, hover: null, lit: null, revealed: true, tally: noTally() };
  // Who guesses, guesses each step anew.
  return createStore(state, (changes, before) => ("t" in changes && changes.t !== before.t && before.guessing ? { revealed: false } : {}));
}

// The selection of this document: one for all parts that look at a run, whichever page they are on. A link from page to
// page was drawn when the URL said what it says now or what it said before: then the selection is the newer of the two.
export function theSelection() {
  let fresh = false; // whether the document is new: then the URL alone says what is selected
  /** @type {Selection} */
  const selection = sharedAs("lstmvizSelection", () => {
    fresh = true;
    /** @type {Selection} */
    const made = {
      state: createState(), urls: new Set(), page: "", path: undefined, awaited: null, stood: -1, back: false,
      refused: { of: "", all: [] },
    };
    window.addEventListener("popstate", () => {
      made.back = location.pathname === made.page;
    });
    return made;
  });
  return { selection, state: selection.state, fresh };
}

/** @type {(state: Partial<State>) => void} */
export const rememberLooks = (state) => remember(VIEW, REMEMBERED, state);

// The parameters of the URL that are about the selection; those at their defaults are left out. What is awaited stays.
/** @type {(state: State, defaults: Defaults, awaited: string | null) => void} */
export function toUrl(state, defaults, awaited) {
  const { t, epoch, unit, q } = defaults;
  setUrl({
    t: state.t === t ? null : state.t,
    epoch: awaited ?? (state.epoch === epoch ? null : state.epoch),
    unit: state.unit + 1 === unit ? null : state.unit + 1,
    q: state.quantity === q ? null : state.quantity,
    guess: state.guessing ? 1 : null,
  });
}

// What of that is about the selection, as one text.
/** @type {(said: UrlSays) => string} */
export const ofSelection = ({ path, ...said }) => JSON.stringify(said);

/** @type {() => UrlSays} */
export function urlSays() {
  const params = new URLSearchParams(location.search);
  /** @type {(keyof UrlSays)[]} */
  const names = ["t", "epoch", "unit", "q", "guess", "path"];
  return /** @type {UrlSays} */ (Object.fromEntries(names.map((name) => [name, params.get(name)])));
}
