// The networks of a grid: what has come of them, and what the rest of the grid asks of each.

import { arraysOf } from "../common/bytes.js";

/**
 * What `_packed` of `grid.py` says of a bundle: E snapshots, N networks, P steps that are looked at, H units, V answers.
 * @typedef {object} BundleHeader
 * @property {number[]} seeds
 * @property {number[]} epochs of the snapshots
 * @property {number} rows P
 * @property {number} units
 * @property {number} letters V, or how many numbers are told
 * @property {number} margin by more than so much what is due must lead to be more than a toss of a coin
 * @property {boolean} numbers whether numbers are told
 *
 * @typedef {object} BundleArrays
 * @property {Float32Array} h (E, N, P, H)
 * @property {Float32Array} probabilities (E, N, P, V), or the numbers told
 * @property {Float32Array} losses (E, N)
 * @property {Float32Array} margins (E, N)
 * @property {Int32Array} diverged (N) the first epoch whose loss was no finite number, or -1
 * @property {Float32Array} largest (N) how large h gets
 * @property {Float32Array} largest_told (N) and what is told
 *
 * @typedef {"h" | "probabilities"} Shown the two halves of a picture
 *
 * What `_about` of `grid.py` says of a group.
 * @typedef {object} GroupHeader
 * @property {string} cell
 * @property {string} title
 * @property {string} nodes how many, in words
 * @property {number} parameters
 * @property {string} name
 * @property {number[]} seeds
 * @property {[task: string, lr: number, epochs: number]} training
 * @property {{ rows: number, units: number, letters: number }} shape
 * @property {string[]} reads what each row has read
 * @property {string[][]} due what is due after it, or may come; nothing where nothing is asked
 * @property {string[]} told the columns of what is told; of numbers "" each
 * @property {boolean} numbers whether numbers are told
 * @property {string[]} parts the bundles that have come, by name
 * @property {number | null} opened the seed that the other pages show
 *
 * @typedef {object} GroupNetworks
 * @property {number} number its place among the groups
 * @property {Network[]} networks
 * @property {number} come how many of them have come
 * @property {number[]} epochs
 * @property {number[]} solved how many are right everywhere, by more than a toss of a coin, at each snapshot
 * @property {number} bound where the scale of h ends
 * @property {number} boundTold and that of what is told, where that is numbers
 * @typedef {GroupHeader & GroupNetworks} Group
 *
 * @typedef {ReturnType<Network["mark"]>} Mark
 */

// Some networks that were trained side by side.
export class Bundle {
  /** @param {import("../common/bytes.js").Bytes} bytes */
  constructor(bytes) {
    /** @type {{ header: BundleHeader, arrays: BundleArrays }} */
    const { header, arrays } = arraysOf(bytes);
    this.seeds = header.seeds;
    this.epochs = header.epochs;
    this.units = header.units;
    this.rows = header.rows;
    this.letters = header.letters;
    this.margin = header.margin;
    this.numbers = header.numbers;
    this.arrays = arrays;
  }

  /** @param {Shown} quantity */
  size(quantity) {
    return quantity === "h" ? this.units : this.letters;
  }

  // Where the numbers of one network at one snapshot begin: P rows of `size` each.
  /** @param {Shown} quantity @param {number} e @param {number} n */
  start(quantity, e, n) {
    return (e * this.seeds.length + n) * this.rows * this.size(quantity);
  }

  // The snapshot of the epoch nearest to the one asked for; the last one if none is.
  /** @param {number | null} epoch */
  snapshot(epoch) {
    const last = this.epochs.length - 1;
    if (epoch === null) return last;
    return this.epochs.reduce((best, one, e) => (Math.abs(one - epoch) < Math.abs(this.epochs[best] - epoch) ? e : best), 0);
  }
}

// One network of a group; it has no bundle before it has come.
export class Network {
  /** @type {Bundle | null} */
  bundle = null;
  n = 0; // its place there

