/** The bank's question inside a page: tells that page how it ended, and only that page. */
const parameters = new URLSearchParams(window.location.search);
const parentOrigin = document.body.dataset.parent || parameters.get("parent");
const tell = (message) => window.parent.postMessage(message, parentOrigin);

if (parentOrigin && window.parent !== window) {
  if (document.body.dataset.answered) tell({ type: "answered" });
  document.getElementById("close")?.addEventListener("click", () => tell({ type: "closed" }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell({ type: "closed" });
  });
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== parentOrigin) return;
    if (event.data.type === "focus") document.querySelector("button")?.focus();
  });
  const height = () => Math.ceil(document.documentElement.getBoundingClientRect().height);
  new ResizeObserver(() => tell({ type: "resize", height: height() })).observe(document.body);
  tell({ type: "loaded" });
}
