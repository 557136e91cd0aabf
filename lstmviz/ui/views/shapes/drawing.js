// The drawing comes as SVG that is ready to be shown; Streamlit's own HTML element would take the SVG out of it.
/**
 * @param {{ data: { key: string, drawing: string }, parentElement: ParentNode }} call what `view.py` draws, and a key by which it is known again
 */
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".shapes");
  if (!(place instanceof HTMLElement)) return;
  if (place.dataset.drawn === data.key) return; // a tensor that has the focus keeps it
  place.dataset.drawn = data.key;
  place.innerHTML = data.drawing;
}
