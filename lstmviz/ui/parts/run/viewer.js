// What looks at a run: parts that draw it, kept in step by the one selection of the document.

import { setUrl, theSelection, rememberLooks, toUrl, urlSays } from "./state.js";
import { createPalette } from "./theme.js";

const SETTLED = 250; // milliseconds after the last change, before the URL tells of it

// assemble(ctx): the parts, each with `draw(now)` and perhaps `refresh()` and `leave()`; first it may give `ctx` ways of its own.
export function createViewer(root, assemble) {
  const { selection, state, fresh } = theSelection();
  const ctx = { root, state, header: null, runs: null, palette: null, words: {}, ask: () => {} };
  ctx.sides = ({ epoch }) => [{ of: "first", run: ctx.runs.first, e: ctx.runs.first.snapshot(epoch), other: null }];
  ctx.pin = (place) => state.set({ ...place, hover: null });
  ctx.hover = (place) => state.set({ hover: place });
  ctx.hidden = () => false;
  ctx.veil = () => null;
  ctx.looks = () => state.get(); // what of it the browser remembers
  ctx.phases = () => [4];
  const parts = assemble(ctx);
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    rememberLooks(ctx.looks());
  };
  const save = () => {
    keep();
    if (ctx.header && !ctx.header.saved) toUrl(state.get(), ctx.header.defaults);
  };
  const draw = (now) => {
    if (!ctx.runs) return;
    for (const one of parts) one.draw(now);
    clearTimeout(timer);
    timer = setTimeout(save, SETTLED);
  };
  const refresh = () => {
    for (const one of parts) one.refresh?.();
    draw(state.get());
  };
  const unsubscribe = state.subscribe(draw);
  let first = true;
  let spoken = null; // the language of what is on display
  return {
    ctx,
    refresh,
    // words: in `language`, which the root bears; trigger: asks the server, null where there is none.
    show(header, runs, { words, language, dark }, trigger) {
      // What stays the same stays one object, so that parts can tell.
      if (spoken !== language) [spoken, ctx.words] = [language, words];
      if (ctx.palette?.dark !== dark) ctx.palette = createPalette(header.themes, dark);
      Object.assign(ctx, { header, runs });
      for (const run of Object.values(runs)) run.bound = header.bound;
      ctx.ask = ({ url = {}, ...wish }) => {
        save();
        setUrl(url);
        // Of a text that is here in part the same steps are to come again.
        const from = runs.first.length < runs.first.steps ? { from: String(runs.first.start) } : {};
        trigger?.("ask", { ...wish, url: { ...urlSays(), ...from, ...url } }); // Streamlit tells the server an older URL than this one
      };
      const said = urlSays();
      const told = first && (fresh || Object.keys(said).some((name) => said[name] !== selection.url[name]));
      ctx.refused = settle(state, ctx, told ? said : null);
      [first, selection.url] = [false, said];
      ctx.settled?.();
      refresh();
    },
    leave() {
      keep(); // the URL is another page's by now
      state.set({ playing: false, hover: null, phase: ctx.looks().phase });
      unsubscribe();
      for (const one of parts) one.leave?.();
    },
  };
}

// Select what the URL says (`said`, null where it says nothing new), or keep what is selected, within the bounds of the runs on
// display. Returns what was asked for and is not there: [name, what was asked, the first that is there, the last].
function settle(state, { header: { defaults }, runs: { first, second } }, said) {
  const now = state.get();
  const of = now.of === "second" && second ? "second" : "first";
  const own = of === "second" ? second : first;
  const refused = [];
  // What stands where a run is first shown goes on to where the next one is: its telling step, its first quantity, its end.
  const step = said || now.t === now.usual?.t ? defaults.t : now.t;
  const epoch = said || now.epoch === now.usual?.epoch ? defaults.epoch : now.epoch;
  const quantities = [...own.quantities, "logits"];
  const kept = said || now.quantity === now.usual?.q ? defaults.q : now.quantity;
  const quantity = quantities.find((one) => one === said?.q) ?? quantities.find((one) => one === kept) ?? own.gates[0];
  // A number of the URL, if it is one that is there; else what stays.
  const asked = (name, low, high, stays) => {
    const text = said?.[name] ?? null;
    const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    if (text !== null) refused.push([name, text, low, high]);
    return Math.min(Math.max(stays, low), high);
  };
  // Where only the end of a training is here, the epoch that is looked at elsewhere stays.
  const whole = first.epochs.length > 1 || first.epochs[0] === 0;
  const ended = asked("epoch", 0, defaults.epoch, epoch);
  state.set({
    t: asked("t", first.start, first.stop - 1, step),
    epoch: whole ? first.epochs[first.snapshot(ended)] : ended,
    unit: asked("unit", 1, own.size(quantity), said ? 1 : now.unit + 1) - 1,
    of,
    quantity,
    usual: defaults,
    hover: null,
  });
  return refused;
}
