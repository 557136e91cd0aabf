// The digit reader: a pad, and an LSTM that reads what is on it row by row. Streamlit calls the default function at each rerun.

import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { createStore, remember, restored } from "../../../parts/common/store.js";
import { setUrl } from "../../../parts/common/url.js";
import { Answers, ROWS, unpackPart } from "./answers.js";
import { createAsk } from "./ask.js";
import { createBars } from "./read/bars.js";
import { createChoices } from "./read/choices.js";
import { createCollect } from "./pad/collect.js";
import { createCompare } from "./read/compare.js";
import { collectedKept, drawingKept, keepCollected, keepDrawing } from "./pad/kept.js";
import { digitKeys } from "./keys.js";
import { createLegend } from "./read/legend.js";
import { createLine } from "./read/line.js";
import { drawingOf, drawingText, linkedAs, linkedText } from "./pad/linked.js";
import { createPad } from "./pad/pad.js";
import { createRows } from "./read/rows.js";
import { createSamples } from "./pad/samples.js";
import { createSays, createTold } from "./read/says.js";
import { createScrub } from "./read/scrub.js";
import { createShare } from "./pad/share.js";
import { SENT, hasInk, untouched } from "./pad/strokes.js";
import { createTable } from "./read/table.js";
import { WIDTHS, createTools } from "./pad/tools.js";
import { listenToWire, sendByWire } from "./wire.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { Theme } from "../../../parts/common/scales.js"
 * @import { Words } from "../../../parts/common/words.js"
 * @import { AnswerPart, Cell, Dress, Header, Layer, Order, Parts } from "./answers.js"
 * @import { Collected } from "./pad/collect.js"
 * @import { Drawing, Tool } from "./pad/strokes.js"
 *
 * What is on the pad and how it is read and shown.
 * @typedef {object} State
 * @property {Drawing} drawing what was done on the pad
 * @property {boolean} opening whether that is the sample that the page opens with
 * @property {Tool} tool
 * @property {number} width of the pen
 * @property {Order} order in which the rows are read
 * @property {number[]} covered rows, in the order of reading
 * @property {number} row the last one that is shown as read
 * @property {number | null} picked the row that the keys are on
 * @property {{ band: "image" | "heat" | "gates", row: number, column: number } | null} hover the number pointed at
 * @property {boolean} ticking whether the clock runs
 * @property {number} speed
 * @property {boolean} late whether the server is slow to answer
 * @property {boolean} labelling whether somebody says what the drawing really is
 * @property {Collected[]} collected drawings that were read wrongly
 * @property {"" | "copied" | "by_hand" | "refused"} shared what is said of the link to the drawing
 * @property {boolean} overlay whether the gradient lies over the image
 * @property {Cell} network
 * @property {Layer} layer
 * @property {string} quantity
 *
 * What lives on when the page is left. versions: how many answers came, and how many with everything inside the networks, or
 * another theme; seq, sent: number and text of the last message; held: the pointer that was drawing when the pad was last taken
 * away.
 * @typedef {object} Memory
 * @property {Store<State>} state
 * @property {Answers} answers
 * @property {{ any: number, whole: number }} versions
 * @property {number} seq
 * @property {string} sent
 * @property {number | null} held
 *
 * What the parts of the reader share. Words and palette come with the first answer, and nothing is drawn before.
 * @typedef {object} Ctx
 * @property {HTMLElement} root
 * @property {Store<State>} state
 * @property {Answers} answers
 * @property {Words} words
 * @property {Theme & { dark: boolean }} palette
 * @property {Partial<Record<Cell, [kind: string, text: string]>>} badges
 * @property {HTMLElement} paper what is drawn on
 * @property {number} version how many answers have come
 * @property {number} whole how many with everything inside the networks, or another theme
 * @property {(changes: Partial<State>) => void} change something that the server is to know, done by hand
 * @property {(fresh: boolean) => void} drawn the pen moves
 * @property {() => boolean} blank
 * @property {() => void} finish ends the stroke that is being drawn
 * @property {() => boolean} pending
 * @property {() => boolean} playing
 * @property {(hover: State["hover"]) => void} hover
 * @property {(event: MouseEvent, hover: NonNullable<State["hover"]>) => void} clicked a row was clicked
 * @property {(row: number, below: boolean) => void} cover covers a row, or uncovers it; below: it and all that are read after it
 *
 * @typedef {{ draw: (now: State) => void, refresh?: () => void, leave?: () => void }} Drawn a part of the part
 */

