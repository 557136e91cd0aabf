// A state that parts share: they read it, change it with `set`, and are told to draw once a frame.

/**
 * @template State
 * @typedef {object} Store a state that parts share
 * @property {() => State} get
 * @property {(changes: Partial<State>) => void} set
 * @property {(listener: (state: State) => void) => () => void} subscribe returns what ends it
 */

// beyond: further changes that follow from changes, given the state before them.
/**
 * @template {object} State
 * @param {State} state
 * @param {(changes: Partial<State>, before: State) => Partial<State>} [beyond]
 * @param {(draw: () => void) => unknown} [frame]
 * @returns {Store<State>}
 */
export function createStore(state, beyond = () => ({}), frame = requestAnimationFrame) {
  /** @type {Set<(state: State) => void>} */
  const listeners = new Set();
  let waiting = false;
  const draw = () => {
    waiting = false;
    listeners.forEach((listener) => listener(state));
  };
  return {
    get: () => state,
    // Parts are told in the next frame, once, however often this is called before it.
    set(changes) {
      if (keysOf(changes).every((name) => Object.is(state[name], changes[name]))) return;
      Object.assign(state, changes, beyond(changes, state));
      if (!waiting) frame(draw);
      waiting = true;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @type {<T extends object>(some: T) => (keyof T)[]} */
const keysOf = (some) =>
  /** @type {any} */
  (Object.keys(some));

// What the browser remembers under a name, as far as it is one of the values that each entry of `choices` allows.
/** @type {(name: string, choices: Record<string, readonly unknown[]>) => Record<string, any>} */
export function restored(name, choices) {
  try {
    /** @type {Record<string, unknown>} */
    const kept = JSON.parse(localStorage.getItem(name) ?? "{}");
    const known = Object.entries(choices).filter(([entry, values]) => values.includes(kept[entry]));
    return Object.fromEntries(known.map(([entry]) => [entry, kept[entry]]));
  } catch {
    return {}; // storage is shut, as in a file opened from disk
  }
}

const written = new Map(); // by name: this is asked for with every frame, and writing takes time

/** @type {(name: string, choices: Record<string, readonly unknown[]>, state: Record<string, any>) => void} */
export function remember(name, choices, state) {
  const text = JSON.stringify(Object.fromEntries(Object.keys(choices).map((entry) => [entry, state[entry]])));
  if (written.get(name) === text) return;
  written.set(name, text);
  try {
    localStorage.setItem(name, text);
  } catch {
    // Then the looks last as long as the page.
  }
}
