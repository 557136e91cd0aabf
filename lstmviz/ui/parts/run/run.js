// The whole run: every quantity over the steps of the text, with one selection. Columns are steps, rows are units.

import { choiceOf } from "../common/choice.js";
import { focusOf, partNode, penOf, setAttribute, setText } from "../common/nodes.js";
import { fill } from "../common/words.js";
import { LETTER } from "./run_paint.js";
import { createLit, litSteps } from "./lit.js";
import { createRunBlock } from "./run_block.js";
import { SMALL, isBeside, runColumns, runPage } from "./run_layout.js";
import { effectSays, placeSays } from "./run_says.js";

/**
 * @import { Choice } from "../common/choice.js"
 * @import { BandSizes } from "./run_layout.js"
 * @import { Run, Runs } from "./data.js"
 * @import { BlockView, Pointed } from "./run_block.js"
 * @import { Place, State } from "./state.js"
 * @import { Ctx, Side } from "./viewer.js"
 */

const NARROW = 480;

// bar: whether its choices are offered; look(state): how many steps it shows, and whether as lines; sizes: of its bands.
/**
 * @param {HTMLElement} root
 * @param {Ctx} ctx
 * @param {{ bar?: boolean, look?: (state: State) => { span: number, lines: boolean }, sizes?: BandSizes }} [how]
 */
