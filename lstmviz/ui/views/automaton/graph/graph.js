// A machine as a graph: its states as circles, with their numbers and the letters that they say, arrows with the letters read.

import { partNode, setAttribute, setText } from "../../../parts/common/nodes.js";
import { svgNode } from "../../../parts/common/svg.js";
import { fill, lone, quoted } from "../../../parts/common/words.js";
import { arrowhead, arrowOf, away, loopOf, outward, widest } from "./arrows.js";

/**
 * @import { Store } from "../../../parts/common/store.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx } from "../../../parts/run/viewer.js"
 * @import { Vector } from "./arrows.js"
 * @import { Light, Machine, Machines } from "./machines.js"
 */

const NUMBERED = 16; // pixels of a radius, from which on numbers, places and arrows' letters have room
const LETTERED = 11; // from which on the letters have
const SMALLEST = 4;
const SOME = 12; // states that are drawn large
const APART = 5; // pixels between two circles, at least ...
const ROOM = 28; // ... and where their arrows can be written on
const STRETCH = 2.2; // of a picture that is flat, at most
const MOST_PLACES = 3;

// of: which of the machines.
/** @param {HTMLElement} root @param {Ctx<any>} ctx @param {Store<Light>} light @param {{ of: number, machines: () => Machines }} how */
export function createGraph(root, ctx, light, { of, machines }) {
  root.classList.add("machine");
  const title = partNode("p", "machine_title", root);
  const svg = svgNode("svg", { role: "group" }, root);
  const note = partNode("p", "machine_note", root);
  /** @type {SVGGElement[]} */
  let nodes = [];
  /** @type {{ group: SVGGElement, source: number, target: number }[]} */
  let arrows = [];
  /** @type {SVGCircleElement | null} */
  let token = null;
  /** @type {Vector[]} */
  let places = [];
  /** @type {unknown[]} */
  let painted = [];
  let width = 0;

  /** @param {number} state */
  const choose = (state) => {
    light.set({ of });
    const { experiment } = ctx.header;
    ctx.state.set({ lit: { experiment, state: state + 1, steps: machines().stepsIn(of, state) } });
    const t = machines().stepIn(of, state, ctx.state.get().t);
    ctx.state.set({ playing: false });
    if (t >= 0) ctx.pin({ t });
    else draw(ctx.state.get());
  };

  const paint = () => {
    const machine = machines().machines[of];
    const size = machine.says.length;
    const { words } = ctx;
    svg.replaceChildren();
    const many = machines().machines.some(({ says }) => says.length > SOME);
    const height = Math.round(Math.min(Math.max((many ? 1.1 : 0.84) * width, 240), many ? 360 : 300));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", String(height));
    const look = lookOf(machine, width, height);
    ({ places } = look);
    const { centre, radius } = look;
    const taken = machine.edges.reduce((found, [a, b]) => {
      if (a !== b) [[a, b], [b, a]].forEach(([one, other]) => found[one].push(outward(places[other], places[one])));
      return found;
    }, /** @type {Vector[][]} */ (machine.says.map(() => [])));
    // Where there is most room at a state, beside all that is there already.
    /** @param {number} state */
    const room = (state) => {
      const way = widest(taken[state], outward(places[state], centre));
      taken[state].push(way);
      return way;
    };
    arrows = machine.edges.map(([source, target, letters, bent]) => {
      const group = svgNode("g", { class: "machine_arrow" }, svg);
      const way = source === target ? loopOf(places[source], room(source), radius) : arrowOf(places[source], places[target], radius, bent, centre);
      svgNode("path", { class: "machine_line", d: way.d }, group);
      svgNode("path", { class: "machine_head", d: arrowhead(way.end, way.heading, radius >= LETTERED ? 7 : 4) }, group);
      if (radius >= NUMBERED) write(group, "machine_letter", way.middle, letters.map(lone).join(" "));
      return { group, source, target };
    });
    paintStart(places[machine.start], room(machine.start), radius);
    nodes = machine.says.map((_, state) => paintNode(machine, state, radius, room(state)));
    token = svgNode("circle", { class: "machine_token", r: radius + 4 }, svg);
    setText(title, fill(words[`machine_${machine.kind}`], { states: size }));
    const none = machine.steps.filter((steps) => steps === 0).length;
    setText(note, [radius < NUMBERED ? words.machine_small : "", none ? fill(words.machine_unseen, { states: none }) : ""].filter(Boolean).join(" "));
    svg.setAttribute("aria-label", title.textContent ?? "");
  };

  /** @type {(at: Vector, side: Vector, radius: number) => void} */
  const paintStart = (at, side, radius) => {
    const group = svgNode("g", { class: "machine_start" }, svg);
    const tip = away(at, side, radius + 2);
    svgNode("path", { class: "machine_line", d: `M${away(at, side, radius + 20)}L${tip}` }, group);
    svgNode("path", { class: "machine_head", d: arrowhead(tip, [-side[0], -side[1]], 7) }, group);
    const { opening } = machines();
    if (radius >= NUMBERED && opening) write(group, "machine_letter", away(at, side, radius + 27), lone(opening));
    svgNode("title", {}, group).textContent = opening ? fill(ctx.words.machine_start, { letter: quoted(opening) }) : ctx.words.machine_start_empty;
  };

  // side: where its places are named.
  /** @type {(machine: Machine, state: number, radius: number, side: Vector) => SVGGElement} */
  const paintNode = (machine, state, radius, side) => {
    const [x, y] = places[state];
    const wrong = machine.wrong[state] > 0;
    const about = sayState(machine, state);
    const tabindex = radius >= LETTERED ? 0 : -1;
    const group = svgNode("g", { class: wrong ? "machine_state machine_wrong" : "machine_state", role: "button", tabindex, "aria-label": about, "data-state": state }, svg);
    svgNode("title", {}, group).textContent = about;
    svgNode("circle", { cx: x, cy: y, r: radius }, group);
    const letter = `${lone(machines().speak(machine.says[state], ctx.words))}${wrong ? "✗" : ""}`;
    if (radius >= NUMBERED) {
      write(group, "machine_number", [x, y - 7], String(state + 1));
      write(group, letter.length > 4 ? "machine_says machine_word" : "machine_says", [x, y + 8], letter); // lone's marks are two
      const text = write(group, "machine_places", away([x, y], side, radius + 9), labelOfPlaces(machine.places[state]));
      text.setAttribute("text-anchor", side[0] > 0.35 ? "start" : side[0] < -0.35 ? "end" : "middle");
    } else if (radius >= LETTERED) write(group, "machine_says", [x, y], letter);
    group.addEventListener("click", () => choose(state));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose(state);
    });
    group.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && light.set({ of, hover: state }));
    group.addEventListener("pointerleave", () => light.set({ of: 0, hover: null }));
    return group;
  };

  /** @type {(machine: Machine, state: number) => string} */
  const sayState = (machine, state) => {
    const { words } = ctx;
    const { asks } = machines();
    const said = machine.says[state];
    const letter = machines().speak(said, words);
    const parts = [fill(words[`machine_state_${said === null && asks !== "letter" ? "silent" : asks}`], { state: state + 1, letter: said === null ? letter : quoted(letter) })];
    const held = machine.places[state];
    const steps = machine.steps[state];
    if (!steps) parts.push(words.machine_nowhere);
    else parts.push(held.length ? fill(words.machine_held, { places: held.map(lone).join(", "), steps }) : fill(words.machine_visited, { steps }));
    if (machine.wrong[state]) parts.push(fill(words[`machine_errs_${asks}`], { wrong: machine.wrong[state], steps }));
    return parts.join(" · ");
  };

  /** @param {State} now */
  const draw = (now) => {
    if (!machines() || !width) return;
    const wanted = [machines(), ctx.words, width];
    if (wanted.some((one, k) => one !== painted[k])) paint();
    painted = wanted;
    const here = machines().state(of, now.t);
    const before = machines().state(of, now.t - 1);
    const { hover, of: lit } = light.get();
    nodes.forEach((node, state) => {
      node.classList.toggle("machine_here", state === here);
      node.classList.toggle("machine_lit", lit === of && state === hover);
    });
    for (const { group, source, target } of arrows) group.classList.toggle("machine_come", source === before && target === here);
    if (token) {
      token.classList.toggle("machine_off", here < 0);
      if (here >= 0) token.style.transform = `translate(${places[here][0]}px, ${places[here][1]}px)`;
    }
    setAttribute(root, "data-here", String(here));
  };

  const unsubscribe = light.subscribe(() => ctx.runs && draw(ctx.state.get()));
  return {
    draw,
    refresh() {
      width = root.clientWidth;
      painted = [];
    },
    leave: unsubscribe,
  };
}

