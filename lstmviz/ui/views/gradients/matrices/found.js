// The gradients of all cells through time, at some moments of the training.

import { scaleOf } from "../../../parts/common/scales.js";

/**
 * @import { Scale, Stops } from "../../../parts/common/scales.js"
 *
 * Of one cell and state, "h" or "c". own: whether it is the network on display; epochs: of its M snapshots that are here.
 * @typedef {{ name: string, network: string, of: string, own: boolean, epochs: number[] }} MatrixAbout
 *
 * What `packed_matrices` of `ui/views/gradients/packets.py` says, beside M matrices of N x N numbers under each name: log10 of
 * the gradient of the loss at step t, row by row, by the state at step k; NaN where k > t or nothing is asked at t, -∞ where it
 * is exactly 0.
 * @typedef {object} MatricesHeader
 * @property {number} first step of the window
 * @property {number} last
 * @property {number[]} asked the steps of the window at which something is asked: only these have a loss
 * @property {number[]} places of the M moments among the snapshots of the run on display
 * @property {MatrixAbout[]} matrices
 * @property {number[]} zeros at each moment, how many numbers are exactly 0
 * @property {number[]} underflows the same of those that float64 cannot hold
 * @property {number} low ends of the one scale, in decades
 * @property {number} high
 * @property {boolean} cut whether smaller numbers than its low end are drawn with that end's colour
 * @property {Record<"light" | "dark", Stops>} stops
 */

export class Matrices {
  /** @param {{ header: MatricesHeader, arrays: Record<string, Float32Array> }} come */
  constructor({ header, arrays }) {
    this.about = header;
    this.arrays = arrays;
    this.size = header.last - header.first + 1;
  }

  // The moment nearest to snapshot e of the run.
  /** @param {number} e */
  moment(e) {
    const { places } = this.about;
    return places.reduce((best, one, m) => (Math.abs(one - e) < Math.abs(places[best] - e) ? m : best), 0);
  }

  /** @param {string} name @param {number} m @param {number} t @param {number} k */
  value(name, m, t, k) {
    const { first } = this.about;
    return this.arrays[name][(m * this.size + t - first) * this.size + k - first];
  }

  // Its colours: of nothing there are none, and of an exact 0 the grey of what has no logarithm.
  /** @param {boolean} dark @returns {Scale} */
  scale(dark) {
    const { low, high, stops } = this.about;
    const scale = scaleOf(stops[dark ? "dark" : "light"], low, high);
    return { ...scale, pixel: (log10) => (Number.isNaN(log10) || log10 === Infinity ? 0 : scale.pixel(log10)) };
  }
}
