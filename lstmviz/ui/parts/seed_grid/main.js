// Seed grids: dozens of networks as small pictures that learn at once. Streamlit calls the default function at each rerun.

import { byHand } from "../common/words.js";
import { hasModifier } from "../common/keys.js";
import { createMount, later } from "../common/mount.js";
import { nodeOf, setShown, setText, tag } from "../common/nodes.js";
import { scaleOf } from "../common/scales.js";
import { createStore, remember, restored } from "../common/store.js";
import { createBar } from "./bar.js";
import { createBlock } from "./block.js";
import { blocksOf } from "./layout.js";
import { Bundle, groupsOf } from "./networks.js";
import { lineSays } from "./says.js";
import { createScrubber } from "./scrubber.js";

/**
 * @import { Store } from "../common/store.js"
 * @import { Scale, Stops } from "../common/scales.js"
 * @import { Words } from "../common/words.js"
 * @import { Group, GroupHeader, Shown } from "./networks.js"
 * @import { PicturePlace } from "./layout.js"
 *
 * What `show` of `grid.py` says of a grid.
 * @typedef {object} Header
 * @property {string} key by which the grid is known again
 * @property {string} language
 * @property {Words} words
 * @property {{ light: Theme, dark: Theme }} themes
 * @property {number} columns pictures in a row of a block
 * @property {boolean} busy whether more networks are to come
 * @property {GroupHeader[]} groups
 *
 * What `_theme` of `grid.py` says of colours: `cells` by the cell's name.
 * @typedef {{ quiet: string, rule: string, cells: Record<string, string>, scales: Record<"h" | "yhat" | "notes", Stops> }} Theme
 *
 * What is selected, and how the grid is shown.
 * @typedef {object} State
 * @property {"notes" | "own"} colours
 * @property {"seed" | "loss"} sort
 * @property {number} speed
 * @property {number | null} epoch the one on display, null for the end
 * @property {{ key: string, number: number, seed: number, place: PicturePlace | null } | null} hover the picture that is pointed at
 * @property {{ number: number, seed: number } | null} focus the picture that has the keys
 * @property {string} about the networks that all this is about
 *
 * What the parts of the grid share. Header, palette and words come when it is first shown, and nothing is drawn before.
 * @typedef {object} Ctx
 * @property {HTMLElement} root
 * @property {Store<State>} state
 * @property {Header} header
 * @property {Words} words
 * @property {Theme & { dark: boolean }} palette
 * @property {Group[]} groups
 * @property {number[]} epochs of the snapshots
 * @property {() => number | null} epoch
 * @property {(epoch: number | null) => number} snapshot
 * @property {(group: Group, colours: State["colours"]) => Record<Shown, Scale>} scales
 * @property {(group: number, seed: number, inside?: boolean) => void} open makes a network the experiment of every page;
 *   inside: and goes there
 */

const VIEW = "lstmviz.grid";
const REMEMBERED = { colours: ["notes", "own"], sort: ["seed", "loss"], speed: [0.5, 1, 2, 4] };
const FEW = 5; // a curve through fewer looks at the training would show what was not seen
const KEPT = 64; // bundles unpacked: those on display, and some that were

/** @type {Map<string, Store<State>>} */
const states = new Map(); // by the grid's key, so that its place lives on when the page is left

export default createMount({ root: ".seed_grid", make: (bytes) => new Bundle(bytes), keep: KEPT, create: createGrid });

/** @type {(key: string) => Store<State>} */
function stateOf(key) {
  /** @type {Pick<State, "colours" | "sort" | "speed">} */
  const looks = { colours: "notes", sort: "seed", speed: 1, ...restored(VIEW, REMEMBERED) };
  /** @type {State} */
  const begun = { ...looks, epoch: null, hover: null, focus: null, about: "" };
  const state = states.get(key) ?? createStore(begun);
  states.set(key, state);
  return state;
}