const VIEW = "lstmviz.digits";
const LINKED_AFTER = 250; // milliseconds after the last change, before the URL tells of it
const REMEMBERED = {
  width: WIDTHS,
  speed: [0.5, 1, 2, 4],
  overlay: [true, false],
  network: ["lstm", "rnn", "gru"],
  layer: [0, 1],
  quantity: ["i", "f", "g", "o", "c", "h", "r", "z", "n"],
};

/** @type {Map<string, Memory>} */
const kept = new Map(); // by the part's key: drawing, answers and choices, so that they live on when the page is left

export default createMount({
  root: ".digit_reader",
  make: unpackPart,
  keep: 1, // the samples
  create: createReader,
  // What Streamlit calls with is what every answer is shown with: words, colours, the samples.
  listen: (header, parts, show) => listenToWire((answer, come) => show({ ...header, ...answer }, { ...parts, ...come })),
});

/** @type {(key: string) => Memory} */
function keptOf(key) {
  const known = kept.get(key);
  if (known) return known;
  /** @type {State} */
  const state = {
    width: 0.075,
    speed: 1,
    overlay: false,
    network: "lstm",
    layer: 1,
    quantity: "c",
    ...restored(VIEW, REMEMBERED),
    row: ROWS - 1,
    picked: null,
    hover: null,
    ticking: false,
    late: false,
    labelling: false,
    drawing: { acts: [], done: 0 },
    opening: true,
    tool: "pen",
    order: "rows",
    covered: [],
    ...drawingKept(),
    collected: collectedKept(),
    shared: "",
  };
  // What the URL says, unless it says what was kept anyway, with all that can be undone.
  const text = linkedText();
  const linked = text === null ? null : drawingOf(text);
  if (linked && text !== drawingText(state.drawing)) Object.assign(state, { drawing: linked, opening: false, covered: [] });
  if (text !== null && !linked) state.shared = "refused";
  /** @type {Memory} */
  const memory = { state: createStore(state), answers: new Answers(), versions: { any: 0, whole: 0 }, seq: 0, sent: "", held: null };
  kept.set(key, memory);
  return memory;
}

/**
 * @param {HTMLElement} root
 * @param {Dress} dress
 * @returns {import("../../../parts/common/mount.js").Instance<Header, AnswerPart>}
 */
