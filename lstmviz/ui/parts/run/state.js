// What is selected and how it is shown: one state for all parts that look at a run, kept while the tab is open. Parts read it,
// change it with `set`, and are told to draw once a frame. What a link should restore is in the URL as well.

import { sharedAs } from "../common/shared.js";
import { createStore, remember, restored } from "../common/store.js";

const VIEW = "lstmviz.view";

// t, epoch, unit, quantity: the selection. `unit` counts from 0, and is a letter's number where the quantity is "logits".
// `of`: the network that the selection is about, "first" or "second".
const SELECTION = { t: 0, epoch: 0, unit: 0, quantity: "", of: "first" };
// phase: how far the time step is carried out. 1 sums, 2 activations, 3 new states, 4 prediction.
// show: of a run that was changed, "changed", "before" or "difference". span: how many steps the run panel shows. tab: which
// view of the panel is open, "explain", "change" or "beside".
// patterns: how many of them the pictures of the gates show; numbers, notes: with numbers in the squares, in the notes' colours.
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

// What came of guessing in a text: how often, and how often somebody and the network were right; and the steps that counted.
export const noTally = (pattern = "") => ({ pattern, steps: [], asked: 0, right: 0, network: 0 });

function createState() {
  const state = { ...SELECTION, ...LOOKS, ...restored(VIEW, REMEMBERED), playing: false, hover: null, revealed: true, tally: noTally() };
  // Who guesses, guesses each step anew.
  return createStore(state, (changes, before) => ("t" in changes && changes.t !== before.t && before.guessing ? { revealed: false } : {}));
}

// The selection of this document: one for all parts that look at a run, whichever page they are on. `url` is what the URL said
// of it when the server last answered: where it says the same again, the selection is the newer of the two.
export function theSelection() {
  let fresh = false; // whether the document is new: then the URL alone says what is selected
  const selection = sharedAs("lstmvizSelection", () => {
    fresh = true;
    return { state: createState(), url: {} };
  });
  return { selection, state: selection.state, fresh };
}

export const rememberLooks = (state) => remember(VIEW, REMEMBERED, state);

// The parameters of the URL that are about the selection; those at their defaults are left out.
export function toUrl(state, defaults) {
  const values = { t: state.t, epoch: state.epoch, unit: state.unit + 1, q: state.quantity };
  setUrl(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === defaults[name] ? null : value])));
}

// Put values into the URL; null takes one out.
export function setUrl(values) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

export function urlSays() {
  const params = new URLSearchParams(location.search);
  return Object.fromEntries(["t", "epoch", "unit", "q"].map((name) => [name, params.get(name)]));
}
