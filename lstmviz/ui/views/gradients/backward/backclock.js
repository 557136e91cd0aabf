// The clock that walks back through the text, a step at a time.

const STEP_TIME = 1100; // milliseconds at normal speed

/**
 * @param {{ speed: () => number, step: () => boolean, changed: () => void }} about step: goes one step back, and says whether there
 *   is another one; changed: told when it starts and stops
 */
export function createBackClock({ speed, step, changed }) {
  let timer = 0;
  const stop = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    changed();
  };
  const tick = () => {
    timer = 0;
    const more = step();
    if (more) timer = setTimeout(tick, STEP_TIME / speed());
    else changed();
  };
  return {
    get running() {
      return timer !== 0;
    },
    start() {
      stop();
      timer = setTimeout(tick, STEP_TIME / speed());
      changed();
    },
    stop,
  };
}
