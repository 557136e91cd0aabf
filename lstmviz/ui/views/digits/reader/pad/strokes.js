// What was drawn: a list of acts that can be undone, and the ink that they leave. No element of the page is needed for it.

import { penOf } from "../../../../parts/common/nodes.js";

/**
 * @typedef {"pen" | "eraser"} Tool
 *
 * What was done on the pad. Points are x, y one after the other, and lengths are shares of the pad's side.
 * @typedef {{ kind: "stroke", tool: Tool, width: number, points: number[], fresh?: boolean }} Stroke fresh: what was there
 *   before is wiped away first
 * @typedef {{ kind: "sample", k: number, opening?: boolean }} SampleAct opening: nobody chose it
 * @typedef {{ kind: "clear" }} Clear
 * @typedef {Stroke | SampleAct | Clear} Act
 * @typedef {{ acts: Act[], done: number }} Drawing done: how many of the acts count; those after it can be redone
 *
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {[x: number, y: number]} Point
 */

export const SIDE = 560; // pixels of the ink: a multiple of what is sent
export const SENT = 112;
const SEEN = 28;
const INK = "#1d2433";

/** @type {(drawing: Drawing, act: Act) => Drawing} */
export const withAct = ({ acts, done }, act) => ({ acts: [...acts.slice(0, done), act], done: done + 1 });

// The acts that can be seen: from the last one on that wipes everything away.
/** @type {(drawing: Drawing) => Act[]} */
export function visibleActs({ acts, done }) {
  const first = acts.slice(0, done).findLastIndex((act) => act.kind !== "stroke" || act.fresh);
  return acts.slice(Math.max(first, 0), done);
}

// The number of the sample on the pad, if nobody has drawn over it; null if not.
/** @type {(drawing: Drawing) => number | null} */
export function untouched(drawing) {
  const [first, ...more] = visibleActs(drawing);
  return first?.kind === "sample" && more.length === 0 ? first.k : null;
}

// Whether there is nothing but the sample that the page opened with.
/** @type {(drawing: Drawing) => boolean} */
export function isOpening(drawing) {
  const [first] = visibleActs(drawing);
  return first?.kind === "sample" && untouched(drawing) !== null && Boolean(first.opening);
}

/** @type {(drawing: Drawing) => boolean} */
export function hasInk(drawing) {
  return visibleActs(drawing).some((act) => act.kind === "sample" || (act.kind === "stroke" && act.tool === "pen"));
}

// samples: the images of all samples one after the other, 0 to 255, or null while they have not come.
/** @type {(pen: Pen, drawing: Drawing, samples: Uint8Array | null) => void} */
export function paintDrawing(pen, drawing, samples) {
  pen.clearRect(0, 0, SIDE, SIDE);
  for (const act of visibleActs(drawing)) {
    if (act.kind === "stroke") paintStroke(pen, act);
    if (act.kind === "sample" && samples) paintSample(pen, samples.subarray(act.k * SEEN * SEEN, (act.k + 1) * SEEN * SEEN));
  }
}

// Put a stroke's points from number `from` on into the ink: curves from the middle between two points to the next middle.
/** @type {(pen: Pen, stroke: Omit<Stroke, "kind">, from?: number, ended?: boolean) => void} */
export function paintStroke(pen, { tool, width, points }, from = 0, ended = true) {
  const count = points.length / 2;
  /** @type {(k: number) => Point} */
  const at = (k) => [points[2 * k] * SIDE, points[2 * k + 1] * SIDE];
  /** @type {(k: number) => Point} */
  const between = (k) => {
    const [a, b] = [at(k), at(k + 1)];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  };
  Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: width * SIDE, strokeStyle: INK });
  pen.globalCompositeOperation = tool === "eraser" ? "destination-out" : "source-over";
  pen.beginPath();
  for (let k = from; k < count; k++) {
    if (k === 0) {
      if (count === 1) paintDot(pen, ...at(0), (width * SIDE) / 2);
      else paintFrom(pen, at(0), between(0));
    } else if (k < count - 1) {
      pen.moveTo(...between(k - 1));
      pen.quadraticCurveTo(...at(k), ...between(k));
    } else if (ended) {
      paintFrom(pen, between(k - 1), at(k));
    }
  }
  pen.stroke();
  pen.globalCompositeOperation = "source-over";
}

/** @type {(pen: Pen, from: Point, to: Point) => void} */
function paintFrom(pen, from, to) {
  pen.moveTo(...from);
  pen.lineTo(...to);
}

// A line without length is no line.
/** @type {(pen: Pen, x: number, y: number, radius: number) => void} */
function paintDot(pen, x, y, radius) {
  pen.fillStyle = INK;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
  pen.beginPath();
}

/** @type {HTMLCanvasElement | null} */
let small = null;

// One of the bundled images, as large as the pad.
/** @type {(pen: Pen, values: Uint8Array) => void} */
function paintSample(pen, values) {
  small ??= Object.assign(document.createElement("canvas"), { width: SEEN, height: SEEN });
  const image = new ImageData(SEEN, SEEN);
  values.forEach((value, k) => image.data.set([0x1d, 0x24, 0x33, value], 4 * k));
  penOf(small).putImageData(image, 0, 0);
  Object.assign(pen, { imageSmoothingEnabled: true, imageSmoothingQuality: "high" });
  pen.drawImage(small, 0, 0, SIDE, SIDE);
}

// The ink as the server gets it: the mean over the squares of SENT x SENT, 0 to 255, in base64.
/** @type {(pen: Pen) => string} */
export function inkText(pen) {
  const { data } = pen.getImageData(0, 0, SIDE, SIDE);
  const each = SIDE / SENT;
  const bytes = new Uint8Array(SENT * SENT);
  for (let row = 0; row < SENT; row++) {
    for (let column = 0; column < SENT; column++) {
      let sum = 0;
      for (let y = 0; y < each; y++) {
        let k = 4 * ((row * each + y) * SIDE + column * each) + 3;
        for (let x = 0; x < each; x++, k += 4) sum += data[k];
      }
      bytes[row * SENT + column] = Math.round(sum / (each * each));
    }
  }
  return btoa(String.fromCharCode(...bytes));
}
