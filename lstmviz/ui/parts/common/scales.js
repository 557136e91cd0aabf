// Colours of values, and whether they stand on a dark ground.

/**
 * @typedef {[at: number, colour: string][]} Stops colours as #rrggbb at places from 0 to 1
 * @typedef {object} Scale colours of values
 * @property {number} low
 * @property {number} high
 * @property {Stops} stops
 * @property {(value: number) => [fill: string, ink: string]} colour
 * @property {(value: number) => number} pixel the fill as one number, for pixels
 *
 * One theme's colours, as `Palette.as_told` of `figures/theme.py` tells them.
 * @typedef {object} Theme
 * @property {string} ink
 * @property {string} quiet
 * @property {string} rule
 * @property {string} accent
 * @property {Record<string, string>} identity of each quantity
 * @property {string[]} unit the quantities that are within [0, 1]; the others are as far below 0 as above
 * @property {Record<"unit" | "signed" | "notes", Stops>} scales
 * @typedef {{ light: Theme, dark: Theme }} Themes
 *
 * @typedef {{ fills: string[], inks: string[], pixels: Uint32Array }} Ramp
 */

const STEPS = 512;
const INK_TURNS = Math.sqrt(1.05 * 0.05) - 0.05; // the luminance on which black and white are read equally well, at 4.58:1
const NONE = (255 << 24) | (0x9c << 16) | (0x8f << 8) | 0x8a; // what is no number
/** @type {Map<string, Ramp>} */
const ramps = new Map(); // by their stops: a few
/** @type {Map<string, Scale>} */
const scales = new Map(); // by their stops and ends: many, as each run has its own bounds, but small

/** @type {(stops: Stops, low: number, high: number) => Scale} */
export function scaleOf(stops, low, high) {
  const about = stops.flat().join();
  const key = `${about} ${low} ${high}`;
  const known = scales.get(key);
  if (known) return known;
  const { fills, inks, pixels } = ramps.get(about) ?? coloursOf(stops);
  ramps.set(about, { fills, inks, pixels });
  /** @type {(value: number) => number} */
  const place = (value) => Math.round(STEPS * Math.min(Math.max((value - low) / (high - low), 0), 1));
  /** @type {Scale} */
  const scale = {
    low,
    high,
    stops,
    colour: (value) => (Number.isFinite(value) ? [fills[place(value)], inks[place(value)]] : ["#8a8f9c", "#000000"]),
    pixel: (value) => (Number.isFinite(value) ? pixels[place(value)] : NONE),
  };
  scales.set(key, scale);
  return scale;
}

/** @type {(stops: Stops) => Ramp} */
function coloursOf(stops) {
  const fills = [];
  const inks = [];
  const pixels = new Uint32Array(STEPS + 1);
  for (let k = 0; k <= STEPS; k++) {
    const place = k / STEPS;
    const next = Math.max(1, stops.findIndex(([at]) => place <= at));
    const [a, first] = stops[next - 1];
    const [b, second] = stops[next];
    const rgb = mix(rgbOf(first), rgbOf(second), (place - a) / (b - a));
    fills.push(`rgb(${rgb.join()})`);
    inks.push(luminance(rgb) > INK_TURNS ? "#000000" : "#ffffff");
    pixels[k] = (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0];
  }
  return { fills, inks, pixels };
}

/** @type {(one: number[], other: number[], share: number) => number[]} */
const mix = (one, other, share) => one.map((value, k) => Math.round(value + (other[k] - value) * share));

// Relative luminance as WCAG 2 defines it; `figures/theme.py` has the same rule.
/** @type {(rgb: number[]) => number} */
function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @type {(colour: string) => number[]} */
const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// A scale's colours from its low end to its high one, as a background.
/** @type {(scale: Scale) => string} */
export const rampOf = ({ stops }) => `linear-gradient(to right, ${stops.map(([at, colour]) => `${colour} ${100 * at}%`).join()})`;

// A scale's range as its legend says it; `figures/theme.py` has the same rule.
/** @type {(range: { low: number, high: number }) => string} */
export function rangeText({ low, high }) {
  const large = high < 1e4 ? high.toFixed(0) : high.toExponential(0).replace("+", "");
  const size = high < 100 ? String(Number(high.toPrecision(2))) : large;
  return low === 0 ? `0–${size}` : `±${size}`;
}

/** @type {(element: Element) => boolean} */
export function isDark(element) {
  const [r, g, b] = getComputedStyle(element).backgroundColor.match(/\d+/g)?.map(Number) ?? [255, 255, 255];
  return r + g + b < 384;
}
