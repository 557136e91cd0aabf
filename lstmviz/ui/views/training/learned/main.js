// What a network has learned of the last pattern: its predictions snapshot by snapshot, and the notes' view of some of these.

import { createMount } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createLearned } from "./learned.js";
import { createMoments } from "./moments.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 *
 * What `show` of `view.py` says of the notes' pictures: after every so many epochs, `asked` for in all and at `most` so many of
 * them; over: whether the training is.
 * @typedef {Header & { moments: { every: number, asked: number, most: number, over: boolean } }} LearnedHeader
 * @typedef {Ctx<LearnedHeader>} Learned
 */

export default createMount({ root: ".learned", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create });

/** @type {(root: HTMLElement) => Instance<LearnedHeader, Run>} */
function create(root) {
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {(ctx: Learned) => Drawn[]} */
  const assemble = (ctx) => {
    ctx.steps = (run) => [0, run.steps - 1]; // only the last pattern is here, but what is shown of it is about no step
    return [createLearned(part("learned"), ctx), createMoments(part("moments"), ctx)];
  };
  const viewer = createViewer(root, assemble);
  return {
    show: (header, runs, { dark }) => viewer.show(header, runs, { words: header.words, language: header.language, dark }),
    refresh: viewer.refresh,
    leave: viewer.leave,
  };
}
