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