export function createRun(root, ctx, { bar: offers = true, look = ({ span, lines }) => ({ span, lines }), sizes = SMALL } = {}) {
  root.classList.add("run");
  root.classList.toggle("run_large", sizes.named);
  const bar = partNode("div", "run_bar", root);
  bar.classList.toggle("run_bare", !offers);
  /** @type {Choice<number>} */
  const span = choiceOf(bar, (value) => ctx.state.set({ span: value }));
  /** @type {Choice<boolean>} */
  const lines = choiceOf(bar, (value) => ctx.state.set({ lines: value }));
  /** @type {Choice<State["show"]>} */
  const show = choiceOf(bar, (value) => ctx.state.set({ show: value }));
  const lit = offers ? createLit(bar, ctx) : null;
  const says = partNode("p", "run_says", bar);
  const windowBar = createWindowBar(root, ctx);
  const blocksRoot = partNode("div", "run_blocks", root);
  const effect = partNode("p", "run_effect", root);
  const spoken = partNode("p", "run_spoken", root);
  /** @type {Pointed | null} */
  let strip = null; // a square of the change's effect under the pointer: no part of the selection
  let start = -1;
  let laid = "";
  /** @type {ReturnType<typeof measure>} */
  let measured; // by `refresh`
  /** @type {number[]} */
  let firstChanges = [];
  let clicked = false;

  /** @type {(place: Pointed | null) => void} */
  const over = (place) => {
    const hover = ctx.state.get().hover;
    const ofChange = place && (!place.quantity || isBeside(place.quantity));
    strip = ofChange ? place : null;
    const next = ofChange ? null : placeOf(place);
    if (samePlace(hover, next) && !ofChange) return setText(says, sayNow(ctx.state.get(), ctx.sides(ctx.state.get())));
    if (ofChange) setText(says, sayNow({ ...ctx.state.get(), hover: null }, ctx.sides(ctx.state.get())));
    ctx.hover(next);
  };
  /** @type {(place: Pointed) => void} */
  const pick = ({ t, unit, quantity, of }) => {
    const selects = quantity && !isBeside(quantity);
    clicked = true;
    ctx.state.set({ playing: false });
    ctx.pin(selects ? { t, unit, quantity, of } : { t });
  };
  const blocks = [0, 1].map(() => createRunBlock(blocksRoot, ctx, { over, pick }));

  /** @param {State} now @param {Side[]} sides */
  const sayNow = (now, sides) => {
    const place = strip ?? now.hover ?? now;
    const side = sides.find(({ of }) => of === place.of) ?? sides[0];
    const { run } = side;
    const { quantity = "", unit = Infinity } = place;
    const known = [...run.quantities, "logits"].includes(quantity) && unit < run.size(quantity);
    if (!known && place !== strip) return "";
    const difference = now.show === "difference" && side.other !== null;
    const view = { words: ctx.words, changed: ctx.runs.changed, difference, veil: ctx.veil(now), now };
    const text = placeSays(place, side, view);
    return sides.length > 1 && text ? `${text} · ${side.run.title}` : text;
  };

  /** @param {State} now */
  const draw = (now) => {
    const sides = ctx.sides(now);
    const { run, e, other } = sides[0];
    const { changed } = ctx.runs;
    const difference = now.show === "difference" && other !== null;
    const { width, left, ratio } = measured;
    const looks = look(now);
    const columns = runColumns(run, width - left - 1, ratio, looks.span);
    start = runPage(run, now.t, columns, start);
    const key = [looks.span, looks.lines, difference, sides.length].join();
    const views = sides.map((side) => viewOf(side, now, difference && side.of === "first", sides.length));
    if (key !== laid) {
      const laying = { left, width, ratio, sizes, lines: looks.lines, networks: sides.length };
      sides.forEach((side, k) => {
        const effect = k === 0 && Boolean(changed);
        blocks[k].lay(side.run, columns, { ...laying, effect }, views[k].shown);
      });
      laid = key;
    }
    sides.forEach((side, k) => blocks[k].draw(views[k]));
    span.press(now.span);
    lines.press(now.lines);
    lit?.draw(now);
    show.press(now.show);
    setText(says, sayNow(now, sides));
    if (changed) setText(effect, effectNow(changed, e));
    speak(now, sides);
  };

  /** @type {(side: Side, now: State, difference: boolean, networks: number) => BlockView} */
  const viewOf = ({ of, run, e, other }, now, difference, networks) => ({
    of,
    now,
    title: networks > 1 ? run.title : "",
    shown: { run, e, other, start, difference, changed: (of === "first" && ctx.runs.changed) || null },
    veil: ctx.veil(now),
    palette: ctx.palette,
    widest: measured.widest,
    family: measured.family,
    firstChange: other ? firstChange(e) : null,
    lit: of === "first" && ctx.veil(now) === null ? litSteps(now, ctx) : new Set(),
    pinned: now.of === of ? now : null,
    hovered: now.hover?.of === of ? now.hover : null,
  });

  /** @param {number} e */
  const firstChange = (e) => {
    if (!ctx.runs.changed) return null;
    firstChanges[e] ??= findFirstChange(ctx.runs.first, ctx.runs.changed, e);
    return firstChanges[e] < 0 ? null : firstChanges[e];
  };

  /** @param {Run} changed @param {number} e */
  const effectNow = (changed, e) => {
    const from = firstChange(e);
    const told = from === null ? ctx.words.run_same : fill(ctx.words.run_differs, { first: from });
    return `${told} ${effectSays(changed, e, ctx.words)}`;
  };

  // For who does not see the picture. It is read out after a click, not at each step of the time.
  /** @param {State} now @param {Side[]} sides */
  const speak = (now, sides) => {
    if (now.playing) return;
    const text = sayNow({ ...now, hover: null }, sides);
    if (text === spoken.textContent) return;
    setAttribute(spoken, "aria-live", clicked || focusOf(root)?.matches("canvas") ? "polite" : "off");
    spoken.textContent = text;
    clicked = false;
  };

  return {
    draw,
    refresh() {
      const { changed, second, first } = ctx.runs;
      measured = measure(root, first, sizes);
      strip = null;
      laid = "";
      firstChanges = [];
      blocks[1].root.hidden = !second;
      effect.hidden = !changed;
      show.group.hidden = !changed;
      offerChoices({ span, lines, show }, ctx);
      lit?.refresh();
      windowBar.refresh();
    },
  };
}

