// Play, step, speed, and the two scrubbers: time and training. None of them asks the server for anything.

import { partNode, setText } from "./nodes.js";
import { transportIcon, transportName } from "./transport_icons.js";
import { createStepClock, createTrainingClock } from "./transport_clock.js";
import { createTimeScrubber } from "./transport_time.js";
import { createTrainingScrubber } from "./transport_training.js";
import { fill } from "./words.js";

const SPEEDS = [0.5, 1, 2, 4];

export function createTransport(root, ctx) {
  const { state } = ctx;
  root.classList.add("transport");
  const group = partNode("div", "transport_buttons", root);
  group.setAttribute("role", "group");
  const move = (to) => () => state.set({ t: ctx.runs.first.clamp(to(state.get().t, ctx.runs.first)), playing: false });
  const actions = {
    first: move((t, run) => run.start),
    back: move((t) => t - 1),
    play: () => state.set({ playing: !state.get().playing }),
    forward: move((t) => t + 1),
    last: move((t, run) => run.stop - 1),
  };
  const buttons = Object.fromEntries(
    Object.entries(actions).map(([name, act]) => [name, transportButton(group, `transport_${name}`, act)]),
  );
  const speed = transportButton(group, "transport_speed", () => state.set({ speed: nextSpeed(state.get().speed) }));
  const time = createTimeScrubber(root, ctx);
  const training = createTrainingScrubber(root, ctx);
  const sweep = transportButton(null, "transport_sweep", () => (sweeping.running ? sweeping.stop() : sweeping.start()));
  training.root.prepend(sweep);
  const playing = createStepClock(ctx);
  const sweeping = createTrainingClock(ctx, () => showSweep());
  const showSweep = () => {
    transportIcon(sweep, sweeping.running ? "pause" : "play");
    transportName(sweep, sweeping.running ? ctx.words.transport_sweep_stop : ctx.words.transport_sweep);
  };
  const escape = (event) => {
    if (event.key !== "Escape" || !sweeping.running) return;
    sweeping.stop();
    event.stopPropagation();
  };
  ctx.root.addEventListener("keydown", escape);

  return {
    draw(now) {
      playing.follow(now);
      sweeping.follow(now);
      const { words, runs } = ctx;
      transportIcon(buttons.play, now.playing ? "pause" : "play");
      transportName(buttons.play, now.playing ? words.transport_pause : words.transport_play);
      buttons.first.disabled = buttons.back.disabled = now.t === runs.first.start;
      buttons.last.disabled = buttons.forward.disabled = now.t === runs.first.stop - 1;
      setText(speed, `${now.speed}×`);
      transportName(speed, fill(words.transport_speed, { speed: `${now.speed}×`, next: `${nextSpeed(now.speed)}×` }));
      const sides = ctx.sides(now);
      time.draw(now, sides[0]);
      training.draw(now, sides);
    },
    refresh() {
      group.setAttribute("aria-label", ctx.words.transport_buttons);
      for (const name of ["first", "back", "forward", "last"]) {
        transportIcon(buttons[name], name);
        transportName(buttons[name], ctx.words[`transport_${name}`]);
      }
      sweep.disabled = ctx.runs.first.epochs.length < 2;
      showSweep();
      time.refresh();
      training.refresh();
    },
    leave() {
      playing.leave();
      sweeping.stop();
      ctx.root.removeEventListener("keydown", escape);
    },
  };
}

function transportButton(parent, name, act) {
  const button = partNode("button", name, parent);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

// Round and round; a speed out of an older session counts as normal.
const nextSpeed = (speed) => SPEEDS[(Math.max(SPEEDS.indexOf(speed), 0) + 1) % SPEEDS.length];