  /** @param {Group} group @param {number} seed */
  constructor(group, seed) {
    this.group = group;
    this.seed = seed;
  }

  // What its numbers are in: for who knows that it has come.
  get come() {
    if (!this.bundle) throw new TypeError(`The network of seed ${this.seed} has not come.`);
    return this.bundle;
  }

  /** @param {Shown} quantity @param {number} e @param {number} row @param {number} unit */
  value(quantity, e, row, unit) {
    const bundle = this.come;
    return bundle.arrays[quantity][bundle.start(quantity, e, this.n) + row * bundle.size(quantity) + unit];
  }

  /** @param {number} e */
  loss(e) {
    return this.come.arrays.losses[e * this.come.seeds.length + this.n];
  }

  /** @param {number} e */
  margin(e) {
    return this.come.arrays.margins[e * this.come.seeds.length + this.n];
  }

  // "waiting"; "solved"; "undecided": all is right, but something no surer than the toss of a coin; "unsolved"; or
  // "diverged", from the epoch on whose loss was no finite number.
  /** @param {number} e @returns {"waiting" | "solved" | "undecided" | "unsolved" | "diverged"} */
  mark(e) {
    if (!this.bundle) return "waiting";
    if (this.diverged >= 0 && this.diverged <= this.bundle.epochs[e]) return "diverged";
    const margin = this.margin(e);
    return margin > this.bundle.margin ? "solved" : margin > 0 ? "undecided" : "unsolved"; // of numbers there is no toss
  }

  get diverged() {
    return this.come.arrays.diverged[this.n];
  }
}

// What the server says of each group, with its networks, and how many of them are right everywhere at each snapshot.
/** @type {(header: { groups: GroupHeader[] }, parts: Record<string, Bundle>) => Group[]} */
export function groupsOf(header, parts) {
  return header.groups.map((about, number) => {
    /** @type {Group} */
    const group = { ...about, number, networks: [], come: 0, epochs: [], solved: [], bound: 1, boundTold: 1 };
    group.networks = about.seeds.map((seed) => new Network(group, seed));
    const bySeed = new Map(group.networks.map((network) => [network.seed, network]));
    for (const name of about.parts) {
      parts[name].seeds.forEach((seed, n) => Object.assign(bySeed.get(seed) ?? {}, { bundle: parts[name], n }));
    }
    const come = group.networks.filter((network) => network.bundle);
    group.come = come.length;
    group.epochs = come[0]?.come.epochs ?? [];
    group.solved = group.epochs.map((_, e) => come.filter((network) => network.mark(e) === "solved").length);
    const bundles = about.parts.map((name) => parts[name]);
    if (about.cell === "rnn_relu") group.bound = boundOf(bundles.map(({ arrays }) => arrays.largest));
    if (about.numbers) group.boundTold = boundOf(bundles.map(({ arrays }) => arrays.largest_told));
    return group;
  });
}

// Where the scale of what no function bounds ends: nine networks in ten stay within it all the time. Those that are
// about to diverge would leave no colour to the others.
/** @type {(found: Float32Array[]) => number} */
function boundOf(found) {
  const largest = found.flatMap((one) => Array.from(one)).sort((a, b) => a - b);
  return Math.max(1, largest[Math.ceil(0.9 * largest.length) - 1] ?? 1);
}

// The pictures in their order: as the seeds are, or the least loss at the end first, then those without one.
/** @type {(group: Group, sort: "seed" | "loss") => Network[]} */
export function ordered({ networks }, sort) {
  if (sort === "seed") return networks;
  /** @type {(network: Network) => [kind: number, loss: number]} */
  const rank = (network) => {
    if (!network.bundle) return [2, 0];
    const loss = network.loss(network.bundle.epochs.length - 1);
    return Number.isFinite(loss) ? [0, loss] : [1, 0];
  };
  const ranked = networks.map((network) => ({ network, at: rank(network) }));
  return ranked.sort(({ at: a }, { at: b }) => a[0] - b[0] || a[1] - b[1]).map(({ network }) => network);
}
