// A text on the ground of what one unit says at each of its letters, or of how much a prediction answers to each. Another unit
// and another letter are looked at in the browser alone; a stretch that is marked the server is asked about.

import { arraysOf } from "../../../parts/common/bytes.js";
import { choiceOf } from "../../../parts/common/choice.js";
import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf, partNode, setAttribute, setText, tag } from "../../../parts/common/nodes.js";
import { number, shareText } from "../../../parts/common/numbers.js";
import { scaleKey } from "../../../parts/common/scale_key.js";
import { scaleOf } from "../../../parts/common/scales.js";
import { svgNode } from "../../../parts/common/svg.js";
import { below, fill, lone } from "../../../parts/common/words.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Scale, Themes } from "../../../parts/common/scales.js"
 *
 * What `inside.py` says. quantity: what the unit says, as `h`; low, high: the ends of its scale; own: they are
 * what each unit reaches, its largest magnitude at least. marked: the first letter that is
 * marked and the one behind the last, if any are; units, signs: of those that are on there; places: where else they are, likewise.
 * @typedef {object} Header
 * @property {string} language
 * @property {Record<string, string>} words
 * @property {Themes} themes
 * @property {string} quantity
 * @property {number} low
 * @property {number} high
 * @property {boolean} own
 * @property {number} unit
 * @property {[number, number] | null} marked
 * @property {number[]} units
 * @property {number[]} signs
 * @property {[number, number][]} places
 *
 * T letters that are read, with what the network says after each (`said`), how probable, and what comes (`due`), as letters:
 * values (T, U), and where there are predictions to be asked about, influence (T, K), on the letter k before each.
 * @typedef {object} Read
 * @property {{ letters: string[], said?: string[], due?: string[], units: number, back: number }} header
 * @property {{ values: Float32Array, shares?: Float32Array, influence?: Float32Array }} arrays
 */

const TOUCH = "(pointer: coarse)";

export default createMount({ root: ".inside", make: (bytes) => /** @type {Read} */ (arraysOf(bytes)), keep: 8, create: createInside });

