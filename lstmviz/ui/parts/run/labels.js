// The letter read at a step, told apart from equal ones of its pattern: "b2".
export const labelOf = (run, t) => run.labels[t % run.period];
