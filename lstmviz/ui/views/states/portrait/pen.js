// Strokes of a pen on a canvas.

/** @type {(pen: CanvasRenderingContext2D, x: number, y: number, u: number, v: number) => void} */
export function line(pen, x, y, u, v) {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(u, v);
  pen.stroke();
}

/** @type {(pen: CanvasRenderingContext2D, at: [number, number, number], radius: number, fill: string | null) => void} */
export function circle(pen, [x, y, near], radius, fill) {
  pen.beginPath();
  pen.arc(x, y, radius * (0.6 + 0.4 * near), 0, 2 * Math.PI);
  if (fill === null) return pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
}

/** @type {(pen: CanvasRenderingContext2D, from: [number, number, number], to: [number, number, number]) => void} */
export function arrowTo(pen, [x, y], [u, v]) {
  line(pen, x, y, u, v);
  const length = Math.hypot(u - x, v - y);
  if (length < 5) return;
  const [a, b] = [(u - x) / length, (v - y) / length];
  pen.beginPath();
  pen.moveTo(u - 5 * a + 2.5 * b, v - 5 * b - 2.5 * a);
  pen.lineTo(u, v);
  pen.lineTo(u - 5 * a - 2.5 * b, v - 5 * b + 2.5 * a);
  pen.stroke();
}
