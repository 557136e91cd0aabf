// The networks of a grid: what has come of them, and what the rest of the grid asks of each.

import { arraysOf } from "../common/bytes.js";

// Some networks that were trained side by side. E snapshots, N networks, P letters of the last pattern, H units, V letters.
export class Bundle {
  constructor(bytes) {
    const { header, arrays } = arraysOf(bytes);
    Object.assign(this, header); // seeds, epochs, units, alphabet
    this.arrays = arrays; // x, y (P), h (E, N, P, H), probabilities (E, N, P, V), losses, margins (E, N), diverged, largest (N)
  }

  get period() {
    return this.arrays.x.length;
  }

  size(quantity) {
    return quantity === "h" ? this.units : this.alphabet.length;
  }

  // Where the numbers of one network at one snapshot begin: P rows of `size` each.
  start(quantity, e, n) {
    return (e * this.seeds.length + n) * this.period * this.size(quantity);
  }

  // The snapshot of the epoch nearest to the one asked for; the last one if none is.
  snapshot(epoch) {
    const last = this.epochs.length - 1;
    if (epoch === null) return last;
    return this.epochs.reduce((best, one, e) => (Math.abs(one - epoch) < Math.abs(this.epochs[best] - epoch) ? e : best), 0);
  }
}

// One network of a group; it has no bundle before it has come.
class Network {
  constructor(group, seed) {
    Object.assign(this, { group, seed, bundle: null, n: 0 });
  }

  value(quantity, e, row, unit) {
    const { bundle } = this;
    return bundle.arrays[quantity][bundle.start(quantity, e, this.n) + row * bundle.size(quantity) + unit];
  }

  loss(e) {
    return this.bundle.arrays.losses[e * this.bundle.seeds.length + this.n];
  }

  margin(e) {
    return this.bundle.arrays.margins[e * this.bundle.seeds.length + this.n];
  }

  // "waiting", "solved", "unsolved", or "diverged" from the epoch on whose loss was no finite number.
  mark(e) {
    if (!this.bundle) return "waiting";
    if (this.diverged >= 0 && this.diverged <= this.bundle.epochs[e]) return "diverged";
    return this.margin(e) > 0 ? "solved" : "unsolved";
  }

  get diverged() {
    return this.bundle.arrays.diverged[this.n];
  }
}

// What the server says of each group, with its networks, and how many of them name every letter right at each snapshot.
export function groupsOf(header, parts) {
  return header.groups.map((about, number) => {
    const group = { ...about, number, networks: [] };
    group.networks = about.seeds.map((seed) => new Network(group, seed));
    const bySeed = new Map(group.networks.map((network) => [network.seed, network]));
    for (const name of about.parts) {
      parts[name].seeds.forEach((seed, n) => Object.assign(bySeed.get(seed) ?? {}, { bundle: parts[name], n }));
    }
    const come = group.networks.filter((network) => network.bundle);
    group.come = come.length;
    group.epochs = come[0]?.bundle.epochs ?? [];
    group.solved = group.epochs.map((_, e) => come.filter((network) => network.mark(e) === "solved").length);
    group.bound = about.cell === "rnn_relu" ? boundOf(about.parts.map((name) => parts[name])) : 1;
    return group;
  });
}

// Where the scale of a state ends that no function bounds: nine networks in ten stay within it all the time. Those that are
// about to diverge would leave no colour to the others.
function boundOf(bundles) {
  const largest = bundles.flatMap((bundle) => Array.from(bundle.arrays.largest)).sort((a, b) => a - b);
  return Math.max(1, largest[Math.ceil(0.9 * largest.length) - 1] ?? 1);
}

// The pictures in their order: as the seeds are, or the least loss at the end first, then those without one.
export function ordered({ networks }, sort) {
  if (sort === "seed") return networks;
  const rank = (network) => {
    if (!network.bundle) return [2, 0];
    const loss = network.loss(network.bundle.epochs.length - 1);
    return Number.isFinite(loss) ? [0, loss] : [1, 0];
  };
  const ranks = new Map(networks.map((network) => [network, rank(network)]));
  return [...networks].sort((one, other) => {
    const [a, b] = [ranks.get(one), ranks.get(other)];
    return a[0] - b[0] || a[1] - b[1];
  });
}
