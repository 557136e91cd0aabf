// A state that parts share: they read it, change it with `set`, and are told to draw once a frame.

// beyond: further changes that follow from changes, given the state before them.
export function createStore(state, beyond = () => ({}), frame = requestAnimationFrame) {
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
      if (Object.entries(changes).every(([name, value]) => Object.is(state[name], value))) return;
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

// What the browser remembers under a name, as far as it is one of the values that each entry of `choices` allows.
export function restored(name, choices) {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? "{}");
    const known = Object.entries(choices).filter(([entry, values]) => values.includes(kept[entry]));
    return Object.fromEntries(known.map(([entry]) => [entry, kept[entry]]));
  } catch {
    return {}; // storage is shut, as in a file opened from disk
  }
}

const written = new Map(); // by name: this is asked for with every frame, and writing takes time

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
