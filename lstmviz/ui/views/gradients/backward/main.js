// Backpropagation a step at a time: the lines of a step and a unit with all their numbers, which came from the engine at once.

import { arraysOf } from "../../../parts/common/bytes.js";
import { hasModifier } from "../../../parts/common/keys.js";
import { createMount, later } from "../../../parts/common/mount.js";
import { Run } from "../../../parts/run/data.js";
import { isTyping } from "../../../parts/run/keys.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createFlow } from "./flow.js";
import { Lines } from "./lines.js";
import { createSums } from "./sums.js";
import { createWalk } from "./walk.js";

/**
 * @import { Bytes } from "../../../parts/common/bytes.js"
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 * @import { Look } from "./walk.js"
 */

/** @type {(bytes: Bytes) => Run | Lines} */
const make = (bytes) => {
  /** @type {{ header: any }} */
  const { header } = arraysOf(bytes);
  return header.kind === "lines" ? new Lines(header) : new Run(bytes);
};

/** @type {Look} */
const kept = { way: "all" };

/** @type {Map<string, any>} */
const unpackedParts = Run.unpacked; // with the runs, so that lines stay when the page is left

export default createMount({ root: ".backward", make, keep: Run.KEPT + 4, unpacked: unpackedParts, create: createBackward });

/** @type {(root: HTMLElement) => Instance<Header, Run | Lines>} */
function createBackward(root) {
  /** @type {Lines} */
  let found = later;
  const lines = () => found;
  /** @type {ReturnType<typeof createWalk>} */
  let walk = later;
  /** @type {(ctx: Ctx<Header>) => Drawn[]} */
  const assemble = (ctx) => {
    walk = createWalk(root, ctx, { lines, look: kept, redraw: () => viewer.refresh() });
    return [walk, createFlow(root, ctx, { lines, look: kept }), createSums(root, ctx, { lines, look: kept })];
  };
  const viewer = createViewer(root, assemble);
  /** @type {(event: KeyboardEvent) => void} */
  const press = (event) => {
    const { moves } = walk;
    const escape = walk.running ? walk.stop : undefined;
    const act = { ArrowLeft: moves.back, ArrowRight: moves.forward, Home: moves.first, End: moves.last, " ": moves.play, Escape: escape }[event.key];
    const target = event.composedPath()[0];
    const isButton = target instanceof Element && target.matches("button, summary");
    if (!act || hasModifier(event) || isTyping(event) || !found || (event.key === " " && isButton)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  /** @type {(event: KeyboardEvent) => void} */
  const alone = (event) => {
    if (event.composedPath()[0] === document.body) press(event);
  };
  root.addEventListener("keydown", press);
  document.addEventListener("keydown", alone, true); // before Streamlit's own shortcuts
  return {
    show(header, come, { dark, setTriggerValue }) {
      if (!(come.lines instanceof Lines) || !(come.first instanceof Run)) return;
      found = come.lines;
      viewer.show(header, { first: come.first }, { words: header.words, language: header.language, dark }, setTriggerValue);
    },
    refresh: viewer.refresh,
    leave() {
      root.removeEventListener("keydown", press);
      document.removeEventListener("keydown", alone, true);
      viewer.leave();
    },
  };
}
