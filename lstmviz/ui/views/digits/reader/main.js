// The digit reader: a pad, and an LSTM that reads what is on it row by row. Streamlit calls the default function at each rerun.

import { arraysOf } from "../../../parts/common/bytes.js";
import { createMount } from "../../../parts/common/mount.js";
import { createStore, remember, restored } from "../../../parts/common/store.js";
import { Answers, ROWS } from "./answers.js";
import { createAsk } from "./ask.js";
import { createBars } from "./bars.js";
import { createChoices } from "./choices.js";
import { createCollect } from "./collect.js";
import { createCompare } from "./compare.js";
import { collectedKept, drawingKept, keepCollected, keepDrawing } from "./kept.js";
import { digitKeys } from "./keys.js";
import { createLegend } from "./legend.js";
import { createLine } from "./line.js";
import { createPad } from "./pad.js";
import { createRows } from "./rows.js";
import { createSamples } from "./samples.js";
import { createSays, createTold } from "./says.js";
import { createScrub } from "./scrub.js";
import { SENT, hasInk, untouched } from "./strokes.js";
import { WIDTHS, createTools } from "./tools.js";
import { listenToWire, sendByWire } from "./wire.js";

const VIEW = "lstmviz.digits";
const REMEMBERED = {
  width: WIDTHS,
  speed: [0.5, 1, 2, 4],
  overlay: [true, false],
  network: ["lstm", "rnn", "gru"],
  layer: [0, 1],
  quantity: ["i", "f", "g", "o", "c", "h", "r", "z", "n"],
};

const kept = new Map(); // by the part's key: drawing, answers and choices, so that they live on when the page is left

export default createMount({
  root: ".digit_reader",
  make: (bytes) => arraysOf(bytes).arrays,
  keep: 1, // the samples
  create: createReader,
  // What Streamlit calls with is what every answer is shown with: words, colours, the samples.
  listen: (header, parts, show) => listenToWire((answer, come) => show({ ...header, ...answer }, { ...parts, ...come })),
});

// drawing: what was done on the pad (`strokes.js`). opening: whether that is the sample that the page opens with. row: the
// last one that is shown as read. covered: rows, in the order of reading. picked: the row that the keys are on, or null.
// hover: the number pointed at. ticking: whether the clock runs. late: whether the server is slow to answer. collected:
// drawings that were read wrongly.
function keptOf(key) {
  const looks = { width: 0.075, speed: 1, overlay: false, network: "lstm", layer: 1, quantity: "c", ...restored(VIEW, REMEMBERED) };
  const drawing = { acts: [], done: 0 };
  const passing = { row: ROWS - 1, picked: null, hover: null, ticking: false, late: false, labelling: false };
  const begun = { drawing, opening: true, tool: "pen", order: "rows", covered: [], ...drawingKept(), collected: collectedKept() };
  if (!kept.has(key)) {
    const state = createStore({ ...looks, ...passing, ...begun });
    kept.set(key, { state, answers: new Answers(), versions: { any: 0, whole: 0 }, seq: 0, sent: "", held: null });
  }
  return kept.get(key);
}

