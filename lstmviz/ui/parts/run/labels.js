// The letter read at a step, told apart from equal ones of its pattern: "b2".
/** @type {(run: import("./data.js").Run, t: number) => string} */
export const labelOf = (run, t) => run.labels[t % run.period];

// What is read at a step: a symbol, or numbers.
/** @type {(run: import("./data.js").Run, t: number) => string} */
export const readAt = (run, t) => (run.ofNumbers ? run.labels[t] : run.alphabet[run.letter(t)]);
