// Small pieces of the page for the run panel and the transport.

export function partNode(tag, className = "", parent = null) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  parent?.append(made);
  return made;
}

// Text is put in only where it differs: a screen reader need not look again, and the page need not be laid out again.
export function putText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function putAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// A few choices side by side, of which one is pressed. Buttons, not radio buttons: arrow keys are the time's.
export function choiceOf(parent, pick) {
  const group = partNode("div", "run_choice", parent);
  const label = partNode("span", "run_choice_label", group);
  const row = partNode("div", "run_choice_row", group);
  group.setAttribute("role", "group");
  let buttons = [];
  return {
    group,
    // options: [value, text, title]; the buttons stay the same ones, so that the focus stays too.
    offer(name, options, shown = name) {
      putText(label, shown);
      label.hidden = !shown;
      group.setAttribute("aria-label", name);
      while (buttons.length > options.length) buttons.pop().remove();
      while (buttons.length < options.length) buttons.push(choiceButton(row, pick));
      options.forEach(([value, text, title], k) => {
        buttons[k].choice = value;
        putText(buttons[k], text);
        buttons[k].title = title ?? "";
      });
    },
    press(value) {
      for (const button of buttons) putAttribute(button, "aria-pressed", String(button.choice === value));
    },
  };
}

function choiceButton(row, pick) {
  const button = partNode("button", "", row);
  button.type = "button";
  button.addEventListener("click", () => pick(button.choice));
  return button;
}

// A canvas of a size in CSS pixels, drawn in the pixels of the screen; its context, cleared.
export function sizedCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
