// What all views share: elements, numbers, tables that sort, pictures to pick from, the theme.

/** An element with attributes and children; a text becomes a text and nothing else. */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** An element of a picture. */
function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The mark of a model, as the page has it already. */
function markOf(group) {
  const found = document.querySelector(`#outcomes tr:nth-child(${group + 1}) .swatch`);
  return found ? found.cloneNode(true) : el("span");
}

function significant(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const digits = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits);
}

function seconds(value) {
  if (value === null || !Number.isFinite(value)) return "–";
  if (value === 0) return "0 s";
  if (value < 1e-3) return `${significant(value * 1e6)} µs`;
  if (value < 1) return `${significant(value * 1e3)} ms`;
  return value < 600 ? `${significant(value)} s` : `${significant(value / 60)} min`;
}

const percent = (share) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const counted = (many, noun) => `${many.toLocaleString("en")} ${noun}${many === 1 ? "" : "s"}`;

/** Says something to those who listen. */
function announce(text) {
  document.getElementById("status").textContent = text;
}

const UNITS = { "µs": 1e-6, ms: 1e-3, s: 1, min: 60 };

/** What a cell is sorted by: its number with its unit, else its text. */
function sortKey(cell) {
  const text = (cell.querySelector("b") ?? cell).textContent.trim().replaceAll(",", "").replace("−", "-");
  const found = /^[<+]?\s*(-?[\d.]+(?:e-?\d+)?)\s*(µs|ms|s|min)?/.exec(text);
  return found ? Number(found[1]) * (UNITS[found[2]] ?? 1) : text === "–" ? null : text;
}

function compareKeys(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
}

/** Puts buttons into the headings of tables, which sort their lines. */
function sortTables() {
  document.querySelectorAll("table.sortable").forEach((table, index) => {
    table.querySelectorAll("thead th:not([data-fixed])").forEach((heading) => {
      const column = [...heading.parentElement.children].indexOf(heading);
      const button = el("button", { type: "button" }, ...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const isAscending = heading.getAttribute("aria-sort") === "descending" || !heading.hasAttribute("aria-sort") && !heading.classList.contains("num");
        choose({ [`sort${index}`]: `${column}${isAscending ? "a" : "d"}` });
      });
    });
    listeners.push(() => sortTable(table, choice(`sort${index}`)));
  });
}

function sortTable(table, wanted) {
  if (table.dataset.sorted === wanted || (wanted === "" && !table.dataset.sorted)) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.forEach((row, place) => (row.dataset.place ??= place));
  const column = Number.parseInt(wanted, 10);
  const sign = wanted.endsWith("d") ? -1 : 1;
  const keys = new Map(rows.map((row) => [row, wanted === "" ? Number(row.dataset.place) : sortKey(row.cells[column])]));
  rows.sort((a, b) => {
    const [left, right] = [keys.get(a), keys.get(b)];
    const order = compareKeys(left, right);
    return (left === null || right === null ? order : sign * order) || a.dataset.place - b.dataset.place;
  });
  body.append(...rows);
  table.dataset.sorted = wanted;
  table.querySelectorAll("thead th").forEach((heading, place) => {
    if (wanted !== "" && place === column) heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    else heading.removeAttribute("aria-sort");
  });
}

/** Shows one of several pictures at a time, and buttons to pick another. */
function pickPictures() {
  document.querySelectorAll(".picks").forEach((picks) => {
    const figures = [...picks.querySelectorAll(":scope > .pick")];
    if (figures.length < 2) return;
    const key = picks.dataset.pick;
    const buttons = figures.map((figure) =>
      el("button", { type: "button", onclick: () => choose({ [key]: figure.dataset.id }) }, figure.dataset.name));
    picks.prepend(el("div", { class: "pickers", role: "group", "aria-label": picks.dataset.label }, picks.dataset.label, ...buttons));
    listeners.push(() => {
      const wanted = choice(key, figures[0].dataset.id);
      const shown = Math.max(0, figures.findIndex((figure) => figure.dataset.id === wanted));
      figures.forEach((figure, place) => {
        figure.hidden = place !== shown;
        buttons[place].setAttribute("aria-pressed", String(place === shown));
      });
    });
  });
}

/** The theme: the system's, until the reader chooses another. */
function offerThemes() {
  const button = document.getElementById("theme");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (choice("theme") === "" ? system.matches : choice("theme") === "dark");
  const show = () => {
    root.classList.toggle("dark", choice("theme") === "dark");
    root.classList.toggle("light", choice("theme") === "light");
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
  };
  button.hidden = false;
  button.addEventListener("click", () => choose({ theme: isDark() ? "light" : "dark" }));
  system.addEventListener("change", show);
  listeners.push(show);
}

/** Marks the view that is being read in the navigation. */
function followReading() {
  const links = new Map([...document.querySelectorAll(".links a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    entries.forEach((entry) => (entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id)));
    const current = [...links.keys()].find((id) => seen.has(id));
    const shown = links.get(current);
    // On a phone not all fit beside each other.
    if (shown) shown.parentElement.scrollLeft = shown.offsetLeft - shown.parentElement.offsetLeft - 40;
    links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  }, { rootMargin: "-20% 0px -60% 0px" });
  document.querySelectorAll("main > section").forEach((section) => observer.observe(section));
}

/** Opens what is folded while the page is printed, but for lists of questions, which lead to answers and would fill many sheets. */
function unfoldForPaper() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open], .flips)")];
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));
}
