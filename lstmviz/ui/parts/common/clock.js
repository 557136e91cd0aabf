// The clock that goes through the snapshots of a training, or the rows of a reading, in a few seconds.

const WHOLE = 6000; // milliseconds for all of them at normal speed
const CALM = 12; // how many of them are shown to who wants no motion, one after the other

const SPEEDS = [0.5, 1, 2, 4];

// Round and round; a speed out of an older session counts as normal.
/** @type {(speed: number) => number} */
export const nextSpeed = (speed) => SPEEDS[(Math.max(SPEEDS.indexOf(speed), 0) + 1) % SPEEDS.length];

// count, at and speed say how many snapshots there are, which one is on display, and how fast to go; `show` is given the next
// one, and `changed` is told when the clock starts and stops. From the last one it begins anew. `along` says where in time each
// of them is, ever later ones at ever larger numbers; without it they are equally far apart.

/**
 * @typedef {ReturnType<typeof createClock>} Clock
 * @param {{ count: () => number, at: () => number, speed: () => number, show: (e: number) => void, changed: () => void, along?: (e: number) => number }} about
 */

export function createClock({ count, at, speed, show, changed, along = (e) => e }) {
  let frame = 0;
  let place = 0; // as `along` tells it
  let before = 0; // time of the frame before
  let calm = false;

  const stop = () => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    changed();
  };
  /** @type {(time: number) => void} */
  const step = (time) => {
    const last = count() - 1;
    const passed = Math.min(Math.max(time - before, 0), 250); // none while out of sight; a frame may have begun before `start`
    before = time;
    const end = along(last);
    place = Math.min(place + (passed * speed() * (end - along(0))) / WHOLE, end);
    const stride = calm ? Math.max(Math.round(last / CALM), 1) : 1;
    let e = last;
    while (e > 0 && along(e) > place) e--;
    show(place < end ? Math.floor(e / stride) * stride : last);
    if (place < end) frame = requestAnimationFrame(step);
    else stop();
  };
  return {
    get running() {
      return frame !== 0;
    },
    start() {
      const first = at() === count() - 1 ? 0 : at();
      place = along(first);
      calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      before = performance.now();
      show(first);
      frame = requestAnimationFrame(step);
      changed();
    },
    stop,
  };
}
