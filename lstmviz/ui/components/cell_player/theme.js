// Colours: a quantity's own, and the scale of its values. They come from the server (`figures/theme.py`), for both themes.

export function createPalette(themes, dark) {
  const palette = themes[dark ? "dark" : "light"];
  return {
    ...palette, // ink, quiet, rule, accent, identity, scales
    dark,
    // The colour scale of a quantity in a run: unit for [0, 1], signed for a symmetric range.
    scale(quantity, run) {
      const name = palette.unit.includes(quantity) ? "unit" : "signed";
      const high = scaleBound(run, quantity);
      return scaleOf(palette.scales[name], name === "unit" ? 0 : -high, high);
    },
    // The scale of sums and differences: symmetric, to `bound`.
    signed: (bound) => scaleOf(palette.scales.signed, -bound, bound),
  };
}

// How large a quantity of a run can be: what no function bounds, as large as it gets.
export const scaleBound = (run, quantity) =>
  quantity === "c" || (quantity === "h" && run.cell === "rnn_relu") ? run.bound : 1;

const STEPS = 512;
const NONE = (255 << 24) | (0x9c << 16) | (0x8f << 8) | 0x8a; // what is no number
const ramps = new Map(); // by their stops: a few
const scales = new Map(); // by their stops and ends: many, as each run has its own bounds, but small

// colour(value) -> [fill, ink]; pixel(value) -> the same fill as one number, for pixels.
function scaleOf(stops, low, high) {
  const about = stops.flat().join();
  const key = `${about} ${low} ${high}`;
  if (scales.has(key)) return scales.get(key);
  if (!ramps.has(about)) ramps.set(about, rampOf(stops));
  const { fills, inks, pixels } = ramps.get(about);
  const place = (value) => Math.round(STEPS * Math.min(Math.max((value - low) / (high - low), 0), 1));
  const scale = {
    low,
    high,
    stops,
    colour: (value) => (Number.isFinite(value) ? [fills[place(value)], inks[place(value)]] : ["#8a8f9c", "#ffffff"]),
    pixel: (value) => (Number.isFinite(value) ? pixels[place(value)] : NONE),
  };
  scales.set(key, scale);
  return scale;
}

function rampOf(stops) {
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
    inks.push(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] > 140 ? "#111827" : "#ffffff");
    pixels[k] = (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0];
  }
  return { fills, inks, pixels };
}

const mix = (one, other, share) => one.map((value, k) => Math.round(value + (other[k] - value) * share));

const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
