// A link is followed once what was typed before it has been sent: Streamlit sends a field's last change by a timer, which
// on a busy machine comes after the click, belongs to the page that is being left by then, and leads back to it.
if (!document.documentElement.dataset.links) {
  document.documentElement.dataset.links = "patient";
  /** @type {Element | null} */
  let followed = null;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-testid=stPageLink] a") : null;
    if (!(link instanceof HTMLElement) || link === followed || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => { // timers of one length come in their order
      followed = link;
      link.click();
      followed = null;
    });
  }, true);
}
