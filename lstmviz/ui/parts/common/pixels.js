// Numbers as small squares on a canvas: one pixel a number, to be drawn large without smoothing.

const scratch = { canvas: null, pen: null, image: null, pixels: null };

// A canvas of this size with its pen, its image, and the image's pixels as numbers; one for all, used and left at once.
export function pixelScratch(width, height) {
  scratch.canvas ??= document.createElement("canvas");
  if (scratch.image?.width !== width || scratch.image?.height !== height) {
    Object.assign(scratch.canvas, { width, height });
    scratch.pen = scratch.canvas.getContext("2d", { willReadFrequently: true });
    scratch.image = scratch.pen.createImageData(width, height);
    scratch.pixels = new Uint32Array(scratch.image.data.buffer);
  }
  return scratch;
}
