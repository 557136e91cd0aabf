// The machine that a network has become beside another one, and the text walking through both: in the browser alone.

import { arraysOf } from "../../../parts/common/bytes.js";
import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createGraph } from "./graph.js";
import { Machines, theLight } from "./machines.js";
import { createStrip } from "./strip.js";

/**
 * @import { Bytes } from "../../../parts/common/bytes.js"
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 *
 * What `graphs` of `ui/views/automaton/view.py` says beside what every part is told of a run. walk: whether the text is under
 * the machines, with what plays it.
 * @typedef {Header & { walk: boolean }} MachinesHeader
 */

/** @type {(bytes: Bytes) => Run | Machines} */
const make = (bytes) => {
  const { header, arrays } = arraysOf(bytes);
  return header.kind === "machines" ? new Machines({ header, arrays }) : new Run(bytes);
};

export default createMount({ root: ".automaton", make, keep: Run.KEPT + 4, unpacked: /** @type {Map<string, Run | Machines>} */ (Run.unpacked), create: createMachines });

/** @type {(root: HTMLElement, header: MachinesHeader) => Instance<MachinesHeader, Run | Machines>} */
function createMachines(root, { walk }) {
  const light = theLight();
  /** @type {Machines} */
  let machines = later;
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {(ctx: Ctx<MachinesHeader>) => Drawn[]} */
  const assemble = (ctx) => {
    const own = () => machines;
    const graphs = ["one", "other"].map((name, of) => createGraph(part(name), ctx, light, { of, machines: own }));
    return walk ? [...graphs, createStrip(part("strip"), ctx, light, own), createTransport(part("transport"), ctx)] : graphs;
  };
  const viewer = createViewer(root, assemble);
  const keys = walk ? keyboard(root, viewer.ctx) : () => {};
  return {
    show(header, come, { dark, setTriggerValue }) {
      // By their names: what another part of the document has unpacked is of that part's own classes.
      const { machines: told, ...runs } = /** @type {{ machines: Machines } & Record<string, any>} */ (come);
      machines = told;
      viewer.show(header, runs, { words: header.words, language: header.language, dark }, setTriggerValue);
    },
    refresh: viewer.refresh,
    leave() {
      keys();
      viewer.leave();
    },
  };
}
