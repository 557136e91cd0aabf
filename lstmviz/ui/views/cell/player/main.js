// The cell player: puts the parts together, and keeps them in step. Streamlit calls the default function at each rerun.

import { createMount } from "../../../parts/common/mount.js";
import { fill } from "../../../parts/common/words.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createRun } from "../../../parts/run/run.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createDiagram } from "./diagram.js";
import { createLetters } from "./letters.js";
import { createPanel } from "./panel.js";
import { createSave, openSaved } from "./save.js";

// saved: in a saved file, what was seen when it was saved, and who is told what is in it.
const mount = createMount({ root: ".player", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create: createPlayer });
export default mount;

function createPlayer(root) {
  const markup = root.outerHTML;
  const viewer = createViewer(root, (ctx) => {
    Object.assign(ctx, { markup, bytes: null });
    ctx.sides = (now) => sides(ctx, now);
    ctx.hidden = (now) => now.guessing && !now.revealed;
    ctx.veil = (now) => (ctx.hidden(now) ? "present" : now.guessing ? "future" : null);
    // A plain network's phases 2 and 3 are one: its activation is its new state.
    ctx.phases = (run) => (run.cell.startsWith("rnn") ? [1, 2, 4] : [1, 2, 3, 4]);
    ctx.settled = () => (ctx.header.notices = [...ctx.header.notices, ...refusals(ctx)]);
    const part = (name, create) => create(root.querySelector(`[data-part=${name}]`), ctx);
    const transport = part("transport", createTransport);
    ctx.looks = () => ({ ...ctx.state.get(), phase: transport.phase });
    return [
      part("run", createRun), // first: text on a canvas makes the browser bring all styles up to date, cheap before others draw
      part("letters", createLetters),
      part("diagram", createDiagram),
      transport,
      part("panel", createPanel),
      part("save", createSave),
    ];
  });
  const { ctx } = viewer;
  const keys = keyboard(root, ctx);
  return {
    show(header, runs, { data, language = header.language, dark, saved, setTriggerValue }) {
      const { words, titles, ...texts } = header.languages[language];
      for (const [name, run] of Object.entries(runs)) run.title = titles[name];
      ctx.bytes = data;
      viewer.show({ ...header, ...texts, saved: Boolean(saved) }, runs, { words, language, dark }, setTriggerValue);
      saved?.shown(header);
      if (saved?.seen) ctx.state.set(saved.seen);
    },
    refresh: viewer.refresh,
    leave() {
      keys();
      viewer.leave();
    },
  };
}

// The networks on display, side by side: each with its run, the snapshot of the epoch chosen, and, where it was changed from
// outside, the run before that (or, while that is shown, the changed one) as `other`.
function sides({ header, runs: { first, changed, second } }, now) {
  const e = first.snapshot(now.epoch);
  const shown = changed && now.show !== "before" ? changed : first;
  const found = [{ of: "first", run: shown, e, other: changed ? (shown === changed ? first : changed) : null }];
  if (second) found.push({ of: "second", run: second, e: second.snapshot(header.second.epoch ?? now.epoch), other: null });
  return found;
}

// A sentence for each thing that the URL asked for and is not there.
function refusals({ header, refused, runs: { first }, words }) {
  const sentences = refused.map(([name, asked, low, high]) => fill(words[`player_${name}`], { asked, first: low, last: high, units: high }));
  // The dashboard says so above the player.
  if (header.saved && first.diverged !== null) sentences.push(fill(words.player_diverged, { epoch: first.diverged }));
  return sentences;
}
