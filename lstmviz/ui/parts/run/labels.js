// The letter read at a step, told apart from equal ones of its pattern: "b2".
/** @type {(run: import("./data.js").Run, t: number) => string} */
export const labelOf = (run, t) => run.labels[t % run.period];
