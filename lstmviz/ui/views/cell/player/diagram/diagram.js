// The cell as a diagram, one for each network on display: what comes in at the left, the gates, what leaves at the
// right.

import { hasModifier } from "../../../../parts/common/keys.js";
import { focusOf, partNode, setAttribute } from "../../../../parts/common/nodes.js";
import { byHand, fill } from "../../../../parts/common/words.js";
import { createCell } from "./cell.js";
import { diagramLayout, DIAGRAM_WIDE } from "./layout.js";
import { createDiagramLegend } from "./legend.js";
import { createPhases } from "./phases.js";

/**
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Side } from "../../../../parts/run/viewer.js"
 * @import { Player } from "../main.js"
 * @import { Cell, Stop } from "./cell.js"
 * @import { Spot } from "./layout.js"
 *
 * @typedef {ReturnType<typeof buildView>} View a network: its cell, caption and legend
 * @typedef {{ view: Pick<View, "cell">, stop: number }} At a stop of a network
 * @typedef {{ view: View, stop: number, item: number }} Touched what is under the pointer or has the focus
 */

const DIAGRAM_WIDEST = 900; // pixels; a wider diagram has longer wires and says no more
const DIAGRAM_ABREAST = 700; // pixels from which two networks stand side by side
const DIAGRAM_SETTLED = 250; // ms after which what only screen readers need is brought up to date

