// Seed grids: dozens of networks as small pictures that learn at once. Streamlit calls the default function at each rerun.

import { hasModifier } from "../common/keys.js";
import { createMount } from "../common/mount.js";
import { setShown, setText, tag } from "../common/nodes.js";
import { scaleOf } from "../common/scales.js";
import { createStore, remember, restored } from "../common/store.js";
import { createBar } from "./bar.js";
import { createBlock } from "./block.js";
import { blocksOf } from "./layout.js";
import { Bundle, groupsOf } from "./networks.js";
import { lineSays } from "./says.js";
import { createScrubber } from "./scrubber.js";

const VIEW = "lstmviz.grid";
const REMEMBERED = { colours: ["notes", "own"], sort: ["seed", "loss"], speed: [0.5, 1, 2, 4] };
const FEW = 5; // a curve through fewer looks at the training would show what was not seen
const KEPT = 64; // bundles unpacked: those on display, and some that were

const states = new Map(); // by the grid's key, so that its place lives on when the page is left

export default createMount({ root: ".seed_grid", make: (bytes) => new Bundle(bytes), keep: KEPT, create: createGrid });

// epoch: the one on display, null for the end. hover, focus: the picture that is pointed at, and the one that has the keys.
function stateOf(key) {
  const looks = { colours: "notes", sort: "seed", speed: 1, ...restored(VIEW, REMEMBERED) };
  if (!states.has(key)) states.set(key, createStore({ ...looks, epoch: null, hover: null, focus: null, about: "" }));
  return states.get(key);
}

function createGrid(root, { key }) {
  const state = stateOf(key);
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const ctx = { root, state, header: null, groups: [], epochs: [], palette: null, words: {}, open: () => {} };
  ctx.epoch = () => state.get().epoch;
  ctx.snapshot = (epoch) => ctx.groups.find((group) => group.come).networks.find((one) => one.bundle).bundle.snapshot(epoch);
  ctx.scales = (group, colours) => scalesOf(ctx.palette, group, colours);
  const bar = createBar(part("bar"), ctx);
  const scrubber = createScrubber(part("scrubber"), ctx);
  const says = [tag("b"), tag("span")];
  const opened = tag("span", { class: "grid_opened" });
  part("says").append(tag("span", { class: "grid_sentence" }, ...says), opened);
  let blocks = [];

  const sayLine = ({ hover, focus }) => {
    const meant = hover ?? focus;
    const network = meant && ctx.groups[meant.number]?.networks.find((one) => one.seed === meant.seed);
    const [head, text] = network ? lineSays(network, ctx.epoch(), hover?.place, ctx.words) : ["", ctx.words.hint];
    setText(says[0], head);
    setText(says[1], head ? ` · ${text}` : text);
    part("says").classList.toggle("hint", !network);
    setText(opened, ctx.words.opened);
    setShown(opened, ctx.groups.some((group) => group.opened !== null));
  };
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
    while (blocks.length > ctx.groups.length) blocks.pop().leave();
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
  const press = (event) => {
    if (hasModifier(event) || !ctx.header || isBrief()) return;
    const acts = {
      " ": event.composedPath()[0].matches("button") ? null : scrubber.toggle,
      Home: scrubber.first,
      End: scrubber.last,
      PageUp: () => scrubber.step(1),
      PageDown: () => scrubber.step(-1),
      Escape: scrubber.running ? scrubber.toggle : null,
    };
    if (!acts[event.key]) return;
    acts[event.key]();
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
      ctx.open = (group, seed) => trigger("open", { group, seed });
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

function scalesOf({ scales }, group, colours) {
  if (colours === "notes") {
    const both = scaleOf(scales.notes, -1, 1);
    return { h: both, probabilities: both };
  }
  return { h: scaleOf(scales.h, -group.bound, group.bound), probabilities: scaleOf(scales.yhat, 0, 1) };
}
