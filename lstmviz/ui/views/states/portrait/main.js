// The states of a network as paths, and where its map leads: moving in time and over the training, in the browser alone.

import { arraysOf } from "../../../parts/common/bytes.js";
import { createMount } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createBirths } from "./births.js";
import { theLook } from "./look.js";
import { createPortraitLooks } from "./looks.js";
import { Points } from "./points.js";
import { createPortrait } from "./portrait.js";
import { Seeds } from "./seeds.js";

/**
 * @import { Bytes } from "../../../parts/common/bytes.js"
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Ctx, Drawn } from "../../../parts/run/viewer.js"
 * @import { PortraitHeader } from "./portrait.js"
 */

/** @typedef {Run | Points | Seeds} Come */

/** @type {(bytes: Bytes) => Come} */
const make = (bytes) => {
  const { header, arrays } = arraysOf(bytes);
  if (header.kind === "seeds") return new Seeds({ arrays });
  return header.kind === "points" ? new Points({ header, arrays }) : new Run(bytes);
};

export default createMount({ root: ".states", make, keep: Run.KEPT + 4, unpacked: /** @type {Map<string, Come>} */ (Run.unpacked), create: createStates });

/** @type {(root: HTMLElement) => Instance<PortraitHeader, Come>} */
function createStates(root) {
  const look = theLook();
  /** @type {Points | null} */
  let points = null;
  /** @type {Seeds | null} */
  let seeds = null;
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {(ctx: Ctx<PortraitHeader>) => Drawn[]} */
  const assemble = (ctx) => {
    ctx.sides = ({ epoch }) => {
      const { first, second } = ctx.runs;
      const own = { of: /** @type {const} */ ("first"), run: first, e: first.snapshot(epoch), other: null };
      return second ? [own, { of: "second", run: second, e: second.snapshot(epoch), other: null }] : [own];
    };
    // What was found of a map is not shown beside the arrows of another.
    const own = () => (ctx.header.letter === look.get().map ? points : null);
    const looks = createPortraitLooks(part("looks"), ctx, look);
    const portraits = [0, 1].map((of) => createPortrait(part(of === 0 ? "first" : "second"), ctx, look, { of, points: own, seeds: () => seeds }));
    return [
      {
        draw() {},
        refresh() {
          part("second").hidden = !ctx.runs.second;
        },
      },
      looks,
      ...portraits,
      createTransport(part("transport"), ctx),
      createBirths(part("births"), ctx, look, own),
    ];
  };
  const viewer = createViewer(root, assemble);
  const keys = keyboard(root, viewer.ctx);
  return {
    show(header, come, { dark, setTriggerValue }) {
      // By their names: what another part has unpacked is of that part's own class.
      const { points: found, seeds: others, ...runs } = /** @type {{ points: Points, seeds?: Seeds } & Record<string, any>} */ (come);
      points = found;
      seeds = others ?? null;
      if (runs.second) for (const of of /** @type {const} */ (["first", "second"])) runs[of].title = header.titles[of] ?? "";
      viewer.show(header, runs, { words: header.words, language: header.language, dark }, setTriggerValue);
    },
    refresh: viewer.refresh,
    leave() {
      keys();
      viewer.leave();
    },
  };
}