/** @type {(root: HTMLElement) => Instance<Header, Read>} */
function createInside(root) {
  /** @type {Read} */
  let read = later;
  /** @type {Header} */
  let header = later;
  /** @type {(name: string, value: unknown) => void} */
  let tell = later;
  let dark = false;
  let unit = 0;
  let at = 0; // the letter that is looked at
  let from = -1; // where a mark begins that is being made
  let tapped = -1; // what was tapped before
  /** @type {"unit" | "gradient"} */
  let colour = "unit";
  /** @type {HTMLElement[]} */
  let spans = [];

  const bar = nodeOf(root, "[data-part=bar]");
  const text = nodeOf(root, "[data-part=text]");
  const says = nodeOf(root, "[data-part=says]");
  const line = nodeOf(root, "[data-part=line]");
  const found = nodeOf(root, "[data-part=found]");
  /** @type {import("../../../parts/common/choice.js").Choice<"unit" | "gradient">} */
  const colours = choiceOf(bar, (value) => {
    colour = value;
    draw();
  });
  const name = tag("span");
  const range = tag("input", {
    type: "range",
    min: 1,
    step: 1,
    input: () => {
      unit = Number(range.value) - 1;
      colour = "unit";
      draw();
    },
    change: () => tell("unit", unit),
  });
  bar.append(tag("label", {}, name, range));
  const key = partNode("span", "", bar);

  text.addEventListener("pointerdown", (event) => {
    const n = letterOf(event);
    if (n < 0 || event.pointerType !== "mouse") return;
    from = event.shiftKey ? (header.marked?.[0] ?? at) : n;
    at = n;
    draw();
  });
  text.addEventListener("pointermove", (event) => {
    const n = letterOf(event);
    if (n < 0 || event.pointerType !== "mouse" || n === at) return;
    at = n;
    draw();
  });
  text.addEventListener("pointerup", (event) => {
    const n = letterOf(event);
    if (event.pointerType === "mouse") {
      if (from >= 0 && n >= 0) mark(from, n);
      from = -1;
    } else if (n >= 0) {
      at = n;
      if (tapped >= 0 && tapped !== n) mark(tapped, n);
      tapped = tapped >= 0 ? -1 : n;
      draw();
    }
  });
  text.addEventListener("pointerleave", () => {
    from = -1;
    draw();
  });
  text.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: spans.length - 1 - at }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (event.shiftKey && from < 0) from = at;
    at = Math.min(Math.max(at + step, 0), spans.length - 1);
    spans[at].scrollIntoView({ block: "nearest" });
    draw();
  });
  text.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || from < 0) return;
    mark(from, at);
    from = -1;
  });

  /** @type {(event: Event) => number} */
  const letterOf = (event) => (event.target instanceof HTMLElement && event.target.dataset.n ? Number(event.target.dataset.n) : -1);

  /** @type {(one: number, other: number) => void} */
  function mark(one, other) {
    tell("mark", { start: Math.min(one, other), stop: Math.max(one, other) + 1 });
  }

  function build() {
    spans = read.header.letters.map((letter, n) => tag("span", { "data-n": n }, letter === "\n" ? "↵\n" : letter));
    text.replaceChildren(...spans);
  }

  // From where to where the unit's scale goes.
  /** @returns {[low: number, high: number]} */
  function ends() {
    if (!header.own) return [header.low, header.high];
    const { units, letters } = read.header;
    let most = 1;
    for (let n = 0; n < letters.length; n++) most = Math.max(most, Math.abs(read.arrays.values[n * units + unit]));
    return [-most, most];
  }

  /** @returns {Scale} */
  function scale() {
    const { scales } = header.themes[dark ? "dark" : "light"];
    return colour === "gradient" ? scaleOf(scales.unit, 0, 1) : scaleOf(header.low < 0 ? scales.signed : scales.unit, ...ends());
  }

  function draw() {
    const { words } = header;
    const { units, back } = read.header;
    const { values, influence } = read.arrays;
    if (!influence) colour = "unit";
    colours.group.hidden = !influence;
    name.hidden = range.hidden = units === 1;
    colours.press(colour);
    range.value = String(unit + 1);
    setText(name, fill(words.inside_unit, { unit: unit + 1, units }));
    const own = scale();
    const most = influence ? Math.max(...influence.subarray(at * back, (at + 1) * back)) : 0;
    spans.forEach((span, n) => {
      const ago = at - n;
      const value = colour === "unit" ? values[n * units + unit] : influence && ago >= 0 && ago < back && most > 0 ? influence[at * back + ago] / most : 0;
      const [ground, ink] = own.colour(value);
      span.style.background = ground;
      span.style.color = ink;
      const [start, stop] = from >= 0 ? [Math.min(from, at), Math.max(from, at) + 1] : (header.marked ?? [0, 0]);
      span.classList.toggle("at", n === at);
      span.classList.toggle("marked", n >= start && n < stop);
      span.classList.toggle("place", header.places.some(([first, last]) => n >= first && n < last));
    });
    key.replaceChildren();
    scaleKey(key, colour === "unit" ? header.quantity + (units > 1 ? below(unit) : "") : words.inside_gradient, own);
    setText(says, sentence(most));
    drawLine();
  }

  /** @param {number} most the largest influence on the prediction that is looked at */
  function sentence(most) {
    const { words } = header;
    const { letters, said, due, units, back } = read.header;
    const { values, shares, influence } = read.arrays;
    if (colour === "unit" || !influence || !said || !due || !shares) {
      return fill(words.inside_value, { letter: lone(seen(letters[at])), quantity: header.quantity, unit: units > 1 ? below(unit) : "", value: number(values[at * units + unit]) });
    }
    const ago = influence.subarray(at * back, (at + 1) * back).indexOf(most);
    const before = letters.slice(Math.max(at - 9, 0), at + 1).map(seen).join("");
    const largest = `“${lone(seen(letters[at - ago]))}” (−${ago})`;
    return fill(words.inside_answers, { before: lone(before), said: lone(seen(said[at])), due: lone(seen(due[at])), share: shareText(shares[at]), most: largest });
  }

  function drawLine() {
    const { units, letters } = read.header;
    const { values } = read.arrays;
    const [low, high] = ends();
    const count = letters.length;
    const [width, height] = [1000, 84];
    /** @param {number} n */
    const x = (n) => (count > 1 ? (n / (count - 1)) * width : width / 2);
    /** @param {number} value */
    const y = (value) => height - 4 - ((Math.min(Math.max(value, low), high) - low) / (high - low)) * (height - 8);
    const picture = svgNode("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" });
    picture.setAttribute("aria-label", fill(header.words.inside_line, { quantity: header.quantity, unit: below(unit), low: number(low), high: number(high) }));
    if (low < 0) svgNode("line", { x1: 0, x2: width, y1: y(0), y2: y(0), stroke: "var(--rule)", "vector-effect": "non-scaling-stroke" }, picture);
    const points = Array.from(letters, (_, n) => `${x(n).toFixed(1)},${y(values[n * units + unit]).toFixed(1)}`);
    svgNode("polyline", { points: points.join(" "), fill: "none", stroke: "var(--accent)", "stroke-width": 1.5, "vector-effect": "non-scaling-stroke" }, picture);
    svgNode("line", { x1: x(at), x2: x(at), y1: 0, y2: height, stroke: "var(--changed)", "vector-effect": "non-scaling-stroke" }, picture);
    picture.addEventListener("pointermove", (event) => {
      const box = picture.getBoundingClientRect();
      at = Math.min(Math.max(Math.round(((event.clientX - box.left) / box.width) * (count - 1)), 0), count - 1);
      draw();
    });
    line.replaceChildren(picture, tag("div", { class: "ends" }, tag("span", {}, number(high)), tag("span", {}, number(low))));
  }

  function drawFound() {
    const { words, marked, units, signs, places } = header;
    if (read.header.units === 1) return found.replaceChildren(); // nothing to look for
    if (!marked) {
      found.replaceChildren(tag("p", {}, matchMedia(TOUCH).matches ? words.inside_touch : words.inside_point));
      return;
    }
    const stretch = lone(excerpt(...marked));
    if (!units.length) {
      found.replaceChildren(tag("p", {}, fill(words.inside_none, { marked: stretch })));
      return;
    }
    const buttons = units.map((one, k) => {
      const press = () => {
        unit = one;
        colour = "unit";
        tell("unit", unit);
        draw();
      };
      return tag("button", { type: "button", click: press }, fill(words.inside_units_button, { unit: one + 1, sign: signs[k] > 0 ? "+" : "−" }));
    });
    const elsewhere = places.filter(([start, stop]) => start >= marked[1] || stop <= marked[0]);
    const links = elsewhere.map(([start, stop]) => {
      const press = () => {
        at = start;
        spans[start].scrollIntoView({ block: "center" });
        draw();
      };
      return tag("button", { type: "button", class: "excerpt", click: press }, excerpt(Math.max(start - 5, 0), start), tag("b", {}, excerpt(start, stop)), excerpt(stop, stop + 5));
    });
    found.replaceChildren(
      tag("p", {}, fill(words.inside_units, { marked: stretch })),
      ...buttons,
      tag("p", {}, links.length ? fill(words.inside_places, { count: links.length }) : words.inside_alone),
      tag("div", { class: "inside_places" }, ...links),
    );
  }

  /** @type {(start: number, stop: number) => string} */
  const excerpt = (start, stop) => read.header.letters.slice(start, stop).map(seen).join("");

  return {
    show(told, parts, call) {
      const fresh = read?.header.letters !== parts.read.header.letters;
      const first = read === later;
      if (first || header.unit !== told.unit) unit = told.unit;
      header = told;
      read = parts.read;
      unit = Math.min(unit, read.header.units - 1);
      tell = call.setTriggerValue;
      dark = call.dark;
      if (fresh) {
        build();
        at = header.marked ? header.marked[0] : Math.min(at, spans.length - 1);
      }
      const { words } = header;
      colours.offer(words.inside_colour, [["unit", words.inside_by_unit], ["gradient", words.inside_by_gradient]]);
      range.max = String(read.header.units);
      setAttribute(range, "aria-label", fill(words.inside_unit, { unit: unit + 1, units: read.header.units }));
      setAttribute(text, "aria-label", words.inside_text);
      draw();
      drawFound();
    },
    refresh: draw,
    leave() {},
  };
}

// A letter, also one that leaves no trace.
/** @param {string} letter */
const seen = (letter) => ({ " ": "␣", "\n": "↵", "\t": "⇥" })[letter] ?? letter;
