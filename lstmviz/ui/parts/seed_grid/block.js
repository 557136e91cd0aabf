// One group: its title, how many are solved, and its pictures, on one canvas with a place of its own for each.

import { partNode, setAttribute, setShown, setText, sizedCanvas, tag } from "../common/nodes.js";
import { wholeText } from "../common/numbers.js";
import { fill } from "../common/words.js";
import { pictureAt, pictureLayout, placeAt, placeBox } from "./layout.js";
import { ordered } from "./networks.js";
import { paintPictures } from "./paint.js";
import { MARKS, marginText, pictureSays } from "./says.js";

/**
 * @import { Ctx, State } from "./main.js"
 * @import { Network } from "./networks.js"
 * @import { PictureLayout } from "./layout.js"
 *
 * A picture: what it is of, and its elements.
 * @typedef {ReturnType<typeof createCell>} Cell
 */

/** @param {HTMLElement} parent @param {Ctx} ctx @param {number} number its group */
export function createBlock(parent, ctx, number) {
  const root = partNode("section", "grid_block", parent);
  const head = partNode("h2", "", root);
  const line = partNode("i", "grid_line", head);
  const title = partNode("b", "", head);
  const about = partNode("span", "", head);
  const solved = partNode("span", "grid_solved", root);
  const plot = partNode("div", "grid_plot", root);
  const canvas = partNode("canvas", "", plot);
  canvas.setAttribute("aria-hidden", "true");
  const field = partNode("div", "grid_field", plot);
  const spot = partNode("i", "grid_spot", plot);
  field.setAttribute("role", "grid");
  /** @type {Cell[]} */
  let cells = [];
  /** @type {PictureLayout} */
  let layout; // made by `refresh`, as the pen is
  /** @type {CanvasRenderingContext2D} */
  let pen;
  /** @type {Network[]} */
  let networks = [];
  let stop = 0; // the cell that Tab comes to
  let painted = "";
  let spoken = 0;

  const groupOf = () => ctx.groups[number];
  /** @type {(cell: Cell) => void} */
  const say = (cell) => setAttribute(cell.root, "aria-label", pictureSays(cell.network, ctx.epoch(), ctx.words));
  /** @type {(event: Event) => number} */
  const slotOf = ({ target }) => {
    const found = target instanceof Element ? target.closest(".grid_cell") : null;
    return cells.findIndex((cell) => cell.root === found);
  };
  /** @type {(slot: number) => void} */
  const tabStop = (slot) => {
    stop = slot;
    cells.forEach((cell, k) => setAttribute(cell.root, "tabindex", k === stop ? "0" : "-1"));
  };

  field.addEventListener("pointermove", (event) => {
    const slot = slotOf(event);
    if (slot < 0) return ctx.state.set({ hover: null });
    const box = field.getBoundingClientRect();
    const at = pictureAt(layout, slot);
    const place = placeAt(layout, event.clientX - box.left - at.x, event.clientY - box.top - at.y);
    const { seed } = cells[slot].network;
    const key = JSON.stringify([number, seed, place]);
    if (ctx.state.get().hover?.key !== key) ctx.state.set({ hover: { key, number, seed, place } });
  });
  field.addEventListener("pointerleave", () => ctx.state.set({ hover: null }));
  field.addEventListener("focusin", (event) => {
    const slot = slotOf(event);
    if (slot < 0) return;
    tabStop(slot);
    say(cells[slot]);
    ctx.state.set({ focus: { number, seed: cells[slot].network.seed } });
  });
  field.addEventListener("focusout", () => ctx.state.set({ focus: null }));
  /** @type {(slot: number) => void} */
  const open = (slot) => slot >= 0 && ctx.open(number, cells[slot].network.seed);
  field.addEventListener("click", (event) => open(slotOf(event)));
  field.addEventListener("keydown", (event) => {
    const slot = slotOf(event);
    if (slot < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") return event.preventDefault(), open(slot);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    cells[slot + by]?.root.focus({ preventScroll: true });
  });

  /** @param {Ctx["groups"][number]} group @param {number} columns */
  function build(group, columns) {
    const count = group.networks.length;
    if (cells.length === count && layout?.columns === columns) return;
    cells = group.networks.map(createCell);
    const rows = [];
    for (let k = 0; k < count; k += columns) {
      rows.push(tag("div", { role: "row" }, ...cells.slice(k, k + columns).map((cell) => cell.root)));
    }
    field.replaceChildren(...rows);
    tabStop(Math.min(stop, count - 1));
  }

  /** @param {number} width @param {number} columns */
  function place(width, columns) {
    const group = groupOf();
    const digits = Math.max(...group.seeds.map((seed) => String(seed).length));
    build(group, columns);
    layout = pictureLayout(width, columns, { ...group.shape, digits }, devicePixelRatio || 1);
    const lines = Math.ceil(group.networks.length / columns);
    const size = { width: layout.pitch * columns, height: layout.line * lines };
    pen = sizedCanvas(canvas, size.width, size.height);
    // The first picture stands under the title, with the room around it to its left.
    Object.assign(plot.style, { width: `${size.width}px`, height: `${size.height}px`, marginLeft: `${-layout.left}px` });
    field.classList.toggle("tight", layout.tight);
    cells.forEach((cell, slot) => {
      const { x, y } = pictureAt(layout, slot);
      Object.assign(cell.root.style, {
        left: `${x - layout.edge - layout.left}px`,
        top: `${y - layout.edge}px`,
        width: `${layout.pitch}px`,
        height: `${layout.cell.height + layout.caption}px`,
      });
      Object.assign(cell.frame.style, { width: `${layout.cell.width}px`, height: `${layout.cell.height}px` });
      cell.frame.style.marginLeft = `${layout.left}px`;
    });
    painted = "";
  }

  /** @param {State["sort"]} order */
  function sort(order) {
    const next = ordered(groupOf(), order);
    const focused = cells.find((cell) => cell.root.matches(":focus"));
    const seed = focused?.network?.seed;
    networks = next;
    cells.forEach((cell, slot) => (cell.network = networks[slot]));
    // The focus stays with its network, wherever that has gone.
    if (focused && seed !== focused.network.seed) cells.find((cell) => cell.network.seed === seed)?.root.focus();
  }

  /** @param {State["hover"]} hover */
  function showSpot(hover) {
    const place = hover?.number === number ? hover.place : null;
    const slot = place ? cells.findIndex((cell) => cell.network.seed === hover?.seed) : -1;
    const cell = cells[slot];
    const shown = Boolean(cell?.network.bundle) && !cell.root.classList.contains("diverged");
    setShown(spot, shown);
    if (!shown || !place) return;
    const at = pictureAt(layout, slot);
    const box = placeBox(layout, place);
    spot.style.transform = `translate(${at.x + box.x}px, ${at.y + box.y}px)`;
    Object.assign(spot.style, { width: `${box.width}px`, height: `${box.height}px` });
  }

  return {
    /** @param {number} width @param {number} columns */
    refresh(width, columns) {
      const group = groupOf();
      place(width, columns);
      sort(ctx.state.get().sort);
      setText(title, group.title);
      const said = `${group.nodes} · ${fill(ctx.words.parameters, { count: wholeText(group.parameters) })}`;
      setText(about, said);
      line.style.background = ctx.palette.cells[group.cell];
      field.setAttribute("aria-label", `${group.title}, ${said}`);
      setAttribute(field, "aria-busy", String(ctx.header.busy));
    },
    /** @param {State} now */
    draw(now) {
      const group = groupOf();
      const epoch = ctx.epoch();
      const drawing = JSON.stringify([epoch, now.colours, now.sort, group.come, group.opened, ctx.palette.dark]);
      if (drawing !== painted) {
        painted = drawing;
        sort(now.sort);
        paintPictures(pen, layout, networks, epoch, ctx.scales(group, now.colours), ctx.palette.rule);
        cells.forEach((cell) => showCell(cell, epoch, layout, ctx.words));
        const e = group.networks.find((one) => one.bundle)?.come.snapshot(epoch) ?? 0;
        const counts = { solved: group.solved[e] ?? 0, come: group.come, all: group.networks.length };
        const template = group.come < group.networks.length ? ctx.words.solved_so_far : ctx.words.solved;
        setText(solved, group.come ? fill(template, counts) : ctx.header.busy ? ctx.words.none_yet : ctx.words.none);
        // Names follow when it stands still: nobody reads them while it plays.
        clearTimeout(spoken);
        spoken = setTimeout(() => cells.forEach(say), 250);
      }
      showSpot(now.hover);
    },
    leave() {
      clearTimeout(spoken);
      root.remove();
    },
  };
}

/** @param {Network} network */
function createCell(network) {
  const frame = tag("div", { class: "grid_picture" });
  const [seed, mark, margin] = ["grid_seed", "grid_mark", "grid_margin"].map((name) => tag("span", { class: name }));
  const caption = tag("div", { class: "grid_caption" }, seed, mark, margin);
  const root = tag("div", { class: "grid_cell", role: "gridcell", tabindex: "-1" }, frame, caption);
  return { root, frame, seed, mark, margin, network };
}

/** @param {Cell} cell @param {number | null} epoch @param {PictureLayout} layout @param {Ctx["words"]} words */
function showCell({ root, frame, seed, mark, margin, network }, epoch, layout, words) {
  const e = network.bundle?.snapshot(epoch) ?? 0;
  const state = network.mark(e);
  const opened = network.group.opened === network.seed;
  const classes = `grid_cell ${state}${opened ? " opened" : ""}`;
  if (root.className !== classes) root.className = classes;
  setAttribute(root, "aria-current", String(opened));
  setText(seed, String(network.seed));
  setText(mark, MARKS[state]);
  setText(margin, layout.margins && network.bundle && state !== "diverged" ? marginText(network.margin(e)) : "");
  const word = state === "diverged" && layout.wordy;
  setText(frame, word ? fill(words.says_diverged, { epoch: wholeText(network.diverged) }) : "");
}
