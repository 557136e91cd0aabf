// Over the rows: in which order they are read, the gradient, and which layer's quantity is shown.

import { choiceOf } from "../../../../parts/common/choice.js";
import { partNode, setAttribute, setShown, setText } from "../../../../parts/common/nodes.js";
import { QUANTITIES_OF, quantityOf } from "./gates.js";

/** @type {import("../answers.js").Order[]} */
const ORDERS = ["rows", "columns", "upside_down"];

/** @param {HTMLElement} root @param {import("../main.js").Ctx} ctx */
export function createChoices(root, ctx) {
  const { state } = ctx;
  /** @type {import("../../../../parts/common/choice.js").Choice<import("../answers.js").Order>} */
  const order = choiceOf(root, (value) => state.get().order !== value && ctx.change({ order: value, covered: [] }));
  const overlay = partNode("button", "digits_toggle", root);
  overlay.type = "button";
  overlay.addEventListener("click", () => state.set({ overlay: !state.get().overlay }));
  /** @type {import("../../../../parts/common/choice.js").Choice<import("../answers.js").Layer>} */
  const layer = choiceOf(root, (value) => state.set({ layer: value }));
  /** @type {import("../../../../parts/common/choice.js").Choice<string>} */
  const quantity = choiceOf(root, (value) => state.set({ quantity: value }));
  quantity.group.classList.add("digits_quantities");
  let offered = "";

  return {
    refresh() {
      const { words } = ctx;
      order.offer(words.order, ORDERS.map((one) => [one, words[`order_${one}`], words[`order_about_${one}`]]));
      layer.offer(words.layer, [[0, "1"], [1, "2"]]);
      setText(overlay, words.gradient);
      overlay.title = words.gradient_about;
      offered = "";
    },
    /** @param {import("../main.js").State} now */
    draw(now) {
      const { words } = ctx;
      if (offered !== now.network) {
        offered = now.network;
        const names = QUANTITIES_OF[now.network];
        quantity.offer(words.quantity, names.map((one) => [one, one, words[`quantity_${one}`]]), "");
        const buttons = quantity.group.querySelectorAll("button");
        names.forEach((one, k) => buttons[k].style.setProperty("--identity", ctx.palette.identity[one]));
        setShown(quantity.group, names.length > 1);
      }
      order.press(now.order);
      layer.press(now.layer);
      quantity.press(quantityOf(now));
      setAttribute(overlay, "aria-pressed", String(now.overlay));
    },
  };
}