/** @type {(place: Pointed | null) => Place | null} */
const placeOf = (place) => place && { ...place, of: place.of ?? "first" };

/** @type {(one: Place | null, other: Place | null) => boolean} */
const samePlace = (one, other) =>
  one === other || (one?.t === other?.t && one?.unit === other?.unit && one?.quantity === other?.quantity && one?.of === other?.of);

/** @type {(choices: { span: Choice<number>, lines: Choice<boolean>, show: Choice<State["show"]> }, ctx: Ctx) => void} */
function offerChoices({ span, lines, show }, { words, runs }) {
  /** @type {[number, string][]} */
  const spans = [24, 60].filter((count) => count < runs.first.length).map((count) => [count, String(count)]);
  span.group.hidden = spans.length === 0;
  span.offer(words.run_steps, [...spans, [0, words.run_all, words.run_all_title]]);
  lines.offer(words.run_drawn, [[false, words.run_squares], [true, words.run_lines]], "");
  /** @type {State["show"][]} */
  const ways = ["changed", "before", "difference"];
  show.offer(words.run_show, ways.map((way) => [way, words[`run_${way}`], words[`run_${way}_title`]]), "");
}

// Sizes, read once for all frames until something changes them.
/** @param {HTMLElement} root @param {Run} run @param {BandSizes} sizes */
function measure(root, run, { named }) {
  const width = root.clientWidth;
  const pen = penOf(document.createElement("canvas"));
  const family = getComputedStyle(root).fontFamily;
  pen.font = `700 ${LETTER}px ${family}`;
  const widest = Math.max(...run.alphabet.map((letter) => pen.measureText(letter).width));
  return { width, family, widest, left: (width < NARROW ? 66 : 78) + (named ? 54 : 0), ratio: devicePixelRatio || 1 };
}

// The first step whose numbers or letter differ between two runs; -1 if none does.
/** @param {Run} first @param {Run} changed @param {number} e */
function findFirstChange(first, changed, e) {
  let found = changed.stop;
  for (const quantity of [...first.quantities, first.tells]) {
    const [one, other] = [first.arrays[quantity], changed.arrays[quantity]];
    const size = first.size(quantity);
    const at = e * first.length * size;
    const end = at + (found - first.start) * size;
    for (let k = at; k < end; k++) {
      if (Object.is(one[k], other[k]) || one[k] === other[k]) continue;
      found = first.start + Math.floor((k - at) / size);
      break;
    }
  }
  for (let t = first.start; t < found; t++) if (first.letter(t) !== changed.letter(t)) found = t;
  return found < changed.stop ? found : -1;
}

// Where the text is too long to be here as a whole: which steps are, and the way to others.
/** @param {HTMLElement} root @param {Ctx} ctx */
function createWindowBar(root, ctx) {
  const bar = partNode("div", "run_window", root);
  const text = partNode("span", "", bar);
  const earlier = partNode("button", "", bar);
  const later = partNode("button", "", bar);
  const stride = () => Math.max(1, Math.floor(ctx.runs.first.length / ctx.runs.first.period)) * ctx.runs.first.period;
  /** @param {number} by */
  const ask = (by) => ctx.ask({ url: { from: String(Math.max(0, ctx.runs.first.start + by * stride())) } });
  earlier.addEventListener("click", () => ask(-1));
  later.addEventListener("click", () => ask(1));
  return {
    refresh() {
      const { start, stop, steps } = ctx.runs.first;
      const { words, header } = ctx;
      bar.hidden = start === 0 && stop === steps;
      setText(text, fill(words.run_window, { first: start, last: stop - 1, steps }));
      /** @type {[button: HTMLButtonElement, name: string, end: boolean][]} */
      const ways = [[earlier, words.run_earlier, start === 0], [later, words.run_later, stop === steps]];
      for (const [button, name, end] of ways) {
        Object.assign(button, { type: "button", hidden: Boolean(header.saved), disabled: end });
        setText(button, name);
      }
    },
  };
}
