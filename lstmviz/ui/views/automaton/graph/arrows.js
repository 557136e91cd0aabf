// Arrows between circles of one radius.

/**
 * @typedef {[x: number, y: number]} Vector
 *
 * A line: its path, where its head is and points to, and where it is written on.
 * @typedef {{ d: string, end: Vector, heading: Vector, middle: Vector }} Way
 */

const BEND = 0.16; // of an arrow's length, by which one with an opposite one bends away from it

/** @type {(place: Vector, centre: Vector) => Vector} */
export function outward([x, y], [u, v]) {
  const long = Math.hypot(x - u, y - v);
  return long < 1 ? [0, -1] : [(x - u) / long, (y - v) / long];
}

/** @type {(place: Vector, heading: Vector, by: number) => Vector} */
export const away = ([x, y], [u, v], by) => [x + by * u, y + by * v];

const WAYS = 16; // that are tried

// The way that is farthest from all others by its angle; of those as good, the nearest to the one preferred.
/** @type {(others: Vector[], preferred: Vector) => Vector} */
export function widest(others, preferred) {
  /** @type {(one: Vector, other: Vector) => number} */
  const angle = ([x, y], [u, v]) => Math.acos(Math.min(Math.max(x * u + y * v, -1), 1));
  const from = Math.atan2(preferred[1], preferred[0]);
  let [best, most] = [preferred, -Infinity];
  for (let k = 0; k < WAYS; k++) {
    const turn = from + (2 * Math.PI * k) / WAYS;
    /** @type {Vector} */
    const way = [Math.cos(turn), Math.sin(turn)];
    const room = Math.min(1.2, ...others.map((other) => angle(way, other))) - 0.12 * angle(way, preferred);
    if (room > most + 1e-9) [best, most] = [way, room];
  }
  return best;
}

// From circle to circle: at the left of its heading if it is bent, else written on at the side away from the centre.
/** @type {(from: Vector, to: Vector, radius: number, bent: boolean, centre: Vector) => Way} */
export function arrowOf(from, to, radius, bent, centre) {
  const heading = outward(to, from);
  const long = Math.hypot(to[0] - from[0], to[1] - from[1]);
  /** @type {Vector} */
  const side = [heading[1], -heading[0]];
  const by = bent ? Math.max(BEND * long, 14) : 0;
  /** @type {Vector} */
  const half = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const control = away(half, side, 2 * by);
  const begin = away(from, outward(control, from), radius + 1);
  const arrives = outward(to, control);
  const end = away(to, arrives, -(radius + 3));
  const inwards = !bent && (half[0] - centre[0]) * side[0] + (half[1] - centre[1]) * side[1] < 0;
  return { d: bent ? `M${begin}Q${control} ${end}` : `M${begin}L${end}`, end, heading: arrives, middle: away(half, side, inwards ? -11 : by + 10) };
}

// From a circle back to itself, on one side.
/** @type {(place: Vector, side: Vector, radius: number) => Way} */
export function loopOf(place, [u, v], radius) {
  /** @type {(angle: number) => Vector} */
  const turned = (angle) => [u * Math.cos(angle) - v * Math.sin(angle), u * Math.sin(angle) + v * Math.cos(angle)];
  const begin = away(place, turned(-0.5), radius + 1);
  const end = away(place, turned(0.5), radius + 3);
  const far = 2 * radius + 12;
  const [one, other] = [away(place, turned(-0.6), far), away(place, turned(0.6), far)];
  return { d: `M${begin}C${one} ${other} ${end}`, end, heading: outward(end, other), middle: away(place, [u, v], 1.75 * radius + 18) };
}

/** @type {(tip: Vector, heading: Vector, size: number) => string} */
export function arrowhead(tip, [u, v], size) {
  const [x, y] = away(tip, [u, v], -size);
  const half = 0.45 * size;
  return `M${tip}L${[x - half * v, y + half * u]}L${[x + half * v, y - half * u]}Z`;
}
