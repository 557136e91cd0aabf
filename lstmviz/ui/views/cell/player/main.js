// The cell player: puts the parts together, and keeps them in step. Streamlit calls the default function at each rerun.

import { createMount, later } from "../../../parts/common/mount.js";
import { nodeOf } from "../../../parts/common/nodes.js";
import { fill } from "../../../parts/common/words.js";
import { Run } from "../../../parts/run/data.js";
import { keyboard } from "../../../parts/run/keys.js";
import { createRun } from "../../../parts/run/run.js";
import { createStepsTable } from "../../../parts/run/steps_table.js";
import { createTransport } from "../../../parts/run/transport.js";
import { createViewer } from "../../../parts/run/viewer.js";
import { createDiagram } from "./diagram/diagram.js";
import { createLetters } from "./letters.js";
import { createPanel } from "./panel/panel.js";
import { createSave, openSaved } from "./save.js";

/**
 * @import { Call, Instance } from "../../../parts/common/mount.js"
 * @import { Words } from "../../../parts/common/words.js"
 * @import { State } from "../../../parts/run/state.js"
 * @import { Ctx, Drawn, Header, Side } from "../../../parts/run/viewer.js"
 *
 * What the player says in one language (`_said` of `view.py`).
 * @typedef {object} Said
 * @property {Words} words
 * @property {Record<"first" | "changed" | "second", string | null>} titles of the networks
 * @property {[name: string, value: string][]} chips
 * @property {[kind: string, text: string]} badge
 * @property {Action[]} actions other networks worth a look
 *
 * @typedef {{ label: string, changes: Record<string, string> }} Action
 *
 * What `show` of `view.py` says beside what every part is told of a run.
 * @typedef {object} PlayerSays
 * @property {Record<string, Said>} languages by their codes
 * @property {{ text: string }[]} changes what was changed from outside, as the URL writes it
 * @property {{ key: string, text: string, at: number | null }[]} presets changes worth trying; at: where they show
 * @property {({ cell: string, hidden: string, seed: string, epoch: number | null }) | null} second the network beside, and the
 *   epoch at which it stands; null in step
 * @property {string[]} notices sentences above the player
 * @typedef {Header & PlayerSays} PlayerHeader
 *
 * @typedef {PlayerHeader & Omit<Said, "words" | "titles">} ShownHeader the header with what is said in the language of who reads
 *
 * What the parts of the player share beside what all share that look at a run: what came, the markup to begin with, and whether
 * a text is guessed.
 * @typedef {Ctx<ShownHeader> & { bytes: Call["data"], markup: string, toggleGuessing: () => void }} Player
 *
 * In a saved file, what was seen when it was saved, and who is told what is in it.
 * @typedef {{ seen: Partial<State> | null, shown: (header: PlayerHeader) => void }} Saved
 * @typedef {Call & { saved?: Saved }} PlayerCall
 */

// saved: in a saved file, what was seen when it was saved, and who is told what is in it.
const mount = createMount({ root: ".player", make: (bytes) => new Run(bytes), keep: Run.KEPT, unpacked: Run.unpacked, create: createPlayer });
export default mount;

/** @type {("first" | "changed" | "second")[]} */
const NAMES = ["first", "changed", "second"];

/** @type {(root: HTMLElement) => Instance<PlayerHeader, Run, PlayerCall>} */
function createPlayer(root) {
  const markup = root.outerHTML;
  /** @type {Player} */
  let ctx = later;
  /** @type {(bare: Ctx<ShownHeader>) => Drawn[]} */
  const assemble = (bare) => {
    ctx = Object.assign(bare, { markup, bytes: later, toggleGuessing: () => {} });
    ctx.sides = (now) => sides(ctx, now);
    ctx.hidden = (now) => now.guessing && !now.revealed;
    ctx.veil = (now) => (ctx.hidden(now) ? "present" : now.guessing ? "future" : null);
    // A plain network's phases 2 and 3 are one: its activation is its new state.
    ctx.phases = (run) => (run.cell.startsWith("rnn") ? [1, 2, 4] : [1, 2, 3, 4]);
    ctx.settled = () => (ctx.header.notices = [...ctx.header.notices, ...refusals(ctx)]);
    /** @type {<T>(name: string, create: (root: HTMLElement, ctx: Player) => T) => T} */
    const part = (name, create) => create(nodeOf(root, `[data-part=${name}]`), ctx);
    const transport = part("transport", createTransport);
    ctx.looks = () => ({ ...ctx.state.get(), phase: transport.phase });
    return [
      part("run", createRun), // first: text on a canvas makes the browser bring all styles up to date, cheap before others draw
      part("letters", createLetters),
      part("diagram", createDiagram),
      transport,
      part("table", createStepsTable),
      part("panel", createPanel),
      part("save", createSave),
    ];
  };
  const viewer = createViewer(root, assemble);
  const keys = keyboard(root, ctx);
  return {
    show(header, runs, { data, language = header.language, dark, saved, setTriggerValue }) {
      const { words, titles, ...texts } = header.languages[language];
      for (const name of NAMES) if (runs[name]) runs[name].title = titles[name] ?? "";
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
/** @type {(ctx: Player, now: State) => Side[]} */
function sides({ header, runs: { first, changed, second } }, now) {
  const e = first.snapshot(now.epoch);
  const shown = changed && now.show !== "before" ? changed : first;
  /** @type {Side[]} */
  const found = [{ of: "first", run: shown, e, other: changed ? (shown === changed ? first : changed) : null }];
  if (second) found.push({ of: "second", run: second, e: second.snapshot(header.second?.epoch ?? now.epoch), other: null });
  return found;
}

// A sentence for each thing that the URL asked for and is not there.
/** @type {(ctx: Player) => string[]} */
function refusals({ header, refused, runs: { first }, words }) {
  const sentences = refused.map(([name, asked, low, high]) => fill(words[`player_${name}`], { asked, first: low, last: high, units: high }));
  // The dashboard says so above the player.
  if (header.saved && first.diverged !== null) sentences.push(fill(words.player_diverged, { epoch: first.diverged }));
  return sentences;
}
