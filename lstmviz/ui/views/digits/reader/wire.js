// The wire to the server. `wire.js` beside the page's view is its other end, a part by itself: Streamlit sends a part's scripts along with
// all that it tells it, and the reader's would be nine tenths of every answer.

import { sharedAs } from "../../../parts/common/shared.js";
import { unpackAnswer } from "./answers.js";

/**
 * @import { Bytes } from "../../../parts/common/bytes.js"
 * @import { Answer, Parts } from "./answers.js"
 *
 * An answer of the server, and how to ask it again.
 * @typedef {{ data: Bytes, send: (message: object) => void }} WireAnswer
 * @typedef {{ last: WireAnswer | null, hear: ((answer: WireAnswer) => void) | null }} Wire
 */

/** @type {Wire} */
const wire = sharedAs("lstmvizDigits", () => ({ last: null, hear: null })); // last: the newest answer, and how to ask again

/** @type {(message: object) => void} */
export const sendByWire = (message) => wire.last?.send(message);

// hear: called with header and parts of the answer that is there, and of each that comes; of those, the newest alone.
/** @type {(hear: (header: Answer, parts: Parts) => void) => () => void} */
export function listenToWire(hear) {
  let turn = 0;
  /** @type {(answer: WireAnswer) => Promise<void>} */
  const take = async ({ data }) => {
    const mine = ++turn;
    const { header, parts } = await unpackAnswer(data);
    if (mine === turn && wire.hear === take) hear(header, parts);
  };
  wire.hear = take;
  if (wire.last) take(wire.last);
  return () => {
    if (wire.hear === take) wire.hear = null;
  };
}
