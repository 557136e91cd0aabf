// What the server sends, as the rest of the player reads it. `lstmviz/packing.py` describes the bytes.

const DTYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
const KEPT = 6; // runs unpacked: those on display, and some that were
const unpacked = new Map(); // by digest

// The header of what came, and its runs by name.
export async function unpack(bytes) {
  const { header, body } = split(bytes);
  const runs = {};
  for (const [name, part] of Object.entries(header.parts)) {
    const kept = unpacked.get(part.digest) ?? new Run(await inflate(body.subarray(part.offset, part.offset + part.length)));
    unpacked.delete(part.digest);
    unpacked.set(part.digest, kept);
    runs[name] = kept;
  }
  while (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value);
  return { header, runs };
}

function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, body: bytes.subarray(4 + length) };
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A network at each snapshot of its training, followed through the steps of a window. E snapshots, T steps in the whole
// text of which those from `start` to `stop` are here, H units, V letters. Steps are counted in the whole text.
export class Run {
  constructor(bytes) {
    const { header, body } = split(bytes);
    Object.assign(this, header); // cell, units, alphabet, pattern, period, steps, start, stop, epochs, losses, ...
    this.arrays = {};
    for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
      const count = shape.reduce((a, b) => a * b, 1);
      this.arrays[name] = new DTYPES[dtype](body.buffer, body.byteOffset + offset, count);
    }
    this.quantities = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["r", "z", "n", "h"] }[this.cell] ?? ["h"];
    this.gates = { lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"] }[this.cell] ?? ["h"]; // torch's order
  }

  get length() {
    return this.stop - this.start;
  }

  // How many numbers a quantity has: the letters for "logits" and "probabilities", else the units.
  size(quantity) {
    return quantity === "logits" || quantity === "probabilities" ? this.alphabet.length : this.units;
  }

  // All numbers of a quantity after step t at snapshot e; "h_prev" and "c_prev": the state that the step started from.
  row(quantity, e, t) {
    if (quantity === "h_prev" || quantity === "c_prev") return this.before(quantity[0], e, t);
    const size = this.size(quantity);
    const at = (e * this.length + t - this.start) * size;
    return this.arrays[quantity].subarray(at, at + size);
  }

  value(quantity, e, t, unit) {
    return this.row(quantity, e, t)[unit];
  }

  before(state, e, t) {
    if (t > this.start) return this.row(state, e, t - 1);
    return this.arrays[`${state}_start`].subarray(e * this.units, (e + 1) * this.units);
  }

  // One snapshot's matrix or vector of weights, row by row: "weight_ih", "bias_hh", "head.weight", ...
  weights(name, e) {
    const size = this.arrays[name].length / this.epochs.length;
    return this.arrays[name].subarray(e * size, (e + 1) * size);
  }

  letter(t) {
    return this.arrays.x[t];
  }

  target(t) {
    return this.arrays.y[t];
  }

  // The letter that the network holds to be the most probable one to come after step t; -1 if its outputs are no numbers.
  guess(e, t) {
    const probabilities = this.row("probabilities", e, t);
    let best = -1;
    for (let k = 0; k < probabilities.length; k++) {
      if (!Number.isFinite(probabilities[k])) return -1;
      if (best < 0 || probabilities[k] > probabilities[best]) best = k;
    }
    return best;
  }

  // The snapshot of the epoch nearest to the one asked for.
  snapshot(epoch) {
    return this.epochs.reduce((best, one, e) => (Math.abs(one - epoch) < Math.abs(this.epochs[best] - epoch) ? e : best), 0);
  }

  clamp(t) {
    return Math.min(Math.max(t, this.start), this.stop - 1);
  }
}

// A value as the pages print it: three decimals, fewer for large ones. `figures/theme.py` has the same rule.
export function number(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const digits = size < 10 ? 3 : size < 100 ? 2 : 1;
  const plain = size < 0.0005 ? 0 : value; // what rounds to 0 has no sign
  const text = size < 1e5 ? plain.toFixed(digits) : value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2");
  return text.replaceAll("-", "−");
}

// All digits that a number of 32 bits has.
export const exact = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(7))).replaceAll("-", "−") : number(value));
