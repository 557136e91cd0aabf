// How the picture is looked at: which numbers of the state, coloured by what, with which of its layers. One store for all
// pictures of the document; the browser remembers what does not depend on the network.

import { sharedAs } from "../../../parts/common/shared.js";
import { createStore, remember, restored } from "../../../parts/common/store.js";

/**
 * @import { Run } from "../../../parts/run/data.js"
 *
 * @typedef {object} Look
 * @property {string} plane the numbers of the state that are seen, as "0,1", or "pca2", "pca3"
 * @property {"letter" | "label"} by what the colours tell
 * @property {number} map 0 for a whole pattern, which a sequence has not, k for the letter k - 1, -1 for no arrows
 * @property {boolean} basins
 * @property {boolean} sequences whether the states of other sequences of the task are seen too
 * @property {boolean} ghost whether the untrained network is seen too
 * @property {boolean} more whether the choices that are rarely made are shown
 * @property {Float64Array | null} held the state whose numbers hold where they are not seen; null for that of the selected step
 * @property {number} trail how many patterns before the selected step are joined; 0 for none
 * @property {{ state: Float64Array, run: Run, e: number } | null} start where a path begins that was asked for
 * @property {import("./frame.js").Turn} turn
 */

const NAME = "lstmviz.portrait";
const KEPT_LOOKS = { by: ["letter", "label"], basins: [true, false], sequences: [true, false], ghost: [true, false], trail: [0, 1, 3], more: [true, false] };

export function theLook() {
  return sharedAs("lstmvizPortrait", () => {
    /** @type {Look} */
    const first = { plane: "", by: "label", map: 0, basins: false, sequences: true, ghost: false, trail: 1, more: false, held: null, start: null, turn: { yaw: 0.6, pitch: 0.5 } };
    const look = createStore({ ...first, ...restored(NAME, KEPT_LOOKS) });
    look.subscribe((now) => remember(NAME, KEPT_LOOKS, now));
    return look;
  });
}