// Where the states are, and how large: as large as there is room.
/** @type {(machine: Machine, width: number, height: number) => { places: Vector[], centre: Vector, radius: number }} */
function lookOf(machine, width, height) {
  const size = machine.says.length;
  const most = size <= SOME ? 21 : size <= 20 ? 17 : size <= 32 ? 13 : 5;
  const longest = Math.max(...machine.places.map((labels) => labelOfPlaces(labels).length));
  const loops = machine.edges.some(([source, target]) => source === target);
  const beside = most >= NUMBERED ? Math.max(12 + Math.min(6.2 * longest, 52), size > SOME ? 20 : loops ? 46 : 36) : 10;
  const [top, bottom] = most >= NUMBERED ? [42, loops && size <= SOME ? 42 : 24] : [26, 10];
  const ways = [0, 1].map((k) => {
    const all = machine.positions.map((place) => place[k]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return { middle: (low + high) / 2, by: Math.min(2 / Math.max(high - low, 1e-9), STRETCH) };
  });
  /** @type {Vector} */
  const centre = [width / 2, (height + top - bottom) / 2];
  const [wide, high] = [width / 2 - most - beside, centre[1] - most - top];
  const places = machine.positions.map(([x, y]) => /** @type {Vector} */ ([centre[0] + wide * ways[0].by * (x - ways[0].middle), centre[1] - high * ways[1].by * (y - ways[1].middle)]));
  let nearest = Infinity;
  places.forEach(([x, y], k) => places.slice(0, k).forEach(([u, v]) => (nearest = Math.min(nearest, Math.hypot(x - u, y - v)))));
  return { places, centre, radius: Math.max(Math.min(most, Math.max((nearest - ROOM) / 2, NUMBERED), (nearest - APART) / 2), SMALLEST) };
}

/** @type {(parent: ParentNode, className: string, place: Vector, text: string) => SVGTextElement} */
function write(parent, className, [x, y], text) {
  const node = svgNode("text", { class: className, x, y, "text-anchor": "middle", "dominant-baseline": "central" }, parent);
  node.textContent = text;
  return node;
}

/** @type {(labels: string[]) => string} */
const labelOfPlaces = (labels) => (labels.length ? `{${(labels.length > MOST_PLACES ? [...labels.slice(0, MOST_PLACES - 1), "…"] : labels).map(lone).join(", ")}}` : "");
