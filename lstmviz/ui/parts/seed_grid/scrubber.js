// The scrubber of all trainings at once, over the share of networks that have solved it by each epoch.

import { createClock, nextSpeed } from "../common/clock.js";
import { buttonIcon, buttonName } from "../common/icons.js";
import { partNode, setAttribute, setShown, setText, sizedCanvas, tag } from "../common/nodes.js";
import { wholeText } from "../common/numbers.js";
import { fill, phrase } from "../common/words.js";

const CURVE = 54;
const ROOM = 6; // for a dot above and below the curve
const THUMB = 16; // as in the style sheet

/** @param {HTMLElement} root @param {import("./main.js").Ctx} ctx */
export function createScrubber(root, ctx) {
  const { state } = ctx;
  const buttons = partNode("div", "transport_buttons", root);
  const play = tag("button", { type: "button", class: "transport_play", click: () => toggle() });
  const faster = () => state.set({ speed: nextSpeed(state.get().speed) });
  const speed = tag("button", { type: "button", class: "transport_speed", click: faster });
  buttons.append(play, speed);
  const scrubber = partNode("div", "transport_scrubber", root);
  const label = partNode("label", "transport_label", scrubber);
  const says = partNode("span", "grid_epoch", label);
  const counts = partNode("span", "grid_counts", label);
  const track = partNode("div", "transport_track transport_curve", scrubber);
  const canvas = partNode("canvas", "", track);
  const dots = partNode("div", "", track);
  const input = partNode("input", "", track);
  Object.assign(input, { type: "range", id: "grid_training", min: "0", step: "1" });
  label.htmlFor = input.id;
  input.addEventListener("input", () => go(Number(input.value)));
  /** @type {number | null} */
  let mine = null; // the epoch that the clock set last
  let width = 1;
  let sized = "";
  let drawn = "";

  const last = () => Math.max(ctx.epochs.length - 1, 0);
  const at = () => (ctx.epochs.length ? ctx.snapshot(ctx.epoch()) : 0);
  // At the end it stays at the end, whatever epoch that is.
  /** @type {(e: number) => number | null} */
  const epochAt = (e) => (e >= last() ? null : ctx.epochs[e]);
  /** @type {(e: number) => void} */
  const go = (e) => state.set({ epoch: epochAt(Math.min(Math.max(e, 0), last())) });
  const clock = createClock({
    count: () => ctx.epochs.length,
    at,
    speed: () => state.get().speed,
    show(e) {
      mine = epochAt(e);
      state.set({ epoch: mine });
    },
    changed: () => showPlay(),
  });
  const toggle = () => (clock.running ? clock.stop() : ctx.epochs.length > 1 && clock.start());
  const showPlay = () => {
    buttonIcon(play, clock.running ? "pause" : "play");
    buttonName(play, clock.running ? ctx.words.pause : ctx.words.play);
  };
  /** @type {(e: number) => number} */
  const x = (e) => (width * e) / Math.max(last(), 1);
  /** @type {(share: number) => number} */
  const y = (share) => ROOM + (CURVE - 2 * ROOM) * (1 - share);

  function paint() {
    const pen = sizedCanvas(canvas, width, CURVE);
    pen.clearRect(0, 0, width, CURVE);
    pen.fillStyle = ctx.palette.rule;
    for (const share of [0, 0.5, 1]) pen.fillRect(0, Math.round(y(share)), width, share === 0 ? 1 : 0.5);
    Object.assign(pen, { fillStyle: ctx.palette.quiet, font: "12px system-ui, sans-serif", textBaseline: "top" });
    pen.fillText("100%", 1, y(1) + 2);
    Object.assign(pen, { lineWidth: 2, lineJoin: "round" });
    for (const group of ctx.groups) {
      if (!group.come) continue;
      pen.strokeStyle = ctx.palette.cells[group.cell];
      pen.beginPath();
      group.solved.forEach((solved, e) => pen.lineTo(x(e), y(solved / group.come)));
      pen.stroke();
    }
    const colours = ctx.groups.map((group) => ctx.palette.cells[group.cell]);
    dots.replaceChildren(...colours.map((colour) => tag("i", { class: "transport_dot", style: `border-color: ${colour}` })));
    counts.replaceChildren(...ctx.groups.map(() => tag("span")));
  }

  return {
    toggle,
    /** @param {number} by */
    step: (by) => go(at() + by),
    first: () => go(0),
    last: () => go(last()),
    get running() {
      return clock.running;
    },
    refresh() {
      const now = track.clientWidth - THUMB;
      width = Math.max(now, 1);
      input.max = String(last());
      input.disabled = play.disabled = ctx.epochs.length < 2;
      track.title = ctx.words.curve;
      buttons.setAttribute("aria-label", ctx.words.buttons);
      buttons.setAttribute("role", "group");
      showPlay();
      const key = JSON.stringify([width, ctx.palette.dark, ctx.groups.map((group) => [group.cell, group.solved, group.come])]);
      if (key !== sized) paint();
      sized = key;
      drawn = "";
    },
    /** @param {import("./main.js").State} now */
    draw(now) {
      if (clock.running && now.epoch !== mine) clock.stop();
      setText(speed, `${now.speed}×`);
      buttonName(speed, fill(ctx.words.speed, { speed: `${now.speed}×`, next: `${nextSpeed(now.speed)}×` }));
      const e = at();
      if (drawn === `${e}`) return;
      drawn = `${e}`;
      input.value = String(e);
      const said = { epoch: wholeText(ctx.epochs[e] ?? 0), last: wholeText(ctx.epochs.at(-1) ?? 0) };
      const nothing = ctx.header.busy ? ctx.words.none_yet : ctx.words.none;
      says.replaceChildren(...phrase(ctx.epochs.length ? ctx.words.epoch : nothing, said));
      const solved = ctx.groups.map((group) => ({ name: group.name, solved: group.solved[e] ?? 0, all: group.come }));
      ctx.groups.forEach((group, k) => {
        const [node, dot] = [counts.children[k], dots.children[k]];
        if (!(node instanceof HTMLElement && dot instanceof HTMLElement)) return;
        setShown(node, group.come > 0);
        const line = tag("i", { class: "grid_line", style: `background: ${ctx.palette.cells[group.cell]}` });
        node.replaceChildren(line, ...phrase(ctx.words.count, solved[k]));
        setShown(dot, group.come > 0);
        dot.style.transform = `translate(${x(e)}px, ${y(solved[k].solved / (group.come || 1))}px)`;
      });
      const spoken = [fill(ctx.words.epoch, said), ...solved.map((one) => fill(ctx.words.count, one))].join(", ");
      setAttribute(input, "aria-valuetext", spoken.replaceAll("**", ""));
    },
    leave: clock.stop,
  };
}
