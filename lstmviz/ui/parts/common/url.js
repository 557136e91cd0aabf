// What parts write into the URL themselves, without a word to the server.

// Put values into the URL; null takes one out.
/** @type {(values: Record<string, string | number | null>) => void} */
export function setUrl(values) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
