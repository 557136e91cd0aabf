// Elements, how they are made, and changed only where they differ, so that a screen reader
// need not look again and the page need not be laid out again.

// An element. Properties that are functions are listeners, the others attributes; null leaves one out.
/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number | boolean | null | ((event: any) => void)>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function tag(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

// An element of a class at the end of another.
/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [className]
 * @param {ParentNode | null} [parent]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function partNode(name, className = "", parent = null) {
  const element = tag(name, { class: className || null });
  parent?.append(element);
  return element;
}

// Two canvases, one over the other: what is drawn seldom, and over it what moves, which is the picture for who cannot see it.
/** @type {(parent: ParentNode, under: string, over: string) => [under: HTMLCanvasElement, over: HTMLCanvasElement]} */
export function canvasPair(parent, under, over) {
  const [below, above] = [partNode("canvas", under, parent), partNode("canvas", over, parent)];
  below.setAttribute("aria-hidden", "true");
  above.setAttribute("role", "img");
  return [below, above];
}

// What has the focus among the nodes of a part; null if none of them has.
/** @type {(root: HTMLElement) => HTMLElement | SVGElement | null} */
export function focusOf(root) {
  const home = root.getRootNode();
  const found = home instanceof Document || home instanceof ShadowRoot ? home.activeElement : null;
  return found instanceof HTMLElement || found instanceof SVGElement ? found : null;
}

/** @type {(node: Node, text: string) => void} */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @type {(node: Element, name: string, value: string) => void} */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** @type {(element: HTMLElement, shown: boolean) => void} */
export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

// A button that can do nothing now hands the focus on: without it, keys would be lost on the page.
/** @type {(button: HTMLButtonElement, disabled: boolean, next: HTMLElement) => void} */
export function setDisabled(button, disabled, next) {
  if (disabled && button.matches(":focus")) next.focus({ preventScroll: true });
  button.disabled = disabled;
}

// What draws on a canvas: there is none only where the canvas has one of another kind.
/** @type {(canvas: HTMLCanvasElement, settings?: CanvasRenderingContext2DSettings) => CanvasRenderingContext2D} */
export function penOf(canvas, settings) {
  const pen = canvas.getContext("2d", settings);
  if (!pen) throw new TypeError("This canvas cannot be drawn on.");
  return pen;
}

// An element that a part's own markup is known to have.
/** @type {(root: ParentNode, selector: string) => HTMLElement} */
export function nodeOf(root, selector) {
  const node = root.querySelector(selector);
  if (!(node instanceof HTMLElement)) throw new TypeError(`There is no ${selector}.`);
  return node;
}

// A canvas of a size in CSS pixels, drawn in the pixels of the screen; its context, cleared.
/** @type {(canvas: HTMLCanvasElement, width: number, height: number) => CanvasRenderingContext2D} */
export function sizedCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = penOf(canvas);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
