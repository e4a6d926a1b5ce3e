// What a reader has chosen, in the address: `#view?key=value&key=value`. A link with it shows the same.

const listeners = [];

function readState() {
  const [view, query = ""] = location.hash.slice(1).split("?");
  return { view, choices: new URLSearchParams(query) };
}

/** A choice, or what stands for none. */
function choice(key, otherwise = "") {
  return readState().choices.get(key) ?? otherwise;
}

/** Makes choices; an empty one is none. */
function choose(changes, view = null) {
  const state = readState();
  for (const [key, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === false) state.choices.delete(key);
    else state.choices.set(key, String(value));
  }
  const query = state.choices.toString();
  history.replaceState(null, "", `#${view ?? state.view}${query === "" ? "" : `?${query}`}`);
  listeners.forEach((listener) => listener());
}

/** Goes to the view of the address, which a browser finds by itself only without choices. */
function goToView() {
  const { view, choices } = readState();
  const target = document.getElementById(view);
  if (target && choices.size > 0 && view !== "") target.scrollIntoView();
  listeners.forEach((listener) => listener());
}

/** Links into the page keep the choices that are not their own. */
function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [view, query = ""] = link.getAttribute("href").slice(1).split("?");
    const target = document.getElementById(view);
    if (!target) return;
    event.preventDefault();
    choose(Object.fromEntries(new URLSearchParams(query)), view);
    target.scrollIntoView();
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  });
  addEventListener("hashchange", goToView);
}
