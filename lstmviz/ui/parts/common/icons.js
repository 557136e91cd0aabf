// The pictures on the buttons: no font and no emoji is the same everywhere.

import { svgNode } from "./svg.js";

const SHAPES = {
  first: "M4 4v8M12.5 4 7 8l5.5 4z",
  back: "M10.5 4 5 8l5.5 4z",
  play: "M5.5 3.5 12 8l-6.5 4.5z",
  pause: "M5 4h1.6v8H5zM9.4 4H11v8H9.4z",
  forward: "M5.5 4 11 8l-5.5 4z",
  last: "M12 4v8M3.5 4 9 8l-5.5 4z",
  pen: "M3 13l.8-3.2L10.6 3l2.4 2.4-6.8 6.8zM9 4.6 11.4 7",
  eraser: "M2.8 9.6 9 3.4l4.2 4.2-5 5H5.6zM5.6 6.8l4.2 4.2M8.2 12.6h5",
  undo: "M6 3.5 3 6.5l3 3M3.2 6.5h6.3a3.3 3.3 0 0 1 0 6.6H6",
  redo: "M10 3.5l3 3-3 3M12.8 6.5H6.5a3.3 3.3 0 0 0 0 6.6H10",
  clear: "M3.5 4.5h9M6.5 4.5v-1.6h3v1.6M4.7 4.5l.6 8.6h5.4l.6-8.6M6.9 7v3.8M9.1 7v3.8",
};

/** @type {(button: HTMLButtonElement, name: keyof typeof SHAPES) => void} */
export function buttonIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  const picture = svgNode("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  svgNode("path", { d: SHAPES[name] }, picture);
  button.replaceChildren(picture);
}

// A name for who hears it, the same with its key as a hint for who points at it.
/** @type {(button: HTMLButtonElement, name: string) => void} */
export function buttonName(button, name) {
  if (button.title === name) return;
  button.title = name;
  button.setAttribute("aria-label", name);
}
