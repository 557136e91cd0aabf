// What a key means. Which keys are for a part: Tab and what comes with a modifier are the browser's.

export const hasModifier = (event) => event.ctrlKey || event.altKey || event.metaKey;

// The key by what it says; where that is no Latin letter, as on a Korean keyboard, by its place.
export function keyName({ key, code = "" }) {
  if (/^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  return key.length === 1 && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}
