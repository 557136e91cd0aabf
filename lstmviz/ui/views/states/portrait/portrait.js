// The states as a path through their space, and where the network's map leads from every other state.

import { number } from "../../../parts/common/numbers.js";
import { partNode, setAttribute, setText, sizedCanvas } from "../../../parts/common/nodes.js";
import { fill, quoted } from "../../../parts/common/words.js";
import { labelOf } from "../../../parts/run/labels.js";
import { litSteps } from "../../../parts/run/lit.js";
import { colourOf, kindOf } from "./colours.js";
import { arrowsOf, basinsOf, pathOf } from "./field.js";
import { groundOf, paintGround } from "./frame.js";
import { arrowTo, circle, nameClouds, paintArrows, paintBasins, paintCycle, paintPath, paintPoint } from "./marks.js";
import { numbersPlane, principalPlane } from "./plane.js";
import { sizeOf, stateAt } from "./step.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx, Header, Side } from "../../../parts/run/viewer.js"
 * @import { Point } from "./field.js"
 * @import { Ground } from "./frame.js"
 * @import { Look } from "./look.js"
 * @import { Axes, Plane } from "./plane.js"
 * @import { Cycle, Points } from "./points.js"
 *
 * What `portrait` of `ui/views/states/view.py` says beside what every part is told of a run.
 * @typedef {object} PortraitTold
 * @property {Record<"first" | "second", Axes | null>} axes
 * @property {Record<"first" | "second", string | null>} titles
 * @property {[cell: string, name: string][]} cells that may stand beside
 * @property {string | null} beside the cell that does
 * @property {string} usual the two numbers of the state that are seen at first, as "0,2"
 * @property {number} letter the map whose points have come: 0 for a whole pattern, k for the letter k - 1
 * @typedef {Header & PortraitTold} PortraitHeader
 */

const HIT = 11; // pixels around a point that are its own
const PATH = 40; // patterns of a path that was asked for
const SETTLING = 3; // patterns at the start of the text whose states are drawn faint: they have not settled

