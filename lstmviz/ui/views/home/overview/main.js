// The whole network at a glance: every gate and state over the last steps, one band a quantity.

import { createMount } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createRun } from "../../../parts/run/run.js";
import { LARGE } from "../../../parts/run/run_layout.js";
import { createStepsTable } from "../../../parts/run/steps_table.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Header } from "../../../parts/run/viewer.js"
 */

export default createMount({ root: ".overview", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create: createOverview });

/** @type {(root: HTMLElement) => Instance<Header, Run>} */
function createOverview(root) {
  const viewer = createViewer(root, (ctx) => [
    createRun(nodeOf(root, "[data-part=run]"), ctx, { sizes: LARGE }),
    createTransport(nodeOf(root, "[data-part=transport]"), ctx, { training: false }),
    createStepsTable(nodeOf(root, "[data-part=table]"), ctx),
  ]);
  const keys = keyboard(root, viewer.ctx);
  return {
    show: (header, runs, { dark }) => viewer.show(header, runs, { words: header.words, language: header.language, dark }),
    refresh: viewer.refresh,
    leave() {
      keys();
      viewer.leave();
    },
  };
}