/** @param {HTMLElement} root @param {Player} ctx */
export function createDiagram(root, ctx) {
  root.classList.add("diagram");
  root.setAttribute("role", "group");
  const phases = createPhases(ctx);
  /** @type {View[]} */
  let views = []; // one for each network: its cell, caption and legend
  /** @type {unknown[]} */
  let built = []; // what the views were built from
  let unit = 0; // the last unit pinned: prediction squares have none
  /** @type {Touched | null} */
  let touched = null; // {view, stop, item} under the pointer or with the focus
  let timer = 0;

  /** @param {State} now */
  const draw = (now) => {
    const sides = ctx.sides(now);
    if (now.quantity !== "logits") unit = now.unit;
    views.forEach((view, k) => {
      view.cell.draw(now, sides[k], unit);
      view.legend.draw(view.cell.run, view.cell.phase, Boolean(sides[k].other) && now.show === "difference");
      followUnit(view, now, touched);
      labelStops(view, false);
      caption(view, now);
    });
    phases.draw(now);
    follow(now);
    clearTimeout(timer);
    timer = setTimeout(() => views.forEach((view) => labelStops(view, true)), DIAGRAM_SETTLED);
  };
  // What is pointed at stays so while time goes on.
  /** @param {State} state */
  const follow = ({ hover }) => {
    const place = touched && hover && touched.view.cell.placeOf(touched.stop, touched.item);
    if (place?.quantity && place.t !== hover?.t) ctx.hover(place);
  };
  /** @type {(view: View, now: State) => void} */
  const caption = (view, now) => setCaption(view, ctx, now, touched?.view === view ? touched : null);
  const recaption = () => views.forEach((view) => caption(view, ctx.state.get()));

  const refresh = () => {
    const width = Math.floor(root.clientWidth);
    const enlarged = Number(getComputedStyle(root).getPropertyValue("--enlarge")) || 1;
    const wanted = [width, enlarged, ctx.words, ctx.palette, ...Object.values(ctx.runs)];
    if (!width || (wanted.length === built.length && wanted.every((one, k) => one === built[k]))) return;
    built = wanted;
    const focus = focused(root);
    phases.refresh();
    views = build(root, ctx, phases, width, enlarged);
    touched = null;
    draw(ctx.state.get());
    if (focus) views[focus.view]?.cell.stops[focus.stop]?.items[focus.item]?.focus({ preventScroll: true });
  };

  /** @type {(event: { target: EventTarget | null }) => Touched | null} */
  const found = (event) => {
    const item = event.target instanceof Element ? event.target.closest("[data-stop]") : null;
    if (!(item instanceof SVGElement)) return null;
    const view = views.find(({ cell }) => cell.svg.contains(item));
    return view ? { view, stop: Number(item.dataset.stop), item: Number(item.dataset.item) } : null;
  };
  /** @type {(event: { target: EventTarget | null }) => void} */
  const touch = (event) => {
    const now = found(event);
    if (!now && !touched) return;
    touched = now;
    const place = now && now.view.cell.placeOf(now.stop, now.item);
    if (place?.quantity || ctx.state.get().hover) ctx.hover(place?.quantity ? place : null);
    for (const { cell } of views) for (const one of cell.says) one.group.classList.remove("touched");
    if (now && now.view.cell.stops[now.stop].kind === "wire") {
      const { id } = now.view.cell.says[now.item];
      for (const one of now.view.cell.says) one.group.classList.toggle("touched", one.id === id);
    }
    recaption();
  };
  /** @type {(event: Event) => boolean} */
  const pin = (event) => {
    const at = found(event);
    const place = at?.view.cell.placeOf(at.stop, at.item);
    if (!at || !place) return false;
    moveTo(at, at.item);
    const lettered = ctx.state.get().quantity === "logits";
    ctx.pin(place.quantity || !lettered ? place : { ...place, quantity: "h" });
    return true;
  };
  /** @type {(event: KeyboardEvent) => void} */
  const keys = (event) => {
    if (hasModifier(event)) return;
    const at = found(event);
    /** @type {number | undefined} */
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!at || (!step && event.key !== "Enter" && event.key !== " ")) return;
    if (step) moveTo(at, at.item + step)?.focus();
    else if (!pin(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  root.addEventListener("pointerover", touch);
  root.addEventListener("pointerleave", touch);
  root.addEventListener("focusin", touch);
  root.addEventListener("focusout", (event) => !(event.relatedTarget instanceof Node && root.contains(event.relatedTarget)) && touch({ target: root }));
  root.addEventListener("click", pin);
  root.addEventListener("keydown", keys);
  return { draw, refresh, leave: () => clearTimeout(timer) };
}

// enlarged: by how much a diagram that stands alone is, for the last row.
/**
 * @param {HTMLElement} root
 * @param {Player} ctx
 * @param {ReturnType<typeof createPhases>} phases
 * @param {number} width
 * @param {number} enlarged
 */
function build(root, ctx, phases, width, enlarged) {
  const sides = ctx.sides(ctx.state.get());
  const pair = sides.length > 1;
  const abreast = pair && width >= DIAGRAM_ABREAST;
  const each = abreast ? Math.floor((width - 24) / 2) : Math.min(Math.floor(width / enlarged), DIAGRAM_WIDEST);
  root.setAttribute("aria-label", ctx.words.diagram_label);
  root.classList.toggle("abreast", abreast);
  root.classList.toggle("wide", each >= DIAGRAM_WIDE);
  const views = sides.map((side) => buildView(ctx, side, each, pair));
  if (!pair) views[0].stage.style.zoom = String(enlarged);
  const single = !pair && views[0].layout.phases;
  phases.element.removeAttribute("style");
  phases.element.classList.toggle("within", Boolean(single));
  if (single) {
    setPlace(phases.element, single);
    views[0].stage.append(phases.element);
  }
  root.replaceChildren(...views.map(({ element }) => element), ...(single ? [] : [phases.element]));
  return views;
}

/** @param {Player} ctx @param {Side} side @param {number} width @param {boolean} pair */
function buildView(ctx, side, width, pair) {
  const layout = diagramLayout(side.run, width, !pair);
  const element = partNode("div", "diagram_side");
  if (pair) partNode("div", "diagram_title", element).textContent = side.run.title;
  const stage = partNode("div", "diagram_stage", element);
  stage.style.width = `${width}px`;
  const cell = createCell(ctx, side, layout);
  const legend = createDiagramLegend(ctx);
  setPlace(legend.element, layout.legend);
  stage.append(cell.svg, legend.element);
  const caption = partNode("div", "diagram_says", layout.caption ? stage : element);
  if (layout.caption) setPlace(caption, layout.caption);
  return { element, stage, cell, layout, legend, caption };
}

/** @type {(element: HTMLElement, spot: Spot) => void} */
function setPlace(element, { x, y, width }) {
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px` });
}

// Let the Tab key come to the unit that is pinned, unless the focus is among the squares already.
/** @param {Pick<View, "cell">} view @param {State} now @param {Touched | null} touched */
function followUnit({ cell }, now, touched) {
  for (const [k, stop] of cell.stops.entries()) {
    if (stop.kind !== "vector" || stop.followed === cell.unit) continue;
    stop.followed = cell.unit;
    if (touched?.stop !== k) moveTo({ view: { cell }, stop: k }, cell.unit);
  }
}

// Make an item the one that the Tab key comes to; returns it.
/** @type {(at: At, item: number) => SVGElement | null} */
function moveTo({ view, stop }, item) {
  const one = view.cell.stops[stop];
  if (!one.items[item]) return null;
  one.items[one.at].setAttribute("tabindex", "-1");
  one.at = item;
  one.items[item].setAttribute("tabindex", "0");
  labelItem(one, item);
  return one.items[item];
}

// What screen readers say: at once of what can have the focus, of the others when nothing moves any more.
/** @param {Pick<View, "cell">} view @param {boolean} all */
function labelStops({ cell }, all) {
  for (const stop of cell.stops) {
    if (!all) labelItem(stop, stop.at);
    else stop.items.forEach((_, item) => labelItem(stop, item));
  }
}

/** @param {Stop} stop @param {number} item */
function labelItem(stop, item) {
  const text = stop.label(item);
  const node = stop.items[item];
  setAttribute(node, "aria-label", text);
}

/** @param {HTMLElement} root */
function focused(root) {
  const item = focusOf(root);
  if (!item?.dataset.stop || !root.contains(item)) return null;
  const view = [...root.querySelectorAll(".diagram_svg")].findIndex((svg) => svg.contains(item));
  return { view, stop: Number(item.dataset.stop), item: Number(item.dataset.item) };
}

// The line of the diagram: what is pointed at, else what the phase does.
/** @type {(view: View, ctx: Player, now: State, touched: Touched | null) => void} */
function setCaption({ cell, caption }, ctx, now, touched) {
  const text = touched ? cell.stops[touched.stop].label(touched.item) : phaseSays(cell, ctx, now);
  if (caption.textContent === text) return;
  caption.textContent = text;
  caption.classList.toggle("told", Boolean(touched));
}

/** @param {Cell} cell @param {Player} ctx @param {State} now */
function phaseSays({ run, phase }, ctx, now) {
  if (ctx.hidden(now) && phase === 3 && now.phase > 3) return ctx.words.diagram_hidden;
  if (ctx.runs.changed && run !== ctx.runs.second && now.show === "difference") return ctx.words.diagram_difference_says;
  const kind = run.cell.startsWith("rnn") ? "rnn" : run.cell;
  const joined = kind === "rnn" && phase === 3 ? 2 : phase;
  const squash = run.cell === "rnn_relu" ? "ReLU" : "tanh";
  if (run.ofNumbers && kind === "lstm" && phase === 1) return ctx.words.diagram_lstm_1_numbers;
  /** @type {(of: string) => string} */
  const said = (of) => byHand(ctx.words[`diagram_${of}_${joined}`], ctx.words[`diagram_${of}_${joined}_touch`]);
  return fill(said(kind) || said("all"), { squash });
}