function createReader(root, { key }) {
  const memory = keptOf(key);
  const { state, answers, versions } = memory;
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const ctx = { root, state, answers, words: {}, palette: null, badges: {} };
  // How many answers have come, and how many with everything inside the networks, or another theme.
  Object.defineProperties(ctx, { version: { get: () => versions.any }, whole: { get: () => versions.whole } });

  const message = () => {
    const { drawing, network, order, covered } = state.get();
    const sample = pad.drawing ? null : untouched(drawing);
    return { done: !pad.drawing, size: SENT, pixels: sample === null ? pad.ink() : null, sample, network, order, covered };
  };
  const ask = createAsk(memory, root, message, sendByWire, (late) => state.set({ late }));
  // Something that the server is to know, done by hand.
  ctx.change = (changes) => {
    const read = "drawing" in changes || "order" in changes;
    const emptied = "drawing" in changes && !hasInk(changes.drawing);
    if (read) scrub.stop();
    state.set({ opening: false, ...(read ? { row: ROWS - 1, labelling: false, hover: null } : {}), ...(emptied ? { covered: [] } : {}), ...changes });
    pad.draw(state.get());
    ask.want();
  };
  // The pen moves.
  ctx.drawn = (fresh) => {
    scrub.stop();
    state.set({ row: ROWS - 1, opening: false, labelling: false, hover: null, ...(fresh ? { covered: [] } : {}) });
    ask.want();
  };
  ctx.blank = () => pad.blank();
  ctx.finish = () => pad.finish();
  ctx.pending = () => ask.pending;
  ctx.playing = () => scrub.running;
  ctx.hover = (hover) => {
    const before = state.get().hover;
    if (hover?.band !== before?.band || hover?.row !== before?.row || hover?.column !== before?.column) state.set({ hover });
  };
  // A row was clicked. A finger does not hit rows so low: it is told a number, and offered to cover its row.
  let finger = false;
  root.addEventListener("pointerdown", ({ pointerType }) => (finger = pointerType === "touch"), true);
  ctx.clicked = (event, hover) => {
    if (finger && event.detail > 0) state.set({ hover, picked: hover.row });
    else ctx.cover(hover.row, event.shiftKey);
  };
  // Cover a row, or uncover it; below: it and all that are read after it.
  ctx.cover = (row, below) => {
    if (pad.blank() || answers.refusal) return;
    const { covered } = state.get();
    const rows = new Set(covered);
    if (below) for (let k = row; k < ROWS; k++) rows.add(k);
    else if (!rows.delete(row)) rows.add(row);
    state.set({ picked: row });
    ctx.change({ covered: [...rows].sort((a, b) => a - b) });
  };

  const pad = createPad(part("pad"), ctx, memory);
  ctx.paper = part("pad").querySelector("canvas");
  const tools = createTools(part("tools"), ctx);
  const scrub = createScrub(part("scrub"), ctx);
  const parts = [
    createBars(part("bars"), ctx), // first: what follows the pen
    createSays(part("says"), ctx),
    createRows(part("rows"), ctx),
    pad,
    tools,
    createChoices(part("choices"), ctx),
    createLegend(part("legend"), ctx),
    createLine(part("line"), ctx),
    scrub,
    createTold(part("told"), ctx),
    createCompare(part("compare"), ctx),
    createSamples(part("samples"), ctx),
    createCollect(part("collect"), ctx),
  ];
  let told = ""; // language and theme of what is on display

  const draw = (now) => {
    if (!ctx.palette) return; // nothing was told to this one yet
    root.classList.toggle("late", now.late);
    for (const one of parts) one.draw(now);
    if (pad.drawing) return; // what follows can wait until the pen is up
    remember(VIEW, REMEMBERED, now);
    keep(now);
  };
  let stored = {};
  const keep = ({ drawing, opening, order, covered, collected }) => {
    const before = stored;
    stored = { drawing, opening, order, covered, collected };
    if (before.collected !== collected) keepCollected(collected);
    if (["drawing", "opening", "order", "covered"].some((name) => before[name] !== stored[name])) keepDrawing(stored);
  };
  const refresh = () => {
    part("pad_caption").textContent = ctx.words.pad_caption;
    for (const one of parts) one.refresh?.();
    draw(state.get());
  };
  const unsubscribe = state.subscribe(draw);
  const keys = digitKeys(root, tools, scrub, state);
  // What reaches the server after a link was followed takes Streamlit back to the page that it comes from.
  const followed = (event) => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
    if (!elsewhere && event.target.closest?.("a[href]:not([target=_blank])")) ask.hold();
  };
  document.addEventListener("click", followed, true);
  window.addEventListener("popstate", ask.hold);
  let first = true;

  return {
    show,
    refresh,
    leave() {
      state.set({ ...pad.kept(), hover: null, picked: null, ticking: false, late: false });
      keep(state.get());
      unsubscribe();
      keys();
      ask.leave();
      document.removeEventListener("click", followed, true);
      window.removeEventListener("popstate", ask.hold);
      for (const one of parts) one.leave?.();
    },
  };

  function show(header, come, { dark }) {
    const looks = `${header.language} ${dark} ${header.networks.map(({ cell }) => cell).join()}`;
    const known = first ? null : looks === told;
    told = looks;
    // The first answer of a page come back to is that of an empty pad: what is kept goes there first.
    if (!first || !answers.header || header.answer === memory.seq) answers.take(header, come);
    for (const { cell, badge } of header.networks) if (badge) ctx.badges[cell] = badge;
    versions.any += 1;
    if (!answers.old || answers.refusal || !known) versions.whole += 1;
    ctx.words = header.words;
    ctx.palette = { ...header.themes[dark ? "dark" : "light"], dark };
    if (known) draw(state.get());
    else refresh();
    ask.answered(header.answer);
    if (first) begin(header);
    first = false;
  }

  // Never an empty page: a sample is there until someone draws. And what was drawn before is read again.
  function begin({ answer, samples }) {
    const { drawing, opening } = state.get();
    if (opening && drawing.acts.length === 0 && samples?.labels.length) {
      const k = Math.max(samples.wrong.indexOf(false), 0);
      state.set({ drawing: { acts: [{ kind: "sample", k, opening: true }], done: 1 } });
    }
    pad.draw(state.get());
    if (answer !== memory.seq || memory.seq === 0) ask.again();
    else ask.want(); // the same again is not sent: it is what was answered
  }
}