// of: which network on display this is the picture of. points(): what the engine found of the map that is chosen.
/** @param {HTMLElement} root @param {Ctx<PortraitHeader>} ctx @param {Store<Look>} look @param {{ of: number, points: () => Points | null }} how */
export function createPortrait(root, ctx, look, { of, points }) {
  root.classList.add("portrait");
  const title = partNode("p", "portrait_title", root);
  const box = partNode("div", "portrait_box", root);
  const field = partNode("canvas", "", box);
  const marks = partNode("canvas", "portrait_marks", box);
  field.setAttribute("aria-hidden", "true");
  marks.setAttribute("role", "img");
  const says = partNode("p", "portrait_says", root);
  /** @type {{ width: number, height: number, family: string }} */
  let measured;
  /** @type {Ground} */
  let ground;
  /** @type {CanvasRenderingContext2D[]} */
  let pens = [];
  /** @type {unknown[]} */
  let painted = [];
  /** @type {{ wanted: unknown[], ends: Int8Array } | null} */
  let basins = null;
  let timer = 0;

  const side = () => ctx.sides(ctx.state.get())[of];
  /** @param {Run} run */
  const planeOf = (run) => choosePlane(run, look.get().plane, ctx, of === 0 ? "first" : "second");
  /** @param {Run} run @returns {number[]} */
  const letters = (run) => (look.get().map > 0 ? [look.get().map - 1] : Array.from({ length: run.period }, (_, t) => run.letter(run.start + t)));

  // The step whose state is nearest to a point of the picture; -1 if none is near.
  /** @type {(x: number, y: number) => number} */
  const stepAt = (x, y) => {
    const { run, e } = side();
    const plane = planeOf(run);
    let [best, nearest] = [-1, HIT * HIT];
    for (let t = run.start; t < run.stop; t++) {
      const [u, v] = ground.at(plane.seen(stateAt(run, e, t)));
      const away = (u - x) ** 2 + (v - y) ** 2;
      if (away <= nearest) [best, nearest] = [t, away];
    }
    return best;
  };

  let [turned, from] = [false, /** @type {PointerEvent | null} */ (null)];
  marks.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    [turned, from] = [false, event];
  });
  marks.addEventListener("pointermove", (event) => {
    if (event.buttons && from && !ground.place && event.pointerType !== "touch") {
      const { turn } = look.get();
      turned ||= Math.hypot(event.offsetX - from.offsetX, event.offsetY - from.offsetY) > 3;
      const pitch = Math.min(Math.max(turn.pitch + event.movementY / 150, -1.4), 1.4);
      if (turned) look.set({ turn: { yaw: turn.yaw + event.movementX / 150, pitch } });
      return;
    }
    const t = event.pointerType === "touch" ? -1 : stepAt(event.offsetX, event.offsetY);
    const before = ctx.state.get().hover;
    if (t < 0 ? before : before?.t !== t || before.of !== side().of) ctx.hover(t < 0 ? null : { t, of: side().of });
  });
  marks.addEventListener("pointerleave", () => ctx.state.get().hover && ctx.hover(null));
  marks.addEventListener("pointerup", (event) => {
    if (!from || turned) return;
    from = null;
    const t = stepAt(event.offsetX, event.offsetY);
    ctx.state.set({ playing: false });
    if (t >= 0) return ctx.pin({ t });
    const { run, e } = side();
    if (!ground.place) return;
    const held = stateAt(run, e, ctx.state.get().t);
    look.set({ start: { state: planeOf(run).lifted(ground.place(event.offsetX, event.offsetY), held), run, e } });
  });

  /** @param {State} now */
  const draw = (now) => {
    const one = ctx.sides(now)[of];
    if (!one) return;
    const { run, e } = one;
    const looked = look.get();
    const plane = planeOf(run);
    ground = groundOf(plane, measured.width, measured.height, looked.turn);
    const flat = ground.place !== null;
    const [found, cycles] = [pointsNow(one), cyclesNow(one)];
    const held = heldBy(run, e, now.t, plane);
    const wanted = [run, e, looked.plane, looked.map, looked.turn, ctx.palette, flat && looked.basins, held.key, measured, points()];
    if (wanted.some((value, k) => value !== painted[k])) {
      paintGround(pens[0], ground, plane, ctx.palette, measured.family);
      if (flat && looked.basins && looked.map >= 0) showBasins(wanted, one, plane, held.state, [...found.map(({ state, stable }) => ({ states: [state], stable })), ...cycles]);
      if (flat && looked.map >= 0) paintArrows(pens[0], ground, arrowsOf(run, e, letters(run), plane, held.state), plane, ctx.palette.quiet);
      painted = wanted;
    }
    paintMarks(pens[1], one, now, plane, found, cycles);
    setText(title, ctx.sides(now).length > 1 ? run.title : "");
    setText(says, sayNow(one, now, plane, found, cycles));
    setAttribute(marks, "aria-label", fill(ctx.words.portrait_picture, { names: plane.columns.map(({ name }) => name).join(", "), epoch: run.epochs[e] }));
    Object.assign(root.dataset, { epoch: run.epochs[e], plane: looked.plane, points: found.length, cycles: cycles.length });
  };

  /** @type {(one: Side) => Point[]} */
  const pointsNow = ({ e, run }) => (of === 0 ? points()?.at(e, run) ?? [] : []);

  /** @type {(one: Side) => Cycle[]} */
  const cyclesNow = ({ e }) => (of === 0 ? points()?.cyclesAt(e) ?? [] : []);

  // What is not seen is held as in the selected step; it decides about arrows only where something is not seen.
  /** @type {(run: Run, e: number, t: number, plane: Plane) => { state: Float64Array, key: string }} */
  const heldBy = (run, e, t, plane) => {
    const state = stateAt(run, e, t);
    const seen = look.get().plane.startsWith("pca") ? 0 : plane.columns.length;
    return { state, key: seen < sizeOf(run) && look.get().map >= 0 ? String(t) : "" };
  };

  // Basins take a tenth of a second: they come once nothing moves.
  /** @type {(wanted: unknown[], one: Side, plane: Plane, held: Float64Array, found: { states: Float64Array[], stable: boolean }[]) => void} */
  const showBasins = (wanted, { run, e }, plane, held, found) => {
    if (basins && basins.wanted.every((value, k) => value === wanted[k])) return paintBasins(pens[0], ground, plane, basins.ends, ctx.palette.dark);
    clearTimeout(timer);
    timer = setTimeout(() => {
      basins = { wanted, ends: basinsOf(run, e, letters(run), plane, held, found) };
      painted = [];
      draw(ctx.state.get());
    }, 120);
  };

  /** @type {(pen: CanvasRenderingContext2D, one: Side, now: State, plane: Plane, found: Point[], cycles: Cycle[]) => void} */
  const paintMarks = (pen, { run, e }, now, plane, found, cycles) => {
    const { palette } = ctx;
    const { by, trail, ghost, start } = look.get();
    /** @type {(t: number, e: number) => [number, number, number]} */
    const at = (t, e) => ground.at(plane.seen(stateAt(run, e, t)));
    pen.clearRect(0, 0, ground.width, ground.height);
    if (ghost && e > 0) {
      pen.strokeStyle = palette.quiet;
      for (let t = run.start; t < run.stop; t++) circle(pen, at(t, 0), 2.5, null);
    }
    const settled = run.start === 0 ? Math.min(SETTLING * run.period, run.stop) : run.start;
    for (let t = run.start; t < run.stop; t++) {
      pen.globalAlpha = t < settled ? 0.25 : 0.75;
      circle(pen, at(t, e), 3.5, colourOf(kindOf(run, by, t), palette.dark));
    }
    pen.globalAlpha = 1;
    if (trail > 0) {
      pen.strokeStyle = palette.ink;
      const first = Math.max(now.t - trail * run.period, run.start - 1);
      for (let t = first + 1; t <= now.t; t++) {
        pen.globalAlpha = 0.25 + (0.65 * (t - first)) / (now.t - first);
        arrowTo(pen, at(t - 1, e), at(t, e));
      }
      pen.globalAlpha = 1;
    }
    nameClouds(pen, run, by, (t) => at(t, e), measured.family, palette);
    if (start && start.run === run) paintPath(pen, pathOf(run, e, start.state, letters(run), PATH).map((state) => ground.at(plane.seen(state))), palette.wrong);
    for (const point of found) paintPoint(pen, point, ground, plane, palette);
    for (const one of cycles) paintCycle(pen, one, ground, plane, palette);
    if (of === 0) paintLit(pen, run, litSteps(now, ctx), (t) => at(t, e));
    const hover = now.hover?.of === side().of ? now.hover : null;
    for (const [t, size] of /** @type {[number, number][]} */ ([[now.t, 8], ...(hover ? [[hover.t, 6]] : [])])) {
      if (t < run.start || t >= run.stop) continue;
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 2.5;
      circle(pen, at(t, e), size, null);
      pen.lineWidth = 1;
    }
  };

  // The states of the steps that are lit have a ring.
  /** @type {(pen: CanvasRenderingContext2D, run: Run, steps: ReadonlySet<number>, at: (t: number) => [number, number, number]) => void} */
  const paintLit = (pen, run, steps, at) => {
    pen.strokeStyle = ctx.palette.accent;
    for (const t of steps) if (t >= run.start && t < run.stop) circle(pen, at(t), 5.5, null);
  };

  /** @type {(one: Side, now: State, plane: Plane, found: Point[], cycles: Cycle[]) => string} */
  const sayNow = ({ run, e }, now, plane, found, cycles) => {
    const t = (now.hover?.of === side().of ? now.hover.t : null) ?? now.t;
    const state = stateAt(run, e, t);
    const shown = plane.columns.map(({ name }, k) => `${name} = ${number(plane.seen(state)[k])}`);
    const parts = [`t = ${t}`, fill(ctx.words.run_reads, { letter: quoted(labelOf(run, t)) }), ...shown];
    if (of === 0 && points()) parts.push(fill(ctx.words.portrait_found, { points: found.length, stable: found.filter(({ stable }) => stable).length }));
    if (cycles.length) parts.push(fill(ctx.words.portrait_cycles, { cycles: cycles.length, stable: cycles.filter(({ stable }) => stable).length }));
    return parts.join(" · ");
  };

  const unsubscribe = look.subscribe(() => ctx.runs && measured && draw(ctx.state.get()));
  return {
    draw,
    refresh() {
      const width = root.clientWidth;
      const height = Math.round(Math.min(Math.max(0.56 * width, 250), 400));
      measured = { width, height, family: getComputedStyle(root).fontFamily };
      box.style.height = `${height}px`;
      pens = [field, marks].map((canvas) => sizedCanvas(canvas, width, height));
      painted = [];
    },
    leave() {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}

// A network beside may have no such numbers: then the hidden units of the same numbers are seen.
/** @type {(run: Run, wanted: string, ctx: Ctx<PortraitHeader>, of: "first" | "second") => Plane} */
function choosePlane(run, wanted, { header, words, runs }, of) {
  const axes = header.axes[of];
  if (wanted.startsWith("pca") && axes) return principalPlane(axes, Math.min(Number(wanted.slice(3)), axes.axes.length), words.portrait_axis);
  const numbers = wanted.startsWith("pca") ? [0, 1] : wanted.split(",").map(Number);
  if (of === "first") return numbersPlane(run, numbers);
  const { units } = runs.first;
  const own = numbers.map((one) => (one >= units && run.cell === "lstm" ? run.units : 0) + Math.min(one % units, run.units - 1));
  return numbersPlane(run, own);
}
