// What the layouts of the cells share.

/** @import { SignLayout, VectorLayout, WireLayout } from "./layout.js" */

export const RIM = 11; // radius of an operator
export const LAYOUT_NAME = 22; // room above a vector's first square for its name
export const JOIN = 94; // where the letter's wire comes up to the bus in the narrow form

// From the bus of x and h up to each gate, and the functions that the sums go through.
/** @type {(gates: Record<string, number>, bus: number, into: number) => WireLayout[]} */
export const layoutSums = (gates, bus, into) =>
  Object.entries(gates).map(([id, x]) => ({
    id: `sum_${id}`,
    phase: 1,
    points: [
      [x, bus],
      [x, into],
    ],
  }));

/** @type {(gates: Record<string, number>, y: number) => SignLayout[]} */
export const layoutActivations = (gates, y) =>
  Object.entries(gates).map(([id, x]) => ({
    id: `act_${id}`,
    sign: "gn".includes(id) ? "tanh" : "σ",
    x,
    y,
    colour: id,
    phase: 2,
    small: true,
    quiet: true,
  }));

// The gates side by side: their columns of squares.
/** @type {(gates: Record<string, number>, y: number) => VectorLayout[]} */
export const layoutGates = (gates, y) => Object.entries(gates).map(([id, x]) => ({ id, quantity: id, x, y, from: 1, gate: true }));
