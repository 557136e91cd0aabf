// TRY: places of this run, other networks, and changes worth making, each one press away.

import { setShown, setText, tag } from "../../../../parts/common/nodes.js";
import { fill, lone } from "../../../../parts/common/words.js";
import { readAt } from "../../../../parts/run/labels.js";
import { predictionOf, strongest, twinOf } from "./reading.js";
import { fillChips, lookAt, push, section } from "./nodes.js";

/**
 * @import { Run } from "../../../../parts/run/data.js"
 * @import { State } from "../../../../parts/run/state.js"
 * @import { Player } from "../main.js"
 * @import { Edits } from "../changes/edits.js"
 */

/** @param {Player} ctx @param {Edits} edits */
export function createTry(ctx, edits) {
  const state = ctx.state;
  const hint = tag("p", { class: "quiet" });
  const twin = push("", () => lookAt(ctx, { t: Number(twin.dataset.t) }));
  const voter = push("", () => lookAt(ctx, { quantity: "h", unit: Number(voter.dataset.unit), of: "first" }));
  const training = push("", () => state.set({ epoch: Number(training.dataset.epoch) }));
  const guess = push("", () => ctx.toggleGuessing());
  const places = tag("div", { class: "chips" }, twin, voter, training, guess);
  const presets = tag("div", { class: "chips" });
  const networks = tag("div", { class: "chips" });
  const { root, heading } = section("try", hint, places, presets, networks);

  // A change that begins at a step is looked at where it shows.
  /** @type {(made: { text: string, at: number | null }) => void} */
  function tryChange({ text, at }) {
    if (at !== null && !edits.has(text)) state.set({ t: ctx.runs.first.clamp(at), playing: false });
    edits.toggle(text);
  }

  return {
    root,
    /** @param {State} now */
    draw(now) {
      const { words, runs } = ctx;
      const { run, e } = ctx.sides(now)[0];
      const other = run.isPattern ? twinOf(run, now.t) : null;
      setShown(twin, other !== null);
      const letter = lone(readAt(run, now.t));
      if (other !== null) setText(twin, fill(words.panel_try_twin, { letter, t: other }));
      twin.dataset.t = String(other);
      const { best } = run.ofNumbers ? strongest(run, e, now.t, 0) : predictionOf(run, e, now.t, runs.first);
      const there = now.of === "first" && now.quantity === "h" && now.unit === best;
      setShown(voter, !ctx.hidden(now) && best !== undefined && !there && run.units > 1);
      if (best !== undefined) setText(voter, fill(words.panel_try_voter, { unit: best + 1 }));
      voter.dataset.unit = String(best);
      const trained = e > 0;
      const epoch = trained ? runs.first.epochs[0] : runs.first.epochs[runs.first.epochs.length - 1];
      setShown(training, runs.first.epochs.length > 1);
      setText(training, fill(trained ? words.panel_try_untrained : words.panel_try_trained, { epoch }));
      training.dataset.epoch = String(epoch);
      setShown(guess, run.foretells);
      setText(guess, words.panel_try_guess);
      guess.setAttribute("aria-pressed", String(now.guessing));
    },
    refresh() {
      const { header, words, runs } = ctx;
      setText(heading, words.panel_try);
      setText(hint, runs.first.isPattern ? words.panel_try_keys : runs.first.ofNumbers ? words.panel_try_keys_numbers : words.panel_try_keys_sequence);
      setShown(presets, !header.saved && header.presets.length > 0);
      setShown(networks, !header.saved && header.actions.length > 0);
      if (header.saved) return;
      /** @type {[label: string, made: { text: string, at: number | null }][]} */
      const made = header.presets.map((preset) => [words[`preset_${preset.key}`], preset]);
      fillChips(presets, made, tryChange);
      /** @type {(chip: Element, k: number) => void} */
      const press = (chip, k) => chip.setAttribute("aria-pressed", String(edits.has(made[k][1].text)));
      Array.from(presets.children).forEach(press);
      const others = header.actions.filter(({ changes }) => !isHere(changes, runs.first));
      /** @type {[label: string, changes: Record<string, string>][]} */
      const ways = others.map(({ label, changes }) => [label, changes]);
      fillChips(networks, ways, (changes) => edits.ask({ experiment: changes }));
    },
  };
}

// Whether an experiment is the one on display, as far as it says what it is.
/** @type {(changes: Record<string, string>, run: Run) => boolean} */
export function isHere(changes, run) {
  /** @type {Record<string, string>} */
  const here = { cell: run.cell, hidden: String(run.units), task: run.pattern, seed: String(run.seed) };
  return Object.entries(changes).every(([name, value]) => here[name] === value);
}
