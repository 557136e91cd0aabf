// The cell player: puts the parts together, and keeps them in step. Streamlit calls the default function at each rerun.

import { createMount } from "../../../parts/common/mount.js";
import { fill } from "../../../parts/common/words.js";
import { Run } from "../../../parts/run/data.js";
import { createState, rememberLooks, setUrl, shared, toUrl, urlSays } from "../../../parts/run/state.js";
import { createPalette } from "../../../parts/run/theme.js";
import { createLetters } from "./letters.js";
import { createDiagram } from "./diagram.js";
import { createPanel } from "./panel.js";
import { createRun } from "../../../parts/run/run.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createSave, openSaved } from "./save.js";
import { keyboard } from "../../../parts/run/keys.js";

const KEPT = 6; // runs unpacked: those on display, and some that were

let state; // one for all mounts, so that the selection lives on when the page is left
let urlKnown = {}; // what the URL said of the selection when the server last answered

const mount = createMount({ root: ".player", make: (bytes) => new Run(bytes), keep: KEPT, create: createPlayer });
export default mount;

function createPlayer(root) {
  const fresh = !state; // the document is new: the URL alone says what is selected
  state ??= createState();
  const ctx = { root, state, markup: root.outerHTML, bytes: null, header: null, runs: null, palette: null, words: {}, ask: () => {} };
  ctx.sides = (now) => sides(ctx, now);
  ctx.pin = (place) => state.set({ ...place, hover: null });
  ctx.hover = (place) => state.set({ hover: place });
  ctx.hidden = (now) => now.guessing && !now.revealed;
  ctx.veil = (now) => (ctx.hidden(now) ? "present" : now.guessing ? "future" : null);
  const part = (name, create) => create(root.querySelector(`[data-part=${name}]`), ctx);
  const transport = part("transport", createTransport);
  const parts = [
    part("run", createRun), // first: text on a canvas makes the browser bring all styles up to date, cheap before others draw
    part("letters", createLetters),
    part("diagram", createDiagram),
    transport,
    part("panel", createPanel),
    part("save", createSave),
  ];
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    rememberLooks({ ...state.get(), phase: transport.phase });
    if (ctx.header && !ctx.header.saved) shared.write(state.get(), ctx.header.experiment, urlKnown);
  };
  const save = () => {
    keep();
    if (ctx.header && !ctx.header.saved) toUrl(state.get(), ctx.header.defaults);
  };
  const draw = (now) => {
    if (!ctx.runs) return;
    for (const one of parts) one.draw(now);
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  };
  const refresh = () => {
    for (const one of parts) one.refresh?.();
    draw(state.get());
  };
  const unsubscribe = state.subscribe(draw);
  const keys = keyboard(root, ctx);
  let spoken = null; // the language of what is on display
  let first = true;
  return {
    // saved: in a saved file, what was seen when it was saved, and who is told what is in it.
    show(header, runs, { data: bytes, language = header.language, dark, saved, setTriggerValue: trigger }) {
      const { words, titles, ...texts } = header.languages[language];
      for (const [name, run] of Object.entries(runs)) Object.assign(run, { bound: header.bound, title: titles[name] });
      // What stays the same stays one object, so that parts can tell.
      if (spoken !== language) [spoken, ctx.words] = [language, words];
      if (ctx.palette?.dark !== dark) ctx.palette = createPalette(header.themes, dark);
      Object.assign(ctx, { bytes, header: { ...header, ...texts, saved: Boolean(saved) }, runs });
      ctx.ask = ({ url = {}, ...wish }) => {
        save();
        setUrl(url);
        // Of a text that is here in part the same steps are to come again.
        const from = runs.first.length < runs.first.steps ? { from: String(runs.first.start) } : {};
        trigger("ask", { ...wish, url: { ...urlSays(), ...from, ...url } }); // Streamlit tells the server an older URL than this one
      };
      const said = urlSays();
      const told = first && (fresh || Object.keys(said).some((name) => said[name] !== urlKnown[name]));
      if (first && !told) state.set(elsewhere(header));
      ctx.header.notices = [...header.notices, ...settle(state, ctx, told ? said : {})];
      [first, urlKnown] = [false, said];
      refresh();
      saved?.shown(header);
      if (saved?.seen) state.set(saved.seen);
    },
    refresh,
    leave() {
      keep(); // the URL is another page's by now
      state.set({ playing: false, hover: null, phase: transport.phase });
      unsubscribe();
      keys();
      for (const one of parts) one.leave?.();
    },
  };
}

// The networks on display, side by side: each with its run, the snapshot of the epoch chosen, and, where it was changed from
// outside, the run before that (or, while that is shown, the changed one) as `other`.
function sides({ header, runs: { first, changed, second } }, now) {
  const e = first.snapshot(now.epoch);
  const shown = changed && now.show !== "before" ? changed : first;
  const found = [{ of: "first", run: shown, e, other: changed ? (shown === changed ? first : changed) : null }];
  if (second) found.push({ of: "second", run: second, e: second.snapshot(header.second.epoch ?? now.epoch), other: null });
  return found;
}

// Where another page has moved to since this one was left.
function elsewhere({ experiment }) {
  const selection = shared.read();
  if (selection?.experiment !== experiment) return {};
  return Object.fromEntries(["t", "epoch"].filter((name) => name in selection).map((name) => [name, selection[name]]));
}

// Select what the URL says, or keep what is selected, within the bounds of the runs on display. Returns a sentence for each
// thing that was asked for and is not there.
function settle(state, { header, runs: { first, second }, words }, said) {
  const of = state.get().of === "second" && second ? "second" : "first";
  const own = of === "second" ? second : first;
  const { defaults } = header;
  const now = state.get();
  const told = Object.keys(said).length > 0;
  const notices = [];
  const ends = first.epochs.at(-1);
  // What stands where a run is first shown goes on to where the next one is: its telling step, its first quantity, its end.
  const step = told || now.t === now.usual?.t ? defaults.t : now.t;
  const epoch = told || now.epoch === now.ends ? ends : now.epoch;
  const quantities = [...own.quantities, "logits"];
  const kept = told || now.quantity === now.usual?.q ? defaults.q : now.quantity;
  const quantity = quantities.find((one) => one === said.q) ?? quantities.find((one) => one === kept) ?? own.gates[0];
  // A number of the URL, if it is one that is there; else what stays, said once if the URL asked for something.
  const asked = (name, low, high, stays, sentence) => {
    const text = told ? (said[name] ?? null) : null;
    const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    if (text !== null) notices.push(fill(sentence, { asked: text, first: low, last: high, units: high }));
    return Math.min(Math.max(stays, low), high);
  };
  state.set({
    t: asked("t", first.start, first.stop - 1, step, words.player_t),
    epoch: first.epochs[first.snapshot(asked("epoch", 0, ends, epoch, words.player_epoch))],
    unit: asked("unit", 1, own.size(quantity), told ? 1 : now.unit + 1, words.player_unit) - 1,
    of,
    quantity,
    usual: defaults,
    ends,
    hover: null,
  });
  // The dashboard says so above the player.
  if (header.saved && first.diverged !== null) notices.push(fill(words.player_diverged, { epoch: first.diverged }));
  return notices;
}
