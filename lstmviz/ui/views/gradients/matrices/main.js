// How strongly each loss depends on the states before it: the matrices of all cells on one scale, over the training, in the
// browser alone.

import { arraysOf } from "../../../parts/common/bytes.js";
import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { Matrices } from "./found.js";
import { createPanels } from "./panels.js";
import { createReading } from "./reading.js";
import { createMoments } from "./training.js";

/**
 * @import { Bytes } from "../../../parts/common/bytes.js"
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 */

/** @type {(bytes: Bytes) => Run | Matrices} */
const make = (bytes) => {
  /** @type {{ header: any, arrays: any }} */
  const { header, arrays } = arraysOf(bytes);
  return header.kind === "matrices" ? new Matrices({ header, arrays }) : new Run(bytes);
};

export default createMount({ root: ".matrices", make, keep: Run.KEPT + 4, unpacked: /** @type {Map<string, Run | Matrices>} */ (Run.unpacked), create: createMatrices });

/** @type {(root: HTMLElement) => Instance<Header, Run | Matrices>} */
function createMatrices(root) {
  /** @type {Matrices} */
  let found = later;
  const own = () => found;
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {(ctx: Ctx<Header>) => Drawn[]} */
  const assemble = (ctx) => [
    createMoments(part("training"), ctx, own),
    createReading(part("legend"), part("read"), ctx, own),
    createPanels(part("panels"), ctx, own),
  ];
  const viewer = createViewer(root, assemble);
  return {
    show(header, come, { dark, setTriggerValue }) {
      // By their names: what another part of the document has unpacked is of that part's own classes.
      const { matrices, ...runs } = /** @type {{ matrices: Matrices } & Record<string, any>} */ (come);
      found = matrices;
      viewer.show(header, runs, { words: header.words, language: header.language, dark }, setTriggerValue);
    },
    refresh: viewer.refresh,
    leave: viewer.leave,
  };
}
