// The clocks of the player: one goes through the phases of a step and on to the next step, one through the training.

const PHASE = 900; // milliseconds at normal speed
const SWEEP = 6000; // for the whole training
const LAST = 4;

// A plain network's phases 2 and 3 are one: its activation is its new state.
const phasesOf = (run) => (run.cell.startsWith("rnn") ? [1, 2, LAST] : [1, 2, 3, LAST]);

// Plays while `state.playing`. A pause leaves the picture as it is; the next change of the step by hand brings back the
// phase that was looked at before playing. Who chooses a phase while it plays wants to look at it: that stops it.
export function createStepClock(ctx) {
  const { state } = ctx;
  let timer = 0;
  let running = false;
  let usual = LAST; // the phase before playing
  let mine = null; // the step and phase that this clock set last

  const go = (changes) => {
    const { t, phase } = { ...state.get(), ...changes };
    mine = { t, phase };
    state.set(changes);
  };
  const wait = () => {
    clearTimeout(timer);
    timer = document.hidden ? 0 : setTimeout(tick, PHASE / state.get().speed);
  };
  const tick = () => {
    timer = 0;
    const { t, phase } = state.get();
    const { first } = ctx.runs;
    const next = phasesOf(first).find((one) => one > phase);
    if (next) go({ phase: next });
    else if (ctx.hidden(state.get())) return; // until someone has guessed: see `follow`
    else if (t + 1 < first.stop) go({ t: t + 1, phase: 1 });
    else return state.set({ playing: false });
    wait();
  };
  const begin = ({ t, phase }) => {
    running = true;
    usual = mine?.t === t && mine.phase === phase ? usual : phase; // going on after a pause
    mine = { t, phase };
    if (t === ctx.runs.first.stop - 1 && phase === LAST) {
      go({ t: ctx.runs.first.start, phase: 1 });
      wait();
    } else tick();
  };
  const end = () => {
    running = false;
    clearTimeout(timer);
    timer = 0;
  };
  const settle = ({ t, phase }) => {
    if (!mine) return;
    const chosen = phase !== mine.phase;
    if (!chosen && t === mine.t) return;
    mine = null;
    if (!chosen && phase !== usual) state.set({ phase: usual });
  };
  const seen = () => {
    if (!running) return;
    if (document.hidden) clearTimeout(timer);
    else wait();
  };
  document.addEventListener("visibilitychange", seen);

  return {
    follow(now) {
      if (now.playing && !running) return begin(now);
      if (!now.playing && running) end();
      if (!running) return settle(now);
      if (now.phase !== mine.phase) return state.set({ playing: false });
      if (!timer && !document.hidden && !ctx.hidden(now)) wait();
    },
    leave() {
      end();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

// Goes through the snapshots in a few seconds, and keeps the step. `changed` is told when it starts and stops.
export function createTrainingClock(ctx, changed) {
  const { state } = ctx;
  let frame = 0;
  let place = 0; // in snapshots, with a fraction
  let before = 0; // time of the frame before
  let mine = null; // the epoch set last

  const stop = () => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    changed();
  };
  const step = (time) => {
    const { epochs } = ctx.runs.first;
    const passed = Math.min(time - before, 250); // none while the page was out of sight
    before = time;
    place = Math.min(place + (passed * state.get().speed * (epochs.length - 1)) / SWEEP, epochs.length - 1);
    mine = epochs[Math.floor(place)];
    state.set({ epoch: mine });
    if (place < epochs.length - 1) frame = requestAnimationFrame(step);
    else stop();
  };
  return {
    get running() {
      return frame !== 0;
    },
    start() {
      const { first } = ctx.runs;
      place = first.snapshot(state.get().epoch);
      if (place === first.epochs.length - 1) place = 0;
      before = performance.now();
      mine = first.epochs[place];
      state.set({ epoch: mine, playing: false });
      frame = requestAnimationFrame(step);
      changed();
    },
    // Somebody else chose an epoch, or plays the steps: leave it to them.
    follow(now) {
      if (frame && (now.epoch !== mine || now.playing)) stop();
    },
    stop,
  };
}
