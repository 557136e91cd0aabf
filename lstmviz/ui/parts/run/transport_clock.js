// Two clocks: one goes through the phases of a step and on to the next step, one through the training.

import { createClock } from "../common/clock.js";

/**
 * @import { Phase, State } from "./state.js"
 * @import { Ctx } from "./viewer.js"
 */

const PHASE = 900; // milliseconds at normal speed
const LAST = 4;

// Plays while `state.playing`. A pause leaves the picture as it is; the next change of the step by hand brings back the
// phase that was looked at before playing. Who chooses a phase while it plays wants to look at it: that stops it.
/** @param {Ctx} ctx */
export function createStepClock(ctx) {
  const { state } = ctx;
  let timer = 0;
  let running = false;
  /** @type {Phase} */
  let usual = LAST; // the phase before playing
  /** @type {Pick<State, "t" | "phase"> | null} */
  let mine = null; // the step and phase that this clock set last

  /** @type {(changes: Partial<State>) => void} */
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
    const phases = ctx.phases(first);
    const next = phases.find((one) => one > phase);
    if (next) go({ phase: next });
    else if (ctx.hidden(state.get())) return; // until someone has guessed: see `follow`
    else if (t + 1 < first.stop) go({ t: t + 1, phase: phases[0] });
    else return state.set({ playing: false });
    wait();
  };
  /** @param {State} state */
  const begin = ({ t, phase }) => {
    running = true;
    usual = mine?.t === t && mine.phase === phase ? usual : phase; // going on after a pause
    mine = { t, phase };
    if (t === ctx.runs.first.stop - 1 && phase === LAST) {
      go({ t: ctx.runs.first.start, phase: ctx.phases(ctx.runs.first)[0] });
      wait();
    } else tick();
  };
  const end = () => {
    running = false;
    clearTimeout(timer);
    timer = 0;
  };
  /** @param {State} state */
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
    // The phase that is looked at when nothing plays.
    get usual() {
      return mine ? usual : state.get().phase;
    },
    /** @param {State} now */
    follow(now) {
      if (now.playing && !running) return begin(now);
      if (!now.playing && running) end();
      if (!running) return settle(now);
      if (now.phase !== mine?.phase) return state.set({ playing: false });
      if (!timer && !document.hidden && !ctx.hidden(now)) wait();
    },
    leave() {
      end();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

// Goes through the snapshots in a few seconds, and keeps the step. `changed` is told when it starts and stops.
/** @param {Ctx} ctx @param {() => void} changed */
export function createTrainingClock(ctx, changed) {
  const { state } = ctx;
  /** @type {number | null} */
  let mine = null; // the epoch set last
  const clock = createClock({
    count: () => ctx.runs.first.epochs.length,
    at: () => ctx.runs.first.snapshot(state.get().epoch),
    along: (e) => Math.log1p(ctx.runs.first.epochs[e]), // each doubling of the epochs takes the same time
    speed: () => state.get().speed,
    show(e) {
      mine = ctx.runs.first.epochs[e];
      state.set({ epoch: mine });
    },
    changed,
  });
  return {
    get running() {
      return clock.running;
    },
    start() {
      state.set({ playing: false });
      clock.start();
    },
    // Somebody else chose an epoch, or plays the steps: leave it to them.
    /** @param {State} now */
    follow(now) {
      if (clock.running && (now.epoch !== mine || now.playing)) clock.stop();
    },
    stop: clock.stop,
  };
}
