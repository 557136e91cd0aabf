// A number above 0, given by its log10, as the pages print it: "0.25", "3.1·10⁻⁸"; "0" for -∞. `figures/gradients.py` has the
// same rule.
/** @type {(log10: number) => string} */
export function strength(log10) {
  if (log10 === -Infinity) return "0";
  if (!Number.isFinite(log10)) return log10 > 0 ? "∞" : "NaN";
  const plain = (10 ** log10).toPrecision(3);
  if (log10 >= -3 && log10 < 3 && !plain.includes("e")) return String(Number(plain));
  const power = Math.floor(log10);
  const digits = Number((10 ** (log10 - power)).toPrecision(2));
  const [shown, raised] = digits === 10 ? [1, power + 1] : [digits, power];
  return raised ? `${shown}·${decade(raised)}` : String(shown);
}

// A power of ten: "10⁻³".
/** @type {(power: number) => string} */
export function decade(power) {
  const raised = Array.from(String(power), (one) => (one === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(one)])).join("");
  return power === 0 ? "1" : `10${raised}`;
}
