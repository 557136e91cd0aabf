// The choices above the lines: which loss, which unit, which step; and the buttons that walk back from the last step.

import { choiceOf } from "../../../parts/common/choice.js";
import { nextSpeed } from "../../../parts/common/clock.js";
import { buttonIcon, buttonName } from "../../../parts/common/icons.js";
import { nodeOf, partNode, setAttribute, setDisabled, setText, tag } from "../../../parts/common/nodes.js";
import { fill } from "../../../parts/common/words.js";
import { labelOf, readAt } from "../../../parts/run/labels.js";
import { createBackClock } from "./backclock.js";

/**
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Lines, WayName } from "./lines.js"
 *
 * What this part alone keeps: which loss is followed.
 * @typedef {{ way: WayName }} Look
 */

/** @type {("first" | "back" | "forward" | "last")[]} */
const WALK_MOVES = ["first", "back", "forward", "last"];

/** @param {HTMLElement} root @param {Ctx} ctx @param {{ lines: () => Lines, look: Look, redraw: () => void }} about */
export function createWalk(root, ctx, { lines, look, redraw }) {
  const { state } = ctx;
  const choices = nodeOf(root, "[data-part=choices]");
  /** @param {WayName} way */
  const follow = (way) => {
    look.way = way;
    redraw();
  };
  const ways = choiceOf(choices, follow);
  /** @param {number} unit */
  const select = (unit) => state.set({ unit });
  const units = choiceOf(choices, select);
  const exercise = partNode("button", "backward_exercise", choices);
  exercise.type = "button";
  exercise.addEventListener("click", () => ctx.ask({ experiment: { cell: "lstm", hidden: "1" } }));
  const strip = nodeOf(root, "[data-part=strip]");
  const buttons = nodeOf(root, "[data-part=buttons]");
  buttons.classList.add("transport_buttons");
  /** @param {number} t */
  const go = (t) => state.set({ t: lines().clamp(t), playing: false });
  const now = () => lines().clamp(state.get().t);
  const clock = createBackClock({
    speed: () => state.get().speed,
    step() {
      go(now() - 1);
      return now() > lines().start;
    },
    changed: () => showPlay(),
  });
  const play = () => {
    if (clock.running) return clock.stop();
    if (now() === lines().start) go(lines().stop - 1);
    clock.start();
  };
  /** @type {(move: () => void) => () => void} */
  const byHand = (move) => () => {
    clock.stop();
    move();
  };
  const moves = {
    first: byHand(() => go(lines().start)),
    back: byHand(() => go(now() - 1)),
    play,
    forward: byHand(() => go(now() + 1)),
    last: byHand(() => go(lines().stop - 1)),
  };
  /** @type {Record<string, HTMLButtonElement>} */
  const made = {};
  for (const [name, act] of Object.entries(moves)) {
    made[name] = partNode("button", `transport_${name}`, buttons);
    made[name].type = "button";
    made[name].addEventListener("click", act);
  }
  const speed = partNode("button", "transport_speed", buttons);
  speed.type = "button";
  speed.addEventListener("click", () => state.set({ speed: nextSpeed(state.get().speed) }));
  /** @type {HTMLButtonElement[]} */
  let steps = [];

  function showPlay() {
    buttonIcon(made.play, clock.running ? "pause" : "play");
    buttonName(made.play, clock.running ? ctx.words.backward_pause : ctx.words.backward_play);
  }

  return {
    moves,
    stop: clock.stop,
    get running() {
      return clock.running;
    },
    /** @param {State} shown */
    draw(shown) {
      const { words, runs } = ctx;
      const t = lines().clamp(shown.t);
      ways.press(look.way);
      units.press(Math.min(shown.unit, lines().units - 1));
      for (const name of ["first", "back"]) setDisabled(made[name], t === lines().start, made.play);
      for (const name of ["last", "forward"]) setDisabled(made[name], t === lines().stop - 1, made.play);
      setText(speed, `${shown.speed}×`);
      buttonName(speed, fill(words.transport_speed, { speed: `${shown.speed}×`, next: `${nextSpeed(shown.speed)}×` }));
      for (const button of steps) setAttribute(button, "aria-pressed", String(Number(button.dataset.t) === t));
      exercise.hidden = runs.first.cell === "lstm" && runs.first.units === 1;
    },
    refresh() {
      const { words, runs } = ctx;
      const found = lines();
      ways.offer(words.backward_loss, [
        ["all", words.backward_all, words.backward_all_title],
        ["last", words.backward_last, words.backward_last_title],
      ]);
      ways.group.hidden = !found.ways.last;
      units.offer(words.backward_unit, Array.from({ length: found.units }, (_, k) => [k, String(k + 1)]));
      units.group.hidden = found.units < 2;
      setText(exercise, words.backward_exercise);
      for (const name of WALK_MOVES) {
        buttonIcon(made[name], name);
        buttonName(made[name], words[`backward_${name === "last" ? "end" : name}`]);
      }
      showPlay();
      steps = Array.from({ length: found.stop - found.start }, (_, k) => {
        const t = found.start + k;
        const click = byHand(() => go(t));
        const { first } = runs;
        const title = first.ofNumbers ? `t = ${t}: ${readAt(first, t)}` : `t = ${t}`; // numbers have no room in the strip
        return tag("button", { type: "button", "data-t": t, title, click }, first.ofNumbers ? String(t) : labelOf(first, t));
      });
      strip.setAttribute("aria-label", words.backward_steps);
      strip.replaceChildren(...steps);
    },
    leave: clock.stop,
  };
}
