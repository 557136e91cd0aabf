// Numbers as small squares on a canvas: one pixel a number, to be drawn large without smoothing.

import { penOf } from "./nodes.js";

/** @type {{ canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, image: ImageData, pixels: Uint32Array } | null} */
let scratch = null;

// A canvas of this size with its pen, its image, and the image's pixels as numbers; one for all, used and left at once.
/** @type {(width: number, height: number) => NonNullable<typeof scratch>} */
export function pixelScratch(width, height) {
  if (scratch?.image.width !== width || scratch.image.height !== height) {
    const canvas = scratch?.canvas ?? document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const pen = penOf(canvas, { willReadFrequently: true });
    const image = pen.createImageData(width, height);
    scratch = { canvas, pen, image, pixels: new Uint32Array(image.data.buffer) };
  }
  return scratch;
}
