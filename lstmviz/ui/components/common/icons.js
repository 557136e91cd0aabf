// The pictures on the buttons: no font and no emoji is the same everywhere.

import { svgNode } from "./svg.js";

const SHAPES = {
  first: "M4 4v8M12.5 4 7 8l5.5 4z",
  back: "M10.5 4 5 8l5.5 4z",
  play: "M5.5 3.5 12 8l-6.5 4.5z",
  pause: "M5 4h1.6v8H5zM9.4 4H11v8H9.4z",
  forward: "M5.5 4 11 8l-5.5 4z",
  last: "M12 4v8M3.5 4 9 8l-5.5 4z",
};

export function buttonIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.replaceChildren(svgNode("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }));
  svgNode("path", { d: SHAPES[name] }, button.firstChild);
}

// A name for who hears it, the same with its key as a hint for who points at it.
export function buttonName(button, name) {
  if (button.title === name) return;
  button.title = name;
  button.setAttribute("aria-label", name);
}
