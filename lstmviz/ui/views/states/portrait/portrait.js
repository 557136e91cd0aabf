// The states as a path through their space, and where the network's map leads from every other state.

import { number } from "../../../parts/common/numbers.js";
import { canvasPair, partNode, setAttribute, setText, sizedCanvas } from "../../../parts/common/nodes.js";
import { fill, quoted } from "../../../parts/common/words.js";
import { labelOf, readAt } from "../../../parts/run/labels.js";
import { litSteps } from "../../../parts/run/lit.js";
import { paintArrows, paintBasins } from "./arrows.js";
import { nameClouds, paintDots, paintLit, paintPath, paintSelected, paintTrail } from "./dots.js";
import { arrowsOf, basinsOf, pathOf } from "./field.js";
import { groundOf, paintGround } from "./frame.js";
import { heldByHand } from "./held.js";
import { numbersPlane, principalPlane } from "./plane.js";
import { paintSeeds, seedsSay } from "./seeds.js";
import { paintSequences } from "./sequences.js";
import { paintCircle, paintPoint } from "./stays.js";
import { readOf, sizeOf, stateAt } from "./step.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { Run } from "../../../parts/run/data.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx, Header, Side } from "../../../parts/run/viewer.js"
 * @import { At } from "./dots.js"
 * @import { Circle, Point } from "./field.js"
 * @import { Ground } from "./frame.js"
 * @import { Look } from "./look.js"
 * @import { Axes, Plane } from "./plane.js"
 * @import { Points } from "./points.js"
 * @import { Seeds, SeedsTold } from "./seeds.js"
 * @import { Sequence } from "./sequences.js"
 * @import { Read } from "./step.js"
 *
 * What `portrait` of `ui/views/states/view.py` says beside what every part is told of a run.
 * @typedef {object} PortraitTold
 * @property {Record<"first" | "second", Axes | null>} axes
 * @property {Record<"first" | "second", string | null>} titles
 * @property {[cell: string, name: string][]} cells that may stand beside
 * @property {string | null} beside the cell that does
 * @property {string} usual the two numbers of the state that are seen at first, as "0,2"
 * @property {SeedsTold} seeds
 * @property {Sequence[] | null} sequences others of the task, where it is no pattern and has any
 * @property {{ name: string, x: number[] }[] | null} inputs of a task of numbers those whose maps can be chosen
 * @property {number} chance the loss of who knows nothing
 * @property {number} letter the map whose points have come: 0 for a whole pattern, k for the letter or the input k - 1
 * @typedef {Header & PortraitTold} PortraitHeader
 */

const HIT = 11; // pixels around a point that are its own
const PATH = 40; // patterns of a path that was asked for

