// The ten probabilities, each a bar with its number; and behind them those without any row covered.

import { partNode, setAttribute, setShown, setText } from "../../../../parts/common/nodes.js";
import { exact } from "../../../../parts/common/numbers.js";
import { fill } from "../../../../parts/common/words.js";
import { CLASSES, rowOf } from "../answers.js";
import { percentText } from "./shares.js";
import { largestOf } from "./pixels.js";

const LEAST = 0.015; // of a bar, to be seen at all

/** @param {HTMLElement} root @param {import("../main.js").Ctx} ctx */
export function createBars(root, ctx) {
  const list = partNode("div", "digits_bars_list", root);
  list.setAttribute("role", "list");
  const note = partNode("span", "digits_bars_key", root);
  const bars = Array.from({ length: CLASSES }, (_, digit) => {
    const bar = partNode("div", "digits_bar", list);
    bar.setAttribute("role", "listitem");
    setText(partNode("b", "", bar), String(digit));
    const track = partNode("span", "digits_track", bar);
    const [full, ghost] = ["digits_fill", "digits_ghost"].map((name) => partNode("i", name, track));
    return { bar, full, ghost, number: partNode("span", "digits_number", bar) };
  });
  let shown = "";

  return {
    refresh() {
      shown = "";
    },
    /** @param {import("../main.js").State} now */
    draw({ row, network }) {
      const key = `${ctx.version} ${row} ${network}`;
      if (key === shown) return;
      shown = key;
      const all = ctx.answers.probabilities(network);
      const plain = ctx.answers.uncovered(network);
      const values = all && rowOf(all, row);
      const before = plain && rowOf(plain, row);
      const most = values ? largestOf(values, CLASSES) : -1;
      setAttribute(list, "aria-label", ctx.words.bars);
      setText(note, ctx.words.bars_covered);
      note.classList.toggle("none", !before); // it keeps its room
      bars.forEach(({ bar, full, ghost, number }, digit) => {
        const value = values ? values[digit] : 0;
        bar.classList.toggle("most", digit === most);
        full.style.transform = `scaleX(${value})`;
        setShown(ghost, before !== null && before[digit] >= LEAST);
        if (before) ghost.style.width = `${100 * before[digit]}%`;
        setText(number, values ? percentText(value) : "–");
        const said = values ? { digit, share: percentText(value), before: before ? percentText(before[digit]) : "" } : null;
        bar.title = values ? exact(value) : "";
        const sentence = before ? ctx.words.bar_before : ctx.words.bar;
        setAttribute(bar, "aria-label", said ? fill(sentence, said) : String(digit));
      });
    },
  };
}
