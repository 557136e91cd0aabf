// A few choices side by side, of which one is pressed. Buttons, not radio buttons: arrow keys are the time's.

import { partNode, setAttribute, setText } from "./nodes.js";

export function choiceOf(parent, pick) {
  const group = partNode("div", "choice", parent);
  const label = partNode("span", "choice_label", group);
  const row = partNode("div", "choice_row", group);
  group.setAttribute("role", "group");
  let buttons = [];
  return {
    group,
    // options: [value, text, title]; the buttons stay the same ones, so that the focus stays too.
    offer(name, options, shown = name) {
      setText(label, shown);
      label.hidden = !shown;
      group.setAttribute("aria-label", name);
      while (buttons.length > options.length) buttons.pop().remove();
      while (buttons.length < options.length) buttons.push(choiceButton(row, pick));
      options.forEach(([value, text, title], k) => {
        buttons[k].choice = value;
        setText(buttons[k], text);
        buttons[k].title = title ?? "";
      });
    },
    press(value) {
      for (const button of buttons) setAttribute(button, "aria-pressed", String(button.choice === value));
    },
  };
}

function choiceButton(row, pick) {
  const button = partNode("button", "", row);
  button.type = "button";
  button.addEventListener("click", () => pick(button.choice));
  return button;
}
