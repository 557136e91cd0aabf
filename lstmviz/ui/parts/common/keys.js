// What a key means. Which keys are for a part: Tab and what comes with a modifier are the browser's.

/** @type {(event: KeyboardEvent | MouseEvent) => boolean} */
export const hasModifier = (event) => event.ctrlKey || event.altKey || event.metaKey;

// The key by what it says; where that is no Latin letter, as on a Korean keyboard, by its place.
/** @type {(event: { key: string, code?: string, shiftKey?: boolean }) => string} */
export function keyLetter({ key, code = "", shiftKey = false }) {
  if (key.length !== 1 || /[\x20-\x7e]/.test(key) || !code.startsWith("Key")) return key;
  return shiftKey ? code.slice(3) : code.slice(3).toLowerCase();
}

// The same for shortcuts: c and C are one key.
/** @type {(event: KeyboardEvent) => string} */
export function keyName(event) {
  const letter = keyLetter(event);
  return letter.length === 1 ? letter.toLowerCase() : letter;
}

/** @type {Record<string, [number, number]>} */
const SQUARE_WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// A picture whose squares are reached by keys: the arrows go from one to the next, Enter chooses, and who leaves looks at none.
/** @type {(canvas: HTMLCanvasElement, does: { move: (right: number, up: number) => void, choose: () => void, leave: () => void }) => void} */
export function squareKeys(canvas, { move, choose, leave }) {
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", (event) => {
    if (hasModifier(event)) return;
    if (event.key in SQUARE_WAYS) move(...SQUARE_WAYS[event.key]);
    else if (event.key === "Enter") choose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("blur", leave);
}
