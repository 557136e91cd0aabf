// What looks at a run: parts that draw it, kept in step by the one selection of the document.

import { later } from "../common/mount.js";
import { setUrl } from "../common/url.js";
import { noTally, ofSelection, rememberLooks, theSelection, toUrl, urlSays } from "./state.js";
import { createPalette } from "./palette.js";

/**
 * @import { Store } from "../common/store.js"
 * @import { Themes } from "../common/scales.js"
 * @import { Words } from "../common/words.js"
 * @import { Run, Runs } from "./data.js"
 * @import { Defaults, Of, Phase, Place, Refused, Selection, State, UrlSays } from "./state.js"
 * @import { Palette } from "./palette.js"
 *
 * What `header` of `talk.py` says of a run. saved: in a saved file, which no server answers.
 * @typedef {object} Header
 * @property {string} experiment
 * @property {string} language
 * @property {Words} words
 * @property {Themes} themes
 * @property {number} bound where the scale ends of what no function bounds
 * @property {Defaults} defaults
 * @property {boolean} [saved]
 *
 * A network on display: its run, the snapshot that is chosen, and, where it was changed from outside, the run before that (or,
 * while that is shown, the changed one).
 * @typedef {{ of: Of, run: Run, e: number, other: Run | null }} Side
 *
 * What is asked of the server: other values in the URL, or another experiment.
 * @typedef {{ url?: Record<string, string | null>, experiment?: Record<string, string> }} Wish
 *
 * @typedef {"present" | "future"} Veil what of a text must not be seen while it is guessed: what comes later, or the present
 *   prediction too
 */

/**
 * What the parts that look at a run share. Header, runs, palette and words come when it is first shown, and nothing is drawn
 * before.
 * @template {Header} [H=Header]
 * @typedef {object} Ctx
 * @property {HTMLElement} root
 * @property {Store<State>} state
 * @property {H} header
 * @property {Runs} runs
 * @property {Palette} palette
 * @property {Words} words
 * @property {(wish: Wish) => void} ask
 * @property {(now: State) => Side[]} sides the networks on display, side by side
 * @property {(place: Partial<Place & { epoch: number }>) => void} pin selects
 * @property {(place: Place | null) => void} hover
 * @property {(now: State) => boolean} hidden whether the prediction is to be guessed
 * @property {(now: State) => Veil | null} veil
 * @property {() => Partial<State>} looks what the browser remembers
 * @property {(run: Run) => Phase[]} phases of a step
 * @property {(run: Run) => [number, number]} steps the first and the last that may be selected
 * @property {Refused[]} refused what the URL asked for and is not there
 * @property {() => void} [settled] told when a run has come and the selection is within it
 * @property {() => boolean} [stopTraining] whether there was something to be stopped
 * @property {(event: KeyboardEvent) => boolean} [guessKey] whether the key was for who guesses
 */

/**
 * @typedef {{ draw: (now: State) => void, refresh?: () => void, leave?: () => void }} Drawn a part of what looks at a run
 */

const SETTLED = 250; // milliseconds after the last change, before the URL tells of it

// assemble(ctx): the parts, each with `draw(now)` and perhaps `refresh()` and `leave()`; first it may give `ctx` ways of its own.
/**
 * @template {Header} H
 * @param {HTMLElement} root
 * @param {(ctx: Ctx<H>) => Drawn[]} assemble
 */
export function createViewer(root, assemble) {
  const { selection, state, fresh } = theSelection();
  /** @type {Ctx<H>} */
  const ctx = {
    root,
    state,
    header: later,
    runs: later,
    palette: later,
    words: later,
    ask: () => {},
    sides: ({ epoch }) => [{ of: "first", run: ctx.runs.first, e: ctx.runs.first.snapshot(epoch), other: null }],
    pin: (place) => state.set({ ...place, hover: null }),
    hover: (place) => state.set({ hover: place }),
    hidden: () => false,
    veil: () => null,
    looks: () => state.get(),
    phases: () => [4],
    steps: (run) => [run.start, run.stop - 1],
    refused: [],
  };
  const parts = assemble(ctx);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    if (!ctx.header || ctx.header.saved) return;
    // A link of the path was followed, or the browser went back: what the URL says is still to be shown.
    if (selection.back || urlSays().path !== selection.path) return;
    if (state.get().epoch !== selection.stood) selection.awaited = null; // somebody has chosen another one
    toUrl(state.get(), ctx.header.defaults, selection.awaited);
    selection.urls.add(ofSelection(urlSays()));
  };
  /** @type {(now: State) => void} */
  const draw = (now) => {
    if (!ctx.runs) return;
    for (const one of parts) one.draw(now);
    rememberLooks(ctx.looks()); // at once: the tab may be closed or reloaded in the next moment
    clearTimeout(timer);
    timer = setTimeout(save, SETTLED);
  };
  const refresh = () => {
    for (const one of parts) one.refresh?.();
    draw(state.get());
  };
  const unsubscribe = state.subscribe(draw);
  let first = true;
  /** @type {string | null} */
  let spoken = null; // the language of what is on display
  return {
    ctx,
    refresh,
    // words: in `language`, which the root bears; trigger: asks the server, null where there is none.
    /**
     * @param {H} header
     * @param {Record<string, Run>} come
     * @param {{ words: Words, language: string, dark: boolean }} how
     * @param {(name: string, value: unknown) => void} [trigger]
     */
    show(header, come, { words, language, dark }, trigger) {
      const runs = runsOf(come);
      // What stays the same stays one object, so that parts can tell.
      if (spoken !== language) [spoken, ctx.words] = [language, words];
      if (ctx.palette?.dark !== dark) ctx.palette = createPalette(header.themes, dark);
      Object.assign(ctx, { header, runs });
      for (const run of Object.values(come)) {
        run.bound = header.bound;
        run.speak(words);
      }
      ctx.ask = ({ url = {}, ...wish }) => {
        save();
        setUrl(url);
        // Of a text that is here in part the same steps are to come again.
        const from = runs.first.length < runs.first.steps ? { from: String(runs.first.start) } : {};
        const { path, ...said } = urlSays();
        trigger?.("ask", { ...wish, url: { ...said, ...from, ...url } }); // Streamlit tells the server an older URL than this one
      };
      if (selection.awaited !== null) save();
      const said = urlSays();
      const anew = said.path !== null && said.path !== selection.path; // a link of the path sets all, on the same page too
      const told = selection.awaited !== null || selection.back || anew || first && (fresh || !selection.urls.has(ofSelection(said)));
      const refused = settle(state, ctx, told ? said : null);
      const { first: run } = runs;
      const grows = run.diverged === null && run.epochs[run.epochs.length - 1] < run.trained;
      selection.awaited = grows && refused.some(([name, text]) => name === "epoch" && Number(text) <= run.trained) ? said.epoch : null;
      const sound = refused.filter(([name]) => name !== "epoch" || selection.awaited === null);
      ctx.refused = standing(selection, state.get(), told ? sound : null, `${location.pathname} ${header.experiment}`);
      selection.stood = state.get().epoch;
      // The links of a page are drawn from the moment on in which it is opened, and several parts may come to look at it.
      if (location.pathname !== selection.page) selection.urls.clear();
      selection.urls.add(ofSelection(said));
      [first, selection.path, selection.page, selection.back] = [false, said.path, location.pathname, false];
      ctx.settled?.();
      refresh();
    },
    leave() {
      clearTimeout(timer); // the URL is another page's by now
      rememberLooks(ctx.looks());
      state.set({ playing: false, hover: null, phase: ctx.looks().phase });
      unsubscribe();
      for (const one of parts) one.leave?.();
    },
  };
}

