// A few choices side by side, of which one is pressed. Buttons, not radio buttons: arrow keys are the time's.

import { partNode, setAttribute, setText } from "./nodes.js";

/**
 * @template T
 * @typedef {object} Choice
 * @property {HTMLElement} group
 * @property {(name: string, options: [value: T, text: string, title?: string][], shown?: string) => void} offer
 * @property {(value: T) => void} press
 */

/** @template T @param {HTMLElement} parent @param {(value: T) => void} pick @returns {Choice<T>} */
export function choiceOf(parent, pick) {
  const group = partNode("div", "choice", parent);
  const label = partNode("span", "choice_label", group);
  const row = partNode("div", "choice_row", group);
  group.setAttribute("role", "group");
  /** @type {{ button: HTMLButtonElement, value: T | undefined }[]} */
  const buttons = [];
  return {
    group,
    // options: [value, text, title]; the buttons stay the same ones, so that the focus stays too.
    offer(name, options, shown = name) {
      setText(label, shown);
      label.hidden = !shown;
      group.setAttribute("aria-label", name);
      while (buttons.length > options.length) buttons.pop()?.button.remove();
      while (buttons.length < options.length) buttons.push(choiceButton(row, pick));
      options.forEach(([value, text, title], k) => {
        const { button } = Object.assign(buttons[k], { value });
        setText(button, text);
        button.title = title ?? "";
      });
    },
    press(value) {
      for (const one of buttons) setAttribute(one.button, "aria-pressed", String(one.value === value));
    },
  };
}

/** @template T @param {HTMLElement} row @param {(value: T) => void} pick */
function choiceButton(row, pick) {
  /** @type {{ button: HTMLButtonElement, value: T | undefined }} */
  const one = { button: partNode("button", "", row), value: undefined };
  one.button.type = "button";
  one.button.addEventListener("click", () => one.value !== undefined && pick(one.value));
  return one;
}
