// What the colours of a scale mean: what they show, and a strip of them between the ends of its range.

import { partNode } from "./nodes.js";
import { rampOf, rangeText } from "./scales.js";

/** @type {(parent: HTMLElement, name: string, scale: import("./scales.js").Scale, about?: string) => void} */
export function scaleKey(parent, name, scale, about = "") {
  const [low, high] = scale.low === 0 ? ["0", rangeText(scale).slice(2)] : ["−", "+"].map((sign) => sign + rangeText(scale).slice(1));
  const box = partNode("span", "scale_key", parent);
  partNode("b", "", box).textContent = name;
  partNode("span", "", box).textContent = low;
  partNode("i", "", box).style.background = rampOf(scale);
  partNode("span", "", box).textContent = high;
  box.title = about;
}
