// What is on the pad, for others: a link to it, which the address is, and a picture.

import { penOf, setText, tag } from "../../../../parts/common/nodes.js";
import { offer } from "./collect.js";
import { drawingText } from "./linked.js";
import { SIDE, paintDrawing } from "./strokes.js";

/** @import { Ctx, State } from "../main.js" */

/** @param {HTMLElement} root @param {Ctx} ctx @param {() => void} write puts the drawing into the URL at once */
export function createShare(root, ctx, write) {
  const { state } = ctx;
  /** @type {(click: () => void) => HTMLButtonElement} */
  const button = (click) => tag("button", { type: "button", class: "digits_link", click });
  const link = button(() => {
    ctx.finish();
    write();
    const told = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("no clipboard"));
    told.then(() => state.set({ shared: "copied" }), () => state.set({ shared: "by_hand" }));
  });
  const picture = button(() => {
    ctx.finish();
    pictureOf(ctx).then((blob) => blob && offer(blob, "lstmviz digit.png"));
  });
  const note = tag("span", { class: "digits_shared", role: "status" });
  root.append(link, picture, note);
  return {
    refresh() {
      setText(link, ctx.words.share_link);
      setText(picture, ctx.words.share_picture);
    },
    /** @param {State} now */
    draw({ drawing, shared }) {
      const blank = ctx.blank();
      const long = !blank && drawingText(drawing) === null && drawing.acts.some(({ kind }) => kind === "stroke");
      picture.disabled = blank;
      link.disabled = blank || long;
      const { words } = ctx;
      const says = { copied: words.share_copied, by_hand: words.share_by_hand, refused: words.share_refused };
      setText(note, shared ? says[shared] : long ? words.share_long : "");
    },
  };
}

// Dark on white, as on paper.
/** @type {(ctx: Ctx) => Promise<Blob | null>} */
function pictureOf({ state, answers }) {
  const [ink, paper] = [0, 1].map(() => Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }));
  paintDrawing(penOf(ink), state.get().drawing, answers.samples);
  const pen = penOf(paper);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.drawImage(ink, 0, 0);
  return new Promise((done) => paper.toBlob(done, "image/png"));
}
