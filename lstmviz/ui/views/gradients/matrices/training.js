// The scrubber of the training, which stops at the moments that are here, and the button that goes through it.

import { buttonIcon, buttonName } from "../../../parts/common/icons.js";
import { tag } from "../../../parts/common/nodes.js";
import { createTrainingClock } from "../../../parts/run/transport_clock.js";
import { createTrainingScrubber } from "../../../parts/run/transport_training.js";

/**
 * @import { Ctx, Drawn } from "../../../parts/run/viewer.js"
 * @import { Matrices } from "./found.js"
 */

/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {() => Matrices} own @returns {Drawn} */
export function createMoments(root, ctx, own) {
  const scrubber = createTrainingScrubber(root, ctx, () => own().about.places);
  const press = () => (clock.running ? clock.stop() : clock.start());
  const button = tag("button", { class: "transport_sweep", type: "button", click: press });
  scrubber.root.prepend(button);
  const show = () => {
    buttonIcon(button, clock.running ? "pause" : "play");
    buttonName(button, clock.running ? ctx.words.transport_sweep_stop : ctx.words.transport_sweep);
  };
  const clock = createTrainingClock(ctx, show);
  ctx.root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !clock.running) return;
    event.stopPropagation();
    clock.stop();
  });
  return {
    draw(now) {
      clock.follow(now);
      scrubber.draw(now, ctx.sides(now));
    },
    refresh() {
      button.disabled = own().about.places.length < 2;
      show();
      scrubber.refresh();
    },
    leave: clock.stop,
  };
}
