// Reading again at leisure: play, step and drag through the rows. Nobody is asked for it.

import { createClock, nextSpeed } from "../../../../parts/common/clock.js";
import { buttonIcon, buttonName } from "../../../../parts/common/icons.js";
import { partNode, setAttribute, setDisabled, setText, sizedCanvas, tag } from "../../../../parts/common/nodes.js";
import { scaleOf } from "../../../../parts/common/scales.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, ROWS, winner } from "../answers.js";

/**
 * @import { Ctx, State } from "../main.js"
 * @import { Cell } from "../answers.js"
 */

const STRIP = 8;
const GRIP = 16; // the thumb, as in the style sheet
/** @type {("first" | "back" | "forward" | "last")[]} */
const SCRUB_MOVES = ["first", "back", "forward", "last"];

/** @param {HTMLElement} root @param {Ctx} ctx */
export function createScrub(root, ctx) {
  const { state } = ctx;
  const group = partNode("div", "transport_buttons", root);
  group.setAttribute("role", "group");
  /** @type {(row: number) => void} */
  const go = (row) => {
    clock.stop();
    state.set({ row: Math.min(Math.max(row, 0), ROWS - 1), picked: null });
  };
  const acts = {
    first: () => go(0),
    back: () => go(state.get().row - 1),
    play: () => (clock.running ? clock.stop() : clock.start()),
    forward: () => go(state.get().row + 1),
    last: () => go(ROWS - 1),
  };
  /** @type {(name: string, click: () => void) => HTMLButtonElement} */
  const made = (name, click) => {
    const button = tag("button", { type: "button", class: `transport_${name}`, click });
    group.append(button);
    return button;
  };
  const buttons = {
    first: made("first", acts.first),
    back: made("back", acts.back),
    play: made("play", acts.play),
    forward: made("forward", acts.forward),
    last: made("last", acts.last),
  };
  const speed = made("speed", () => state.set({ speed: nextSpeed(state.get().speed) }));
  const scrubber = partNode("div", "transport_scrubber", root);
  const label = partNode("label", "transport_label", scrubber);
  const track = partNode("div", "transport_track", scrubber);
  const strip = partNode("canvas", "transport_strip", track);
  const input = partNode("input", "", track);
  Object.assign(input, { type: "range", id: "digits_row", min: "0", max: String(ROWS - 1), step: "1" });
  label.htmlFor = input.id;
  input.addEventListener("input", () => go(Number(input.value)));
  let painted = "";
  /** @type {CanvasRenderingContext2D} */
  let pen; // made by `refresh`
  let width = 1;

  const clock = createClock({
    count: () => ROWS,
    at: () => state.get().row,
    speed: () => state.get().speed,
    show: (row) => state.set({ row: Math.floor(row) }),
    changed: () => state.set({ ticking: clock.running }),
  });

  // For each row, how likely the digit that is answered in the end was held to be after it.
  /** @param {Cell} network */
  function paint(network) {
    const values = ctx.answers.probabilities(network);
    pen.clearRect(0, 0, width, STRIP);
    if (!values) return;
    const { colour } = scaleOf(ctx.palette.scales.unit, 0, 1);
    const digit = winner(values, ROWS - 1);
    const each = width / (ROWS - 1);
    for (let row = 0; row < ROWS; row++) {
      pen.fillStyle = colour(values[row * CLASSES + digit])[0];
      pen.fillRect((row - 0.5) * each, 0, each + 0.5, STRIP);
    }
  }

  return {
    acts,
    stop: clock.stop,
    get running() {
      return clock.running;
    },
    refresh() {
      width = Math.max(track.clientWidth - GRIP, 1);
      pen = sizedCanvas(strip, width, STRIP);
      track.title = ctx.words.strip;
      group.setAttribute("aria-label", ctx.words.reading);
      for (const name of SCRUB_MOVES) {
        buttonIcon(buttons[name], name);
        buttonName(buttons[name], ctx.words[`scrub_${name}`]);
      }
      painted = "";
    },
    /** @param {State} now */
    draw(now) {
      const { words, answers } = ctx;
      buttonIcon(buttons.play, clock.running ? "pause" : "play");
      buttonName(buttons.play, clock.running ? words.pause : words.play);
      for (const button of [buttons.first, buttons.back]) setDisabled(button, now.row === 0, input);
      for (const button of [buttons.last, buttons.forward]) setDisabled(button, now.row === ROWS - 1, input);
      setText(speed, `${now.speed}×`);
      buttonName(speed, fill(words.speed, { speed: `${now.speed}×`, next: `${nextSpeed(now.speed)}×` }));
      if (Number(input.value) !== now.row) input.value = String(now.row);
      const said = fill(words[`scrub_after_${answers.order}`], { n: now.row + 1, last: ROWS });
      setText(label, said);
      setAttribute(input, "aria-valuetext", said);
      const key = `${ctx.version} ${now.network}`;
      if (key === painted) return;
      painted = key;
      paint(now.network);
    },
    leave: clock.stop,
  };
}
