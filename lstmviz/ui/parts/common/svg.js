// Nodes of SVG, made by hand.

const SVG = "http://www.w3.org/2000/svg";

export function svgNode(name, attributes = {}, parent = null) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}
