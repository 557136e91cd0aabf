// Numbers as the pages write them.

// A value as the pages print it: three decimals, fewer for large ones. `figures/theme.py` has the same rule.
/** @type {(value: number) => string} */
export function number(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const digits = size < 10 ? 3 : size < 100 ? 2 : 1;
  const plain = size < 0.0005 ? 0 : value; // what rounds to 0 has no sign
  const text = size < 1e5 ? plain.toFixed(digits) : value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2");
  return text.replaceAll("-", "−");
}

// The same behind a sign: in brackets if it has one of its own, "0.566 × (−0.002)".
/** @type {(value: number) => string} */
export const operand = (value) => number(value).replace(/^−.*$/, "($&)");

// A share in percent with one decimal; what that would round to nothing or to all is said to be less or more.
// `figures/theme.py` has the same rule.
/** @type {(value: number) => string} */
export function shareText(value) {
  if (!Number.isFinite(value)) return number(value);
  if (value === 0 || value === 1) return `${100 * value}%`;
  if (value > 0 && value < 0.0005) return "< 0.1%";
  if (value < 1 && value >= 0.9995) return "> 99.9%";
  return `${points(value)}%`;
}

// What an array of a run holds: a probability in percent, anything else as a number.
/** @type {(array: string, value: number) => string} */
export const valueText = (array, value) => (array === "probabilities" ? shareText(value) : number(value));

// A difference of shares in percentage points.
/** @type {(value: number) => string} */
export const points = (value) => (Number.isFinite(value) ? (100 * value).toFixed(1).replace(/^-(?=0\.0$)/, "").replace("-", "−") : number(value));

// All digits that a number of 32 bits has.
/** @type {(value: number) => string} */
export const exact = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(7))).replaceAll("-", "−") : number(value));

// A loss, in nats; `none` where it is no finite number.
/** @type {(loss: number | null, none: string) => string} */
export function lossText(loss, none) {
  if (loss === null || !Number.isFinite(loss)) return none;
  return loss >= 1e-4 && loss < 1e4 ? loss.toFixed(4) : loss.toExponential(1).replace("+", "");
}

/** @type {(count: number) => string} */
export const wholeText = (count) => count.toLocaleString("en-US");
