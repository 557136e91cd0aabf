// How a part comes onto a page, and leaves it. Streamlit calls a part's default function, which is made here, at each rerun.

import { unpackParts } from "./bytes.js";
import { nodeOf } from "./nodes.js";
import { isDark } from "./scales.js";

/**
 * @import { Bytes } from "./bytes.js"
 *
 * What Streamlit calls a part with.
 * @typedef {object} Call
 * @property {Bytes} data what `join` of `lstmviz/packing.py` made: a header, with `language`, and parts by name
 * @property {ParentNode} parentElement where the part's markup is
 * @property {(name: string, value: unknown) => void} setTriggerValue tells the server something, once
 * @property {string} [language] of who reads, where that is not the server's to say, as in a saved file
 */

/**
 * A part where it is shown.
 * @template Header, Unpacked
 * @template {Call} [C=Call]
 * @typedef {object} Instance
 * @property {(header: Header, parts: Record<string, Unpacked>, call: C & { dark: boolean }) => void} show draws what came: at
 *   each rerun, and whenever `listen` hears more. The root has its language and its class `dark` by then
 * @property {() => void} refresh lays it out anew, since the root is as wide as it was not before; never before `show`
 * @property {() => void} leave ends what goes on beyond the root: listeners elsewhere, clocks, subscriptions
 */

/**
 * What a part does not have before it is first shown, and does not ask for before.
 * @type {any}
 */
export const later = null;

/**
 * The default function of a part, by what differs from part to part.
 * @template {{ language: string }} Header what Streamlit brings
 * @template Unpacked
 * @template {{ language: string }} [Shown=Header] what is shown, where `listen` hears more
 * @template {Call} [C=Call]
 * @param {object} about
 * @param {string} about.root selects the part's own element in its markup. All that is done to it is undone by putting a
 *   fresh copy in its place, when the page is left
 * @param {(bytes: Bytes) => Unpacked} about.make makes a part of its bytes, once as long as it is kept: what came
 *   before is the same object again
 * @param {number} about.keep how many parts are kept: those on display, and some that were
 * @param {Map<string, Unpacked>} [about.unpacked] where they are kept, by digest, if not only for this part
 * @param {(root: HTMLElement, header: Header) => Instance<Shown, Unpacked, C>} about.create called when a page is entered.
 *   What is to live on when it is left is the caller's own, by `header.key` or for good
 * @param {(header: Header, parts: Record<string, Unpacked>, show: (header: Shown, parts: Record<string, Unpacked>) => void) =>
 *   () => void} [about.listen]
 *   for a part that is not shown when it is called, but when it hears something: calls `show` then, any number of times;
 *   returns what ends that
 * @returns {(call: C) => Promise<() => void>} resolves to what Streamlit is to call when the page is left
 */
export function createMount({ root: selector, make, keep, create, listen = atOnce, unpacked = new Map() }) {
  /** @type {WeakMap<ParentNode, ReturnType<typeof enter>>} */
  const instances = new WeakMap(); // by where they are shown
  /** @type {WeakMap<ParentNode, number>} */
  const turns = new WeakMap(); // how often each place was asked to show something

  return async function mount(call) {
    const { data, parentElement } = call;
    const turn = (turns.get(parentElement) ?? 0) + 1;
    turns.set(parentElement, turn);
    // What it shows is not yet what it was told, for who waits for that.
    nodeOf(parentElement, selector).dataset.unpacking = "";
    /** @type {{ header: Header, parts: Record<string, Unpacked> }} */
    const { header, parts } = await unpackParts(data, unpacked, keep, make);
    // Streamlit calls again before an earlier call has ended, and then cleans up after the earlier one.
    if (turns.get(parentElement) !== turn) return () => {};
    const node = nodeOf(parentElement, selector); // which may be another by now
    delete node.dataset.unpacking;
    const instance = instances.get(parentElement) ?? enter(node, header);
    instances.set(parentElement, instance);
    instance.take(header, parts, call);
    return () => {
      instances.delete(parentElement);
      instance.leave();
    };
  };

  /** @param {HTMLElement} root @param {Header} first */
  function enter(root, first) {
    const bare = root.cloneNode(true); // to begin anew with
    const instance = create(root, first);
    let hangUp = () => {};
    let shown = false;
    let width = 0; // the height changes with every sentence, and nothing is laid out by it
    // On a projector or not: that comes as a style sheet of the page, which may be later than this part, and changes its width.
    const takePlace = () => root.classList.toggle("projector", getComputedStyle(root).getPropertyValue("--projector") === "1");
    const resized = new ResizeObserver(([{ contentRect }]) => {
      takePlace();
      if (contentRect.width === width) return;
      width = contentRect.width;
      if (shown) instance.refresh();
    });
    resized.observe(root);

    /** @type {() => void} */
    let again = () => {}; // shows what was shown last
    // The theme is chosen in the menu, which calls no part: its ground takes the new colour by a transition, and that is told.
    root.addEventListener("transitionend", ({ target }) => {
      if (target === root && isDark(root) !== root.classList.contains("dark")) again();
    });

    /** @type {(header: Shown, parts: Record<string, Unpacked>, call: C) => void} */
    const show = (header, parts, call) => {
      again = () => show(header, parts, call);
      const dark = isDark(root);
      root.classList.toggle("dark", dark);
      takePlace();
      root.lang = call.language ?? header.language;
      shown = true;
      instance.show(header, parts, { ...call, dark });
      root.dataset.ready = String(Number(root.dataset.ready ?? 0) + 1); // how often it was shown, for who waits for it
    };
    return {
      /** @type {(header: Header, parts: Record<string, Unpacked>, call: C) => void} */
      take(header, parts, call) {
        hangUp();
        hangUp = listen(header, parts, (heard, come) => show(heard, come, call));
      },
      leave() {
        hangUp();
        instance.leave();
        resized.disconnect();
        root.replaceWith(bare);
      },
    };
  }
}

/** @type {(header: any, parts: any, show: (header: any, parts: any) => void) => () => void} */
const atOnce = (header, parts, show) => {
  show(header, parts);
  return () => {};
};
