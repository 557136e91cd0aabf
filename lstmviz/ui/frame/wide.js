// What is wider than its place and scrolls sideways says so above, where that can be: a finger has no scroll bar to see.
if (!document.documentElement.dataset.wide) {
  document.documentElement.dataset.wide = "told";
  const OUTSIDE = '.paper_table, .strip, .timing, .notes, .parameters, .text_cases, .figure_numbers div, .st-key-grammar_wide, [class*="st-key-timing_wide"], '
    + '[class*="st-key-wide_"], .st-key-observations [data-testid="stMarkdownContainer"]';
  const WITHIN = ".variables_table, .backward_flow, .folded_table div"; // parts
  const NEAR = 8; // pixels that nobody misses

  /** @type {() => string} */
  const word = () => document.querySelector("[data-wide-word]")?.getAttribute("data-wide-word") ?? "↔";
  /** @type {() => Element[]} */
  const places = () => {
    const parts = Array.from(document.querySelectorAll('[data-testid^="stBidiComponent"]'), ({ shadowRoot }) => Array.from(shadowRoot?.querySelectorAll(WITHIN) ?? []));
    return [...Array.from(document.querySelectorAll(OUTSIDE)), ...parts.flat()];
  };
  const look = () => {
    for (const place of places()) {
      const wide = place.clientWidth > 0 && place.scrollWidth > place.clientWidth + NEAR;
      if (!wide) place.removeAttribute("data-scrolls");
      else if (place.getAttribute("data-scrolls") !== word()) place.setAttribute("data-scrolls", word());
    }
  };
  let asked = 0;
  const soon = () => {
    clearTimeout(asked);
    asked = setTimeout(look, 300); // once the page stands
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  addEventListener("resize", soon);
  addEventListener("click", soon, true); // what is folded may be opened within a part
  soon();
}