// of: which network on display this is the picture of. points(): what the engine found of the map that is chosen. seeds(): the
// networks of other seeds, if they are there.
/** @param {HTMLElement} root @param {Ctx<PortraitHeader>} ctx @param {Store<Look>} look @param {{ of: number, points: () => Points | null, seeds: () => Seeds | null }} how */
export function createPortrait(root, ctx, look, { of, points, seeds }) {
  root.classList.add("portrait");
  const title = partNode("p", "portrait_title", root);
  const box = partNode("div", "portrait_box", root);
  const [field, marks] = canvasPair(box, "", "portrait_marks");
  const says = partNode("p", "portrait_says", root);
  const others = partNode("p", "portrait_others", root);
  /** @type {{ width: number, height: number, family: string }} */
  let measured;
  /** @type {Ground} */
  let ground;
  /** @type {CanvasRenderingContext2D[]} */
  let pens = [];
  /** @type {unknown[]} */
  let painted = [];
  /** @type {{ wanted: unknown[], ends: Int16Array } | null} */
  let basins = null;
  let timer = 0;

  const side = () => ctx.sides(ctx.state.get())[of];
  /** @param {Run} run */
  const planeOf = (run) => choosePlane(run, look.get().plane, ctx, of === 0 ? "first" : "second");
  /** @param {Run} run @returns {Read[]} */
  const letters = (run) => {
    const { map } = look.get();
    if (map <= 0) return Array.from({ length: run.period }, (_, t) => readOf(run, run.start + t));
    return [ctx.header.inputs ? ctx.header.inputs[map - 1].x : map - 1];
  };

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
    const plane = planeOf(run);
    const held = heldBy(run, e, ctx.state.get().t, plane).state;
    look.set({ start: { state: plane.lifted(ground.place(event.offsetX, event.offsetY), held), run, e } });
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
    const held = heldBy(run, e, now.t, plane);
    const wanted = [run, e, looked.plane, looked.map, looked.turn, ctx.palette, flat && looked.basins, held.key, measured, points()];
    if (wanted.some((value, k) => value !== painted[k])) {
      paintGround(pens[0], ground, plane, ctx.palette, measured.family);
      if (flat && looked.basins && looked.map >= 0) showBasins(wanted, one, plane, held.state);
      if (flat && looked.map >= 0) paintArrows(pens[0], ground, arrowsOf(run, e, letters(run), plane, held.state), plane, ctx.palette.quiet);
      painted = wanted;
    }
    paintMarks(pens[1], one, now, plane);
    setText(title, ctx.sides(now).length > 1 ? run.title : "");
    setText(says, sayNow(one, now, plane));
    setText(others, of === 0 ? seedsSay(ctx.header.seeds, ctx.words) : "");
    setAttribute(marks, "aria-label", fill(ctx.words.portrait_picture, { names: plane.columns.map(({ name }) => name).join(", "), epoch: run.epochs[e] }));
    Object.assign(root.dataset, { epoch: run.epochs[e], plane: looked.plane, held: held.key, seeds: ctx.header.seeds.found?.solved ?? "", points: pointsNow(e).length, circles: circlesNow(e).length });
  };

  /** @type {(e: number) => Point[]} */
  const pointsNow = (e) => (of === 0 ? points()?.at(e) ?? [] : []);
  /** @type {(e: number) => Circle[]} */
  const circlesNow = (e) => (of === 0 ? points()?.circlesAt(e) ?? [] : []);

  // What is not seen is held as in the selected step, or by hand; it decides about arrows only where something is not seen.
  /** @type {(run: Run, e: number, t: number, plane: Plane) => { state: Float64Array, key: string }} */
  const heldBy = (run, e, t, plane) => {
    const byHand = of === 0 ? heldByHand(look.get(), run) : null;
    if (byHand) return { state: byHand, key: byHand.join() };
    const state = stateAt(run, e, t);
    const seen = look.get().plane.startsWith("pca") ? 0 : plane.columns.length;
    return { state, key: seen < sizeOf(run) && look.get().map >= 0 ? String(t) : "" };
  };

  // Basins take a tenth of a second: they come once nothing moves.
  /** @type {(wanted: unknown[], one: Side, plane: Plane, held: Float64Array) => void} */
  const showBasins = (wanted, { run, e }, plane, held) => {
    if (basins && basins.wanted.every((value, k) => value === wanted[k])) return paintBasins(pens[0], ground, plane, basins.ends, ctx.palette.dark);
    clearTimeout(timer);
    timer = setTimeout(() => {
      basins = { wanted, ends: basinsOf(run, e, letters(run), plane, held, points()?.attractorsAt(e) ?? []) };
      root.dataset.basins = [...new Set(basins.ends)].sort().join();
      painted = [];
      draw(ctx.state.get());
    }, 120);
  };

  /** @type {(pen: CanvasRenderingContext2D, one: Side, now: State, plane: Plane) => void} */
  const paintMarks = (pen, { run, e }, now, plane) => {
    const { palette } = ctx;
    const looked = look.get();
    /** @type {At} */
    const at = (t, e) => ground.at(plane.seen(stateAt(run, e, t)));
    pen.clearRect(0, 0, ground.width, ground.height);
    const { sequences } = ctx.header;
    const drawn = looked.sequences && sequences ? paintSequences(pen, run, e, sequences, looked.by, ground, plane, palette) : 0;
    root.dataset.sequences = String(drawn);
    paintDots(pen, run, e, looked, at, palette);
    const { found } = ctx.header.seeds;
    const many = of === 0 ? seeds() : null;
    if (many && found) paintSeeds(pen, many, found.start, run, looked.by, ground, plane, palette.dark);
    paintTrail(pen, run, e, now.t, looked.trail, at, palette.ink);
    nameClouds(pen, run, looked.by, (t) => at(t, e), measured.family, palette);
    const { start } = looked;
    const rounds = looked.map < 0 && !run.isPattern ? 1 : PATH; // a sequence has an end
    if (start && start.run === run) paintPath(pen, pathOf(run, e, start.state, letters(run), rounds).map((state) => ground.at(plane.seen(state))), palette.wrong);
    for (const circle of circlesNow(e)) paintCircle(pen, circle, ground, plane, palette);
    for (const point of pointsNow(e)) paintPoint(pen, point, ground, plane, palette);
    const hover = now.hover?.of === side().of ? now.hover.t : undefined;
    if (of === 0) paintLit(pen, run, e, litSteps(now, ctx), at, palette.accent);
    paintSelected(pen, run, e, [now.t, hover], at, palette.accent);
  };

  /** @type {(one: Side, now: State, plane: Plane) => string} */
  const sayNow = ({ run, e }, now, plane) => {
    const t = (now.hover?.of === side().of ? now.hover.t : null) ?? now.t;
    const state = stateAt(run, e, t);
    const shown = plane.columns.map(({ name }, k) => `${name} = ${number(plane.seen(state)[k])}`);
    const parts = [`t = ${t}`, fill(ctx.words.run_reads, { letter: run.ofNumbers ? readAt(run, t) : quoted(labelOf(run, t)) }), ...shown];
    const found = of === 0 ? points() : null;
    if (found) parts.push(fill(ctx.words.portrait_found, counted(found.at(e))));
    const circles = found?.circlesAt(e) ?? [];
    if (found?.circles) parts.push(fill(circles.length > 0 ? ctx.words.portrait_circles : ctx.words.portrait_circles_none, counted(circles)));
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

/** @type {(found: { stable: boolean }[]) => { count: number, stable: number }} */
const counted = (found) => ({ count: found.length, stable: found.filter(({ stable }) => stable).length });