function createReader(root, { key }) {
  const memory = keptOf(key);
  const { state, answers, versions } = memory;
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  // A finger does not hit rows so low: it is told a number, and offered to cover its row.
  let finger = false;
  root.addEventListener("pointerdown", ({ pointerType }) => (finger = pointerType === "touch"), true);
  /** @type {Ctx} */
  const ctx = {
    root,
    state,
    answers,
    words: later,
    palette: later,
    badges: {},
    paper: later,
    get version() {
      return versions.any;
    },
    get whole() {
      return versions.whole;
    },
    change(changes) {
      const { drawing, order } = changes;
      if (drawing || order) scrub.stop();
      const read = drawing || order ? { row: ROWS - 1, labelling: false, hover: null } : {};
      state.set({ opening: false, shared: "", ...read, ...(drawing && !hasInk(drawing) ? { covered: [] } : {}), ...changes });
      pad.draw(state.get());
      ask.want();
    },
    drawn(fresh) {
      scrub.stop();
      state.set({ row: ROWS - 1, opening: false, shared: "", labelling: false, hover: null, ...(fresh ? { covered: [] } : {}) });
      ask.want();
    },
    blank: () => pad.blank(),
    finish: () => pad.finish(),
    pending: () => ask.pending,
    playing: () => scrub.running,
    hover(hover) {
      const before = state.get().hover;
      if (hover?.band !== before?.band || hover?.row !== before?.row || hover?.column !== before?.column) state.set({ hover });
    },
    clicked(event, hover) {
      if (finger && event.detail > 0) state.set({ hover, picked: hover.row });
      else ctx.cover(hover.row, event.shiftKey);
    },
    cover(row, below) {
      if (pad.blank() || answers.refusal) return;
      const { covered } = state.get();
      const rows = new Set(covered);
      if (below) for (let k = row; k < ROWS; k++) rows.add(k);
      else if (!rows.delete(row)) rows.add(row);
      state.set({ picked: row });
      ctx.change({ covered: [...rows].sort((a, b) => a - b) });
    },
  };

  const message = () => {
    const { drawing, network, order, covered } = state.get();
    const sample = pad.drawing ? null : untouched(drawing);
    return { done: !pad.drawing, size: SENT, pixels: sample === null ? pad.ink() : null, sample, network, order, covered };
  };
  const ask = createAsk(memory, root, message, sendByWire, (late) => state.set({ late }));
  const pad = createPad(part("pad"), ctx, memory);
  ctx.paper = nodeOf(part("pad"), "canvas");
  const tools = createTools(part("tools"), ctx);
  const scrub = createScrub(part("scrub"), ctx);
  /** @type {Drawn[]} */
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
    createTable(part("table"), ctx),
    createCompare(part("compare"), ctx),
    createSamples(part("samples"), ctx),
    createCollect(part("collect"), ctx),
    createShare(part("share"), ctx, () => link()),
  ];
  let linking = 0;
  const link = () => {
    clearTimeout(linking);
    setUrl(linkedAs(drawingText(state.get().drawing)));
  };
  let told = ""; // language and theme of what is on display

  /** @type {(now: State) => void} */
  const draw = (now) => {
    if (!ctx.palette) return; // nothing was told to this one yet
    root.classList.toggle("late", now.late);
    for (const one of parts) one.draw(now);
    if (pad.drawing) return; // what follows can wait until the pen is up
    remember(VIEW, REMEMBERED, now);
    keep(now);
    clearTimeout(linking);
    if (now.shared !== "refused") linking = setTimeout(link, LINKED_AFTER); // what will not do stays, to be mended there
  };
  /** @type {Partial<State>} */
  let stored = {};
  /** @type {(now: State) => void} */
  const keep = ({ drawing, opening, order, covered, collected }) => {
    const before = stored;
    stored = { drawing, opening, order, covered, collected };
    if (before.collected !== collected) keepCollected(collected);
    const same = before.drawing === drawing && before.opening === opening && before.order === order && before.covered === covered;
    if (!same) keepDrawing({ drawing, opening, order, covered });
  };
  const refresh = () => {
    part("pad_caption").textContent = ctx.words.pad_caption;
    for (const one of parts) one.refresh?.();
    draw(state.get());
  };
  const unsubscribe = state.subscribe(draw);
  const keys = digitKeys(root, tools, scrub, state);
  // What reaches the server after a link was followed takes Streamlit back to the page that it comes from.
  /** @type {(event: MouseEvent) => void} */
  const followed = (event) => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
    const { target } = event;
    if (!elsewhere && target instanceof Element && target.closest("a[href]:not([target=_blank])")) ask.hold();
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
      clearTimeout(linking); // the URL is another page's by now
      ask.leave();
      document.removeEventListener("click", followed, true);
      window.removeEventListener("popstate", ask.hold);
      for (const one of parts) one.leave?.();
    },
  };

  /** @param {Header} header @param {Parts} come @param {{ dark: boolean }} call */
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
  /** @param {Header} header */
  function begin({ answer, samples }) {
    const { drawing, opening } = state.get();
    if (opening && drawing.acts.length === 0 && samples.labels.length) {
      const k = Math.max(samples.wrong.indexOf(false), 0);
      state.set({ drawing: { acts: [{ kind: "sample", k, opening: true }], done: 1 } });
    }
    pad.draw(state.get());
    if (answer !== memory.seq || memory.seq === 0) ask.again();
    else ask.want(); // the same again is not sent: it is what was answered
  }
}
