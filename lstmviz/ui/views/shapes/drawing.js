// The drawing comes as SVG that is ready to be shown; Streamlit's own HTML element would take the SVG out of it.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".shapes");
  if (place.dataset.drawn === data.key) return; // a tensor that has the focus keeps it
  place.dataset.drawn = data.key;
  place.innerHTML = data.drawing;
}
