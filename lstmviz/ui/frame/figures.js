// Each figure of plotly gets a name, and below it, folded away, the table of its numbers. Both are made here, of what plotly
// has drawn, the table when it is opened: no rerun costs more for them. Streamlit takes a script for markup, and out, in which
// a letter follows on "<".
if (!document.documentElement.dataset.figures) {
  document.documentElement.dataset.figures = "told";
  const MOST = 400; // rows of a table

  /**
   * What plotly holds of a figure that it has drawn.
   * @typedef {{ title?: { text?: string }, tickvals?: unknown[], ticktext?: string[] }} Axis
   * @typedef {{ name?: string, type: string, visible: boolean | string, showlegend?: boolean, opacity?: number, marker?: { opacity?: number },
   *   x?: unknown[], y?: unknown[], z?: number[][], xaxis?: string, yaxis?: string }} Trace
   * @typedef {HTMLElement & { _fullData?: Trace[], _fullLayout?: { [name: string]: Axis } }} Figure
   */

  /** @type {(text: string | undefined) => string} */
  const plain = (text) => (text ?? "").replace(/\x3cbr[^>]*>/g, " ").replace(/\x3c[^>]*>/g, "").trim();
  /** @type {() => string[]} */
  const words = () => JSON.parse(document.querySelector("[data-figure-words]")?.getAttribute("data-figure-words") ?? '["The numbers", "…"]');
  /** @type {(figure: Figure, id: string | undefined, side: "x" | "y") => Axis} */
  const axisOf = (figure, id, side) => figure._fullLayout?.[`${side}axis${(id ?? side).slice(1)}`] ?? {};
  // plotly's own placeholders stand where a title was not given.
  /** @type {(axis: Axis, side: string) => string} */
  const titleOf = ({ title }, side) => (plain(title?.text).startsWith("Click to enter") ? "" : plain(title?.text)) || side;
  /** @type {(figure: Figure) => Trace[]} */
  const tracesOf = (figure) => (figure._fullData ?? []).filter(({ visible, marker, z, x }) => visible === true && (z || x) && marker?.opacity !== 0);

  // The heading above it, and what its axes say.
  /** @type {(figure: Figure) => string} */
  function nameOf(figure) {
    const headings = Array.from(document.querySelectorAll("[data-testid=stMain] :is(h1, h2)"));
    const before = headings.filter((one) => one.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING && !one.closest(".st-key-what_why_try"));
    const first = tracesOf(figure)[0];
    const axes = /** @type {const} */ (["y", "x"]).map((side) => titleOf(axisOf(figure, first?.[`${side}axis`], side), ""));
    return [before[before.length - 1]?.textContent?.trim(), axes.filter(Boolean).join(" / ")].filter(Boolean).join(": ");
  }

  /** @type {(value: unknown, axis?: Axis) => string} */
  function written(value, { tickvals, ticktext } = {}) {
    const at = ticktext && tickvals ? Array.from(tickvals).indexOf(value) : -1;
    if (ticktext && at >= 0) return plain(ticktext[at]);
    return typeof value === "number" ? (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "") : plain(String(value ?? ""));
  }

  /** @type {(figure: Figure) => string[][]} */
  function rowsOf(figure) {
    const traces = tracesOf(figure);
    const first = /** @type {const} */ (["x", "y"]).map((side) => titleOf(axisOf(figure, traces[0]?.[`${side}axis`], side), side));
    const rows = [["", ...first, ...(traces.some(({ z }) => z) ? ["="] : [])]];
    for (const trace of traces) {
      const { x = [], y = [], z } = trace;
      const [across, up] = [axisOf(figure, trace.xaxis, "x"), axisOf(figure, trace.yaxis, "y")];
      const name = plain(trace.name).replace(/^trace \d+$/, "");
      if (!z) for (let k = 0; k < x.length; k++) rows.push([name, written(x[k], across), written(y[k], up)]);
      else Array.from(z).forEach((line, row) => Array.from(line).forEach((value, column) => {
        rows.push([name, written(x[column] ?? column, across), written(y[row] ?? row, up), written(value)]);
      }));
    }
    return rows;
  }

  /** @type {(figure: Figure, place: HTMLElement) => void} */
  function writeTable(figure, place) {
    const [head, ...rows] = rowsOf(figure);
    const table = document.createElement("table");
    table.createCaption().textContent = nameOf(figure);
    const top = table.createTHead().insertRow();
    for (const text of head) top.append(Object.assign(document.createElement(text ? "th" : "td"), { textContent: text, scope: "col" }));
    const body = table.createTBody();
    for (const row of rows.slice(0, MOST)) {
      const line = body.insertRow();
      for (const text of row) line.insertCell().textContent = text;
    }
    place.replaceChildren(table);
    if (rows.length > MOST) place.append(Object.assign(document.createElement("p"), { textContent: words()[1].replace("{shown}", String(MOST)).replace("{rows}", String(rows.length)) }));
  }

  /** @type {(figure: Figure) => void} */
  function tell(figure) {
    const name = nameOf(figure);
    if (figure.getAttribute("aria-label") !== name) {
      figure.setAttribute("role", "img");
      figure.setAttribute("aria-label", name);
    }
    const home = figure.closest("[data-testid=stElementContainer]");
    if (!home || home.querySelector(":scope > .figure_numbers")) return;
    const folded = document.createElement("details");
    folded.className = "figure_numbers";
    const summary = document.createElement("summary");
    const place = document.createElement("div");
    place.tabIndex = 0; // it scrolls
    folded.append(summary, place);
    folded.addEventListener("toggle", () => {
      const now = home.querySelector(".js-plotly-plot");
      if (folded.open && now instanceof HTMLElement) writeTable(now, place);
    });
    home.append(folded);
    sayIn(folded);
  }

  /** @type {(folded: Element) => void} */
  function sayIn(folded) {
    const summary = folded.querySelector("summary");
    if (summary && summary.textContent !== words()[0]) summary.textContent = words()[0];
  }

  const look = () => {
    document.querySelectorAll(".js-plotly-plot").forEach((figure) => figure instanceof HTMLElement && tell(figure));
    document.querySelectorAll(".figure_numbers").forEach(sayIn);
  };
  let asked = 0;
  const soon = () => {
    clearTimeout(asked);
    asked = setTimeout(look, 250); // once the page stands
  };
  new MutationObserver((changes) => {
    const own = changes.every(({ target }) => target instanceof Element && target.closest(".figure_numbers"));
    if (!own) soon();
  }).observe(document.body, { childList: true, subtree: true });
  soon();
}
