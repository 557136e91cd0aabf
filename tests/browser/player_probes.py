"""What the tests of the cell player run in the page, to move it and to read what it shows."""

from tests.browser.conftest import FRAMES

MOVE = f"""async (root, places) => {{
    for (const [id, value] of Object.entries(places)) {{
        const input = root.querySelector(`#${{id}}`);
        input.value = value;
        input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }}
    {FRAMES}
}}"""
# Everything that the diagrams say in numbers, one entry a network.
SHOWN = """(root) => {
    const all = (node, selector, get) => Array.from(node.querySelectorAll(selector), get);
    const text = (node, name) => node.querySelector(`.diagram_bar_${name}`).textContent;
    return all(root, ".diagram_side", (side) => ({
        vectors: all(side, ".diagram_vector", (vector) => ({
            ...vector.dataset,
            numbers: all(vector, ".diagram_number", (one) => one.textContent),
            labels: all(vector, ".diagram_square", (one) => one.getAttribute("aria-label")),
            fills: all(vector, ".diagram_square", (one) => one.getAttribute("fill")),
        })),
        bars: all(side, ".diagram_bar", (bar) => ({
            letter: text(bar, "letter"), logit: text(bar, "logit"), probability: text(bar, "number"),
            mark: text(bar, "mark"), label: bar.querySelector(".diagram_hit").getAttribute("aria-label"),
        })),
    }));
}"""
PIN = f"""async (root, [side, quantity, unit]) => {{
    const network = root.querySelectorAll(".diagram_side")[side];
    const vector = network.querySelector(`[data-quantity="${{quantity}}"]:is([data-when="after"], [data-when="now"])`);
    const of = quantity === "logits" ? network.querySelectorAll(".diagram_hit") :
        (network.querySelector(`[data-quantity="${{quantity}}"][data-when="after"]`) ?? vector)
            .querySelectorAll(".diagram_square");
    of[unit].dispatchEvent(new MouseEvent("click", {{ bubbles: true, composed: true }}));
    {FRAMES}
}}"""
SUM = r"""(root) => ({
    title: root.querySelector(".sum-title").textContent,
    value: root.querySelector(".sum-value").textContent,
    exact: root.querySelector(".sum-value").title,
    rows: Array.from(root.querySelectorAll(".sum-row"), (row) => ({
        term: row.querySelector(".term").textContent,
        factors: row.querySelector(".factors").textContent,
        amount: row.querySelector(".amount").textContent,
        exact: row.querySelector(".amount [title]").title.match(/([^= ]+)(\n|$)/)[1],
        kind: row.className.replace("sum-row", "").trim(),
    })),
})"""
LISTEN = """() => {
    window.__ran = 0;
    const app = document.querySelector('[data-testid="stApp"]');
    const note = () => { window.__ran += app.getAttribute('data-test-script-state') === 'running'; };
    new MutationObserver(note).observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
}"""
SELECTED = r"""(root) => ({
    framed: Array.from(root.querySelectorAll(".diagram_vector"), (vector) => {
        const frame = vector.querySelector(".diagram_pinned");
        if (frame.getAttribute("visibility") !== "visible") return null;
        const squares = Array.from(vector.querySelectorAll(".diagram_square"));
        const middle = Number(frame.getAttribute("y")) + 2;
        const unit = squares.findLastIndex((square) => Number(square.getAttribute("y")) <= middle);
        return [vector.dataset.quantity, unit];
    }).filter(Boolean),
    letters: Array.from(root.querySelectorAll(".diagram_bar"), (bar) => bar.querySelector(".pinned") &&
        ["logits", bar.querySelector(".diagram_bar_letter").textContent]).filter(Boolean),
    title: root.querySelector(".sum-title").textContent,
    says: root.querySelector(".run_says").textContent,
    current: root.querySelector(".letters_cell.now").getAttribute("aria-label"),
})"""
