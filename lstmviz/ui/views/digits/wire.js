// The server's end of the wire to the digit reader (`reader/wire.js`): hands over answers, and what is asked.

import { sharedAs } from "../../parts/common/shared.js";

/** @param {{ data: import("../../parts/common/bytes.js").Bytes, setStateValue: (name: string, value: unknown) => void }} call */
export default function ({ data, setStateValue }) {
  /** @type {import("./reader/wire.js").Wire} */
  const wire = sharedAs("lstmvizDigits", () => ({ last: null, hear: null }));
  /** @type {import("./reader/wire.js").WireAnswer} */
  const answer = { data, send: (message) => setStateValue("drawing", message) };
  wire.last = answer;
  wire.hear?.(answer);
  return () => {
    if (wire.last === answer) wire.last = null;
  };
}
