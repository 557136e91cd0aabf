// The notes' two pictures: gates, and what they make. They move in time and over the training, in the browser alone.

import { createMount } from "../../../parts/common/mount.js";
import { nodeOf, setText } from "../../../parts/common/nodes.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createRun } from "../../../parts/run/run.js";
import { LARGE } from "../../../parts/run/run_layout.js";
import { createStepsTable } from "../../../parts/run/steps_table.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createInUrl } from "./in_url.js";
import { createLooks, rowsOf } from "./looks.js";
import { createPictures } from "./pictures.js";

/**
 * @import { Instance } from "../../../parts/common/mount.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx, Drawn, Header } from "../../../parts/run/viewer.js"
 */

export default createMount({ root: ".gates", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create: createGates });

/** @type {(root: HTMLElement) => Instance<Header, Run>} */
function createGates(root) {
  /** @type {(name: string) => HTMLElement} */
  const part = (name) => nodeOf(root, `[data-part=${name}]`);
  /** @type {(ctx: Ctx) => Drawn[]} */
  const assemble = (ctx) => {
    const inUrl = createInUrl(ctx);
    const looks = createLooks(part("looks"), ctx);
    const pictures = createPictures(part("pictures"), ctx, looks);
    const look = () => ({ span: rowsOf(ctx), lines: true });
    const lines = createRun(part("lines"), ctx, { bar: false, look, sizes: LARGE });
    /** @param {State} state */
    const shown = ({ drawn }) => (drawn === "lines" ? lines : pictures);
    /** @type {Drawn | null} */
    let before = null; // which of the two was drawn last
    return [
      inUrl,
      looks,
      {
        draw(now) {
          setText(part("how"), howSays(ctx.runs.first, shown(now) === lines, ctx.words));
          part("pictures").hidden = shown(now) !== pictures;
          part("lines").hidden = shown(now) !== lines;
          if (shown(now) !== before) shown(now).refresh(); // out of sight it has no size
          before = shown(now);
          before.draw(now);
        },
        refresh() {
          before = null;
        },
      },
      createTransport(part("transport"), ctx),
      createStepsTable(part("table"), ctx),
    ];
  };
  const viewer = createViewer(root, assemble);
  const keys = keyboard(root, viewer.ctx);
  return {
    show: (header, runs, { dark, setTriggerValue }) =>
      viewer.show(header, runs, { words: header.words, language: header.language, dark }, setTriggerValue),
    refresh: viewer.refresh,
    leave() {
      keys();
      viewer.leave();
    },
  };
}

// How the pictures are to be read.
/** @type {(run: Run, lines: boolean, words: import("../../../parts/common/words.js").Words) => string} */
function howSays({ isPattern, ofNumbers }, lines, words) {
  if (ofNumbers) return lines ? words.gates_how_lines_numbers : words.gates_how_numbers;
  return lines ? words.gates_how_lines : isPattern ? words.gates_how_squares : words.gates_how_sequence;
}
