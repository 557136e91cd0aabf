// What a network has learned of the last pattern: its predictions snapshot by snapshot, and the notes' view of some of these.

import { createMount } from "../../../parts/common/mount.js";
import { Run } from "../../../parts/run/data.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createLearned } from "./learned.js";
import { createMoments } from "./moments.js";

export default createMount({ root: ".learned", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create });

function create(root) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const viewer = createViewer(root, (ctx) => [createLearned(part("learned"), ctx), createMoments(part("moments"), ctx)]);
  return {
    show: (header, runs, { dark }) => viewer.show(header, runs, { words: header.words, language: header.language, dark }),
    refresh: viewer.refresh,
    leave: viewer.leave,
  };
}
