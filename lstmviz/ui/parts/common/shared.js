// What all parts of a document share, under a name: each part's script is a text of its own.

/** @type {Record<string, any>} */
const shared = globalThis;

/** @type {<T>(name: string, make: () => T) => T} */
export const sharedAs = (name, make) => (shared[name] ??= make());
