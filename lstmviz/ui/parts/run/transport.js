// Play, step, speed, and the two scrubbers: time and training. None of them asks the server for anything.

import { nextSpeed } from "../common/clock.js";
import { buttonIcon, buttonName } from "../common/icons.js";
import { partNode, setDisabled, setText } from "../common/nodes.js";
import { fill } from "../common/words.js";
import { createStepClock, createTrainingClock } from "./transport_clock.js";
import { createTimeScrubber } from "./transport_time.js";
import { createTrainingScrubber } from "./transport_training.js";

/**
 * @import { Run } from "./data.js"
 * @import { State } from "./state.js"
 * @import { Ctx } from "./viewer.js"
 */

/** @type {("first" | "back" | "forward" | "last")[]} */
const TRANSPORT_MOVES = ["first", "back", "forward", "last"];

// training: whether there is the second scrubber; where the end of a training alone is here, there is nothing to go through.
/** @param {HTMLElement} root @param {Ctx} ctx @param {{ training?: boolean }} [how] */
export function createTransport(root, ctx, { training: trains = true } = {}) {
  const { state } = ctx;
  root.classList.add("transport");
  root.classList.toggle("transport_steps", !trains);
  const group = partNode("div", "transport_buttons", root);
  group.setAttribute("role", "group");
  /** @type {(to: (t: number, run: Run) => number) => () => void} */
  const move = (to) => () => state.set({ t: ctx.runs.first.clamp(to(state.get().t, ctx.runs.first)), playing: false });
  const actions = {
    first: move((t, run) => run.start),
    back: move((t) => t - 1),
    play: () => state.set({ playing: !state.get().playing }),
    forward: move((t) => t + 1),
    last: move((t, run) => run.stop - 1),
  };
  const buttons = {
    first: transportButton(group, "transport_first", actions.first),
    back: transportButton(group, "transport_back", actions.back),
    play: transportButton(group, "transport_play", actions.play),
    forward: transportButton(group, "transport_forward", actions.forward),
    last: transportButton(group, "transport_last", actions.last),
  };
  const speed = transportButton(group, "transport_speed", () => state.set({ speed: nextSpeed(state.get().speed) }));
  const time = createTimeScrubber(root, ctx);
  const training = createTrainingScrubber(root, ctx);
  const sweep = transportButton(null, "transport_sweep", () => (sweeping.running ? sweeping.stop() : sweeping.start()));
  training.root.prepend(sweep);
  training.root.hidden = !trains;
  const playing = createStepClock(ctx);
  const sweeping = createTrainingClock(ctx, () => showSweep());
  const showSweep = () => {
    buttonIcon(sweep, sweeping.running ? "pause" : "play");
    buttonName(sweep, sweeping.running ? ctx.words.transport_sweep_stop : ctx.words.transport_sweep);
  };
  // Whether there was something to be stopped.
  ctx.stopTraining = () => {
    const { running } = sweeping;
    sweeping.stop();
    return running;
  };

  return {
    get phase() {
      return playing.usual;
    },
    /** @param {State} now */
    draw(now) {
      playing.follow(now);
      sweeping.follow(now);
      const { words, runs } = ctx;
      buttonIcon(buttons.play, now.playing ? "pause" : "play");
      buttonName(buttons.play, now.playing ? words.transport_pause : words.transport_play);
      for (const button of [buttons.first, buttons.back]) setDisabled(button, now.t === runs.first.start, time.input);
      for (const button of [buttons.last, buttons.forward]) setDisabled(button, now.t === runs.first.stop - 1, time.input);
      setText(speed, `${now.speed}×`);
      buttonName(speed, fill(words.transport_speed, { speed: `${now.speed}×`, next: `${nextSpeed(now.speed)}×` }));
      const sides = ctx.sides(now);
      time.draw(now, sides[0]);
      if (trains) training.draw(now, sides);
    },
    refresh() {
      group.setAttribute("aria-label", ctx.words.transport_buttons);
      for (const name of TRANSPORT_MOVES) {
        buttonIcon(buttons[name], name);
        buttonName(buttons[name], ctx.words[`transport_${name}`]);
      }
      sweep.disabled = ctx.runs.first.epochs.length < 2;
      showSweep();
      time.refresh();
      if (trains) training.refresh();
    },
    leave() {
      playing.leave();
      sweeping.stop();
    },
  };
}

/** @param {HTMLElement | null} parent @param {string} name @param {() => void} act */
function transportButton(parent, name, act) {
  const button = partNode("button", name, parent);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
