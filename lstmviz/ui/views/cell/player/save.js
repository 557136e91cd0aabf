// The player as one HTML file: its own script, styles and data in it, so that it works from a disk, without a server.

import { nodeOf } from "../../../parts/common/nodes.js";
import { phrase } from "../../../parts/common/words.js";

/** @import { PlayerHeader, PlayerCall, Player, Said } from "./main.js" */

/** @param {HTMLElement} root @param {Player} ctx */
export function createSave(root, ctx) {
  const button = document.createElement("button");
  button.type = "button";
  const note = document.createElement("span");
  button.addEventListener("click", async () => {
    const { pattern, cell, seed } = ctx.runs.first;
    offer(await file(ctx), `lstmviz ${pattern} ${cell} ${seed}.html`);
  });
  root.append(button, note);
  return {
    draw() {},
    refresh() {
      root.hidden = Boolean(ctx.header.saved);
      button.textContent = ctx.words.save_button ?? "";
      note.textContent = ctx.words.save_note ?? "";
    },
  };
}

/** @type {(ctx: Player) => Promise<Blob>} */
async function file({ bytes, markup, root, state, header }) {
  const source = await (await fetch(import.meta.url)).text();
  const { t, epoch, unit, quantity, of, phase, span, lines, show } = state.get();
  const seen = { t, epoch, unit, quantity, of, phase, span, lines, show };
  const home = root.getRootNode();
  const style = home instanceof ShadowRoot ? nodeOf(home, "style").textContent : "";
  const page = `<!doctype html>
<html lang="${root.lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lstmviz</title>
<style>
:root { color-scheme: light; --st-background-color: #ffffff; --st-text-color: #1d2433; }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; --st-background-color: #0f1420; --st-text-color: #e6e9f2; } }
body { margin: 0; padding: 1rem 1.5rem 2rem; background: var(--st-background-color); color: var(--st-text-color);
  font: 15px/1.4 Inter, Pretendard, "Noto Sans KR", "Noto Sans CJK KR", system-ui, sans-serif; --st-font: inherit; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; margin-bottom: 0.8rem; }
h1 { font-size: 1.3rem; margin: 0; }
header span, header button { font: inherit; font-size: 0.8rem; color: inherit; padding: 0.1rem 0.6rem; border-radius: 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); background: none; }
header button[aria-pressed="true"] { border-color: light-dark(#2f5bea, #8fa8ff); font-weight: 650; }
header nav { margin-left: auto; display: flex; gap: 0.3rem; }
@media (max-width: 600px) { body { padding: 0.8rem; } }
</style>
<header><h1></h1><nav></nav></header>
<div id="player"></div>
<template id="markup"><style>${style}</style>${markup}</template>
<script type="application/json" id="seen">${JSON.stringify(seen).replaceAll("<", "\\u003c")}<\/script>
<script type="text/plain" id="data">${base64(bytes)}<\/script>
<script type="module">
${source}
openSaved(mount, ${JSON.stringify(header.language)});
<\/script>
</html>
`;
  return new Blob([page], { type: "text/html" });
}

/** @type {(blob: Blob, name: string) => void} */
function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[\\/:*?"<>|]/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @type {(bytes: Uint8Array) => string} */
function base64(bytes) {
  let text = "";
  for (let k = 0; k < bytes.length; k += 0x8000) text += String.fromCharCode(...bytes.subarray(k, k + 0x8000));
  return btoa(text);
}

// In the saved file: what the page of the dashboard does there.
/** @type {(mount: (call: PlayerCall) => Promise<unknown>, language: string) => void} */
export function openSaved(mount, language) {
  /** @type {(id: string) => string} */
  const text = (id) => nodeOf(document, `#${id}`).textContent ?? "";
  const data = Uint8Array.from(atob(text("data")), (char) => char.charCodeAt(0));
  const parentElement = nodeOf(document, "#player").attachShadow({ mode: "open" });
  const markup = nodeOf(document, "#markup");
  if (markup instanceof HTMLTemplateElement) parentElement.append(markup.content.cloneNode(true));
  let seen = JSON.parse(text("seen"));
  /** @type {(code: string) => Promise<void>} */
  const show = async (code) => {
    /** @type {PlayerCall["saved"]} */
    const saved = { seen, shown: (header) => head(header, code, show) };
    await mount({ data, parentElement, setTriggerValue() {}, language: code, saved });
    seen = null; // from then on the player keeps what is seen
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(document.documentElement.lang));
  show(language);
}

/** @type {(header: PlayerHeader, code: string, show: (code: string) => void) => void} */
function head({ languages }, code, show) {
  const { words, chips, badge } = languages[code];
  document.documentElement.lang = code;
  document.title = `${words.save_title} · lstmviz`;
  nodeOf(document, "h1").textContent = words.save_title;
  const [header, nav] = [nodeOf(document, "header"), nodeOf(document, "header nav")];
  for (const old of header.querySelectorAll("span, nav button")) old.remove();
  for (const [name, value] of [...chips, ["", badge[1]]]) {
    const chip = document.createElement("span");
    chip.append(...phrase(`${name ? "{name} " : ""}**{value}**`, { name, value }));
    header.insertBefore(chip, nav);
  }
  for (const [other, name] of [["en", "English"], ["ko", "한국어"]]) {
    const button = document.createElement("button");
    button.textContent = name;
    button.lang = other;
    button.setAttribute("aria-pressed", String(other === code));
    button.addEventListener("click", () => show(other));
    nav.append(button);
  }
}
