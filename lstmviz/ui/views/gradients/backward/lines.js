// The lines of backpropagation of some steps and units, as `views/gradients/backwards.py` packs them.

/**
 * [its name in plain Unicode, its value, and where it is 1 − b or 1 − b²: b and the power]; a value is null where it is not finite.
 * @typedef {[name: string, value: number | null, base?: number | null, power?: number]} FactorTold
 *
 * One way on which the loss reaches a value: a product.
 * @typedef {{ from: string, gate?: string, unit?: number, letter?: string, number?: number, value: number | null, factors: FactorTold[] }} TermTold
 *
 * A derivative as the sum of its terms; `formula` is a place in the list of formulas, `rest` how many small terms are added up, and
 * to what.
 * @typedef {object} LineTold
 * @property {string} name
 * @property {string} symbol
 * @property {number} formula
 * @property {number | null} value
 * @property {TermTold[]} terms
 * @property {[count: number, value: number | null]} [rest]
 *
 * What follows one loss back: its lines by step, unit and order; how far the gradient is from torch's, and how large it gets.
 * @typedef {{ loss: number | null, difference: number | null, largest: number | null, lines: LineTold[][][] }} WayTold
 *
 * @typedef {"all" | "last"} WayName the loss of all steps, or of the last one that asks; only one that asks is "all"
 * @typedef {{ kind: "lines", start: number, stop: number, units: number, ways: { all: WayTold, last?: WayTold }, formulas: string[] }} LinesTold
 */

export class Lines {
  /** @param {LinesTold} told */
  constructor(told) {
    this.start = told.start;
    this.stop = told.stop;
    this.units = told.units;
    this.ways = told.ways;
    this.formulas = told.formulas;
  }

  /** @param {number} t */
  clamp(t) {
    return Math.min(Math.max(t, this.start), this.stop - 1);
  }

  // What follows a loss back.
  /** @param {WayName} way */
  way(way) {
    return this.ways[way] ?? this.ways.all;
  }

  /** @param {WayName} way @param {number} t @param {number} unit */
  at(way, t, unit) {
    return this.way(way).lines[t - this.start][unit];
  }
}
