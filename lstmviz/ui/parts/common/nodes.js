// Elements, how they are made, and changed only where they differ, so that a screen reader
// need not look again and the page need not be laid out again.

// An element. Properties that are functions are listeners, the others attributes; null leaves one out.
export function tag(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// An element of a class at the end of another.
export function partNode(name, className = "", parent = null) {
  const element = tag(name, { class: className || null });
  parent?.append(element);
  return element;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

// A button that can do nothing now hands the focus on: without it, keys would be lost on the page.
export function setDisabled(button, disabled, next) {
  if (disabled && button.matches(":focus")) next.focus({ preventScroll: true });
  button.disabled = disabled;
}

// A canvas of a size in CSS pixels, drawn in the pixels of the screen; its context, cleared.
export function sizedCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