/** @type {(come: Record<string, Run>) => Runs} */
const runsOf = ({ first, changed, second }) => ({ first, changed, second });

// What was refused is said until something else is chosen in its place: a page comes to be shown again by itself, and by then the
// URL does not ask for it any more. anew: what has just been refused, null where nothing new was asked; of: what it was refused for.
/** @type {(selection: Selection, now: State, anew: Refused[] | null, of: string) => Refused[]} */
function standing(selection, now, anew, of) {
  const values = { t: now.t, epoch: now.epoch, unit: now.unit + 1, guess: Number(now.guessing) };
  if (anew) selection.refused = { of, all: anew.map((one) => ({ one, stood: values[one[0]] })) };
  const { refused } = selection;
  /** @type {(said: typeof refused.all[number]) => boolean} */
  const chosen = ({ one: [name], stood }) => values[name] !== stood && (name === "guess" || values[name] !== now.usual?.[name]);
  selection.refused = { of, all: refused.of === of ? refused.all.filter((one) => !chosen(one)) : [] };
  return selection.refused.all.map(({ one }) => one);
}

// Select what the URL says (`said`, null where it says nothing new), or keep what is selected, within the bounds of the runs on
// display. Returns what was asked for and is not there: [name, what was asked, the first that is there, the last].
/** @type {(state: Store<State>, ctx: Ctx, said: UrlSays | null) => Refused[]} */
function settle(state, { header: { defaults }, runs: { first, second }, steps }, said) {
  const now = state.get();
  const own = (now.of === "second" && second) || first;
  /** @type {Refused[]} */
  const refused = [];
  // What stands where a run is first shown goes on to where the next one is: its telling step, what tells most there, its end.
  // What the URL has named stays: the same run has other defaults while it is trained.
  const fixed = said ? { t: said.t !== null, unit: said.unit !== null, q: said.q !== null } : now.fixed;
  const step = said || (now.t === now.usual?.t && !fixed?.t) ? defaults.t : now.t;
  const epoch = said || now.epoch === now.usual?.epoch ? defaults.epoch : now.epoch;
  const quantities = [...own.quantities, "logits"];
  const kept = said || (now.quantity === now.usual?.q && !fixed?.q) ? defaults.q : now.quantity;
  const quantity = quantities.find((one) => one === said?.q) ?? quantities.find((one) => one === kept) ?? own.gates[0];
  // A number of the URL, if it is one that is there; else what stays.
  /** @type {(name: "t" | "epoch" | "unit", low: number, high: number, stays: number) => number} */
  const asked = (name, low, high, stays) => {
    const text = said?.[name] ?? null;
    const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    if (text !== null) refused.push([name, text, low, high]);
    return Math.min(Math.max(stays, low), high);
  };
  const guessing = said ? said.guess === "1" : now.guessing;
  if (said && said.guess !== null && !guessing) refused.push(["guess", said.guess, 1, 1]);
  if (guessing !== now.guessing) state.set({ guessing, revealed: !guessing, playing: false, tally: noTally(first.pattern) });
  // Where only the end of a training is here, the epoch that is looked at elsewhere stays.
  const whole = first.epochs.length > 1 || first.epochs[0] === 0;
  const [earliest, latest] = steps(first);
  const ended = asked("epoch", 0, defaults.epoch, epoch);
  state.set({
    t: asked("t", earliest, latest, step),
    epoch: whole ? first.epochs[first.snapshot(ended)] : ended,
    unit: asked("unit", 1, own.size(quantity), said || (now.unit + 1 === now.usual?.unit && !fixed?.unit) ? defaults.unit : now.unit + 1) - 1,
    of: own === second ? "second" : "first",
    quantity,
    usual: defaults,
    fixed,
    hover: null,
  });
  return refused;
}
