// The wire to the server. `wire.js` beside the page's view is its other end, a part by itself: Streamlit sends a part's scripts along with
// all that it tells it, and the reader's would be nine tenths of every answer.

import { unpackAnswer } from "./answers.js";

const wire = (globalThis.lstmvizDigits ??= { last: null, hear: null }); // last: the newest answer, and how to ask again

export const sendByWire = (message) => wire.last?.send(message);

// hear: called with header and parts of the answer that is there, and of each that comes; of those, the newest alone.
export function listenToWire(hear) {
  let turn = 0;
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