/** @type {(root: HTMLElement, header: Header) => import("../common/mount.js").Instance<Header, Bundle>} */
function createGrid(root, { key }) {
  const state = stateOf(key);
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {Ctx} */
  const ctx = {
    root,
    state,
    header: later,
    words: later,
    palette: later,
    groups: [],
    epochs: [],
    epoch: () => state.get().epoch,
    snapshot: (epoch) => ctx.groups.flatMap(({ networks }) => networks).find((one) => one.bundle)?.come.snapshot(epoch) ?? 0,
    scales: (group, colours) => scalesOf(ctx.palette, group, colours),
    open: () => {},
  };
  const bar = createBar(part("bar"), ctx);
  const scrubber = createScrubber(part("scrubber"), ctx);
  const says = [tag("b"), tag("span")];
  const opened = tag("span", { class: "grid_opened" });
  const inside = tag("button", { type: "button", class: "grid_inside", click: () => {
    const number = ctx.groups.findIndex((group) => group.opened !== null);
    const seed = ctx.groups[number]?.opened ?? null;
    if (seed !== null) ctx.open(number, seed, true);
  } });
  part("says").append(tag("span", { class: "grid_sentence" }, ...says), tag("span", { class: "grid_ways" }, opened, inside));
  /** @type {ReturnType<typeof createBlock>[]} */
  const blocks = [];

  /** @type {(now: State) => void} */
  const sayLine = ({ hover, focus }) => {
    const meant = hover ?? focus;
    const network = meant && ctx.groups[meant.number]?.networks.find((one) => one.seed === meant.seed);
    const [head, text] = network ? lineSays(network, ctx.epoch(), hover?.place ?? null, ctx.words) : ["", byHand(ctx.words.hint, ctx.words.hint_touch)];
    setText(says[0], head);
    setText(says[1], head ? ` · ${text}` : text);
    part("says").classList.toggle("hint", !network);
    setText(opened, ctx.words.opened);
    setText(inside, ctx.words.inside);
    for (const one of [opened, inside]) setShown(one, ctx.groups.some((group) => group.opened !== null));
  };
  /** @type {(now: State) => void} */
  const draw = (now) => {
    if (!ctx.header) return;
    bar.draw(now);
    for (const block of blocks) block.draw(now);
    scrubber.draw(now);
    sayLine(now);
    remember(VIEW, REMEMBERED, now);
  };
  const refresh = () => {
    const { columns } = ctx.header;
    while (blocks.length > ctx.groups.length) blocks.pop()?.leave();
    while (blocks.length < ctx.groups.length) blocks.push(createBlock(part("blocks"), ctx, blocks.length));
    const { beside, width: each, between } = blocksOf(part("blocks").clientWidth, blocks.length, columns);
    part("blocks").style.gridTemplateColumns = `repeat(${beside}, ${each}px)`;
    part("blocks").style.columnGap = `${between}px`;
    bar.refresh();
    for (const block of blocks) block.refresh(each, columns);
    scrubber.refresh();
    setShown(part("scrubber"), !isBrief());
    draw(state.get());
  };
  const isBrief = () => ctx.epochs.length > 0 && ctx.epochs.length < FEW;
  /** @type {(event: KeyboardEvent) => void} */
  const press = (event) => {
    if (hasModifier(event) || !ctx.header || isBrief()) return;
    /** @type {Record<string, (() => void) | null>} */
    const acts = {
      " ": event.composedPath()[0] instanceof HTMLButtonElement ? null : scrubber.toggle,
      Home: scrubber.first,
      End: scrubber.last,
      PageUp: () => scrubber.step(1),
      PageDown: () => scrubber.step(-1),
      Escape: scrubber.running ? scrubber.toggle : null,
    };
    const act = acts[event.key];
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation(); // Streamlit has shortcuts of its own
  };
  root.addEventListener("keydown", press);
  const unsubscribe = state.subscribe(draw);

  return {
    show(header, parts, { dark, setTriggerValue: trigger }) {
      if (ctx.palette?.dark !== dark) ctx.palette = { ...header.themes[dark ? "dark" : "light"], dark };
      Object.assign(ctx, { header, words: header.words, groups: groupsOf(header, parts) });
      ctx.epochs = ctx.groups.find((group) => group.come)?.epochs ?? [];
      ctx.open = (group, seed, inside = false) => trigger("open", { group, seed, inside });
      // Other networks are first seen at the end of their training; more of the same change nothing.
      const about = JSON.stringify(header.groups.map(({ cell, shape, seeds, training }) => [cell, shape, seeds, training]));
      if (state.get().about !== about) state.set({ about, epoch: null, hover: null });
      refresh();
    },
    refresh,
    leave() {
      state.set({ hover: null, focus: null });
      unsubscribe();
      root.removeEventListener("keydown", press);
      scrubber.leave();
      for (const block of blocks) block.leave();
    },
  };
}

/** @type {(palette: Theme, group: Group, colours: State["colours"]) => Record<Shown, Scale>} */
function scalesOf({ scales }, group, colours) {
  const { bound, boundTold } = group;
  if (colours === "notes") return { h: scaleOf(scales.notes, -1, 1), probabilities: scaleOf(scales.notes, -boundTold, boundTold) };
  const told = group.numbers ? scaleOf(scales.h, -boundTold, boundTold) : scaleOf(scales.yhat, 0, 1);
  return { h: scaleOf(scales.h, -bound, bound), probabilities: told };
}
