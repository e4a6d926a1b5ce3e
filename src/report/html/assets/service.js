// The service level: limits that a reader moves, and the share of requests that meet them, from the rows.

const LIMITS = [
  { key: "ttft", name: "time to first token", column: "ttft" },
  { key: "tpot", name: "time per output token", column: "tpot" },
  { key: "latency", name: "latency", column: "latency" },
];
const STEPS = 400;

/** Whether a row meets the limits: true, false, or null where that is unknown. As `Row::is_good` of the program. */
function isGood(row, [ttft, tpot, latency]) {
  if (data.flags[row] & COLD) return null;
  if (data.flags[row] & FAULT) return false;
  const tokens = count("output_tokens", row);
  const met = [
    [ttft, data.ttft[row]],
    [latency, data.latency[row]],
    [tokens !== null && tokens < 2 ? null : tpot, data.tpot[row]],
  ].map(([limit, value]) => (limit === null ? true : Number.isNaN(value) ? null : value <= limit));
  if (met.includes(false)) return false;
  return met.includes(null) ? null : true;
}

/** Good rows, all whose fate is known, and what of the good ones counts in rates, by group. */
function attainment(limits) {
  const tally = facts.groups.map(() => [0, 0, 0]);
  if (limits.every((limit) => limit === null)) return tally;
  for (let row = 0; row < facts.rows; row += 1) {
    const good = isGood(row, limits);
    if (good === null) continue;
    const counts = tally[data.group[row]];
    counts[0] += good ? 1 : 0;
    counts[1] += 1;
    counts[2] += good ? data.counted[row] : 0;
  }
  return tally;
}

/** Smallest and largest value of a column that are above zero. */
function rangeOf(column) {
  let [low, high] = [Infinity, 0];
  for (const value of data[column]) {
    if (value > 0) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return high > 0 ? [low * 0.9, high * 1.05] : null;
}

/** The chosen limits in seconds: those of the address, else of the spec; null for none. */
function limits() {
  return LIMITS.map(({ key }, place) => {
    const wanted = choice(key);
    if (wanted === "off") return null;
    const value = Number.parseFloat(wanted);
    return Number.isFinite(value) ? value : facts.slo[place];
  });
}

/** A slider of a limit, whose steps are even in the logarithm, and a switch. */
function slider({ key, name }, place, [low, high]) {
  const toValue = (step) => low * (high / low) ** (step / STEPS);
  const toStep = (value) => Math.round((Math.log(value / low) / Math.log(high / low)) * STEPS);
  const shown = el("output", { for: `limit-${key}` });
  // The value of the slider is a step; what it says is a time.
  const input = el("input", {
    type: "range", id: `limit-${key}`, min: "0", max: String(STEPS), step: "1",
    oninput: () => choose({ [key]: toValue(Number(input.value)).toPrecision(4) }, "load"),
  });
  const on = el("input", {
    type: "checkbox", id: `limit-on-${key}`, "aria-label": `Limit the ${name}`,
    onchange: () => choose({ [key]: on.checked ? toValue(Number(input.value)).toPrecision(4) : "off" }, "load"),
  });
  listeners.push(() => {
    const limit = limits()[place];
    on.checked = limit !== null;
    input.classList.toggle("off", limit === null);
    if (limit !== null) input.value = String(Math.min(STEPS, Math.max(0, toStep(limit))));
    else if (!input.dataset.moved) input.value = String(STEPS / 2);
    shown.textContent = limit === null ? "no limit" : `≤ ${seconds(limit)}`;
    input.setAttribute("aria-valuetext", shown.textContent);
  });
  return el("div", { class: "limit" }, on, el("label", { for: `limit-${key}` }, name), input, shown);
}

function serviceTable() {
  const cells = facts.groups.map(() => ({ share: el("td", { class: "num strong" }), counts: el("td", { class: "num" }), rate: el("td", { class: "num" }), bar: drawn("rect", { class: "correct", height: "12" }) }));
  const lines = facts.groups.map((group, place) => {
    const { share, counts, rate, bar } = cells[place];
    const rest = drawn("rect", { class: "rest", width: "100%", height: "12" });
    const picture = drawn("svg", { width: "100%", height: "12", "aria-hidden": "true" }, rest, bar);
    return el("tr", {}, el("th", { scope: "row" }, markOf(place), el("bdi", {}, group.label)), el("td", { class: "wide" }, picture), share, counts, rate);
  });
  let before = null;
  listeners.push(() => {
    const wanted = limits();
    if (JSON.stringify(wanted) === before) return;
    before = JSON.stringify(wanted);
    // Without a limit there is nothing to print.
    document.getElementById("service").classList.toggle("unset", wanted.every((limit) => limit === null));
    attainment(wanted).forEach(([good, all, counted], place) => {
      const { seconds: length } = facts.groups[place];
      cells[place].share.textContent = all === 0 ? "–" : percent(good / all);
      cells[place].counts.textContent = all === 0 ? "–" : `${good} of ${all}`;
      cells[place].rate.textContent = all === 0 || length === 0 ? "–" : significant(counted / length);
      cells[place].bar.setAttribute("width", all === 0 ? "0" : `${(good / all) * 100}%`);
    });
  });
  const head = ["model", "attained", "", "requests", "goodput /s"].map((text, place) => el("th", { scope: "col", class: place > 1 ? "num" : place === 1 ? "wide" : null }, text === "" ? el("span", { class: "hidden" }, "share") : text));
  return el("table", { id: "attainment" }, el("caption", {}, "Share of requests that meet every limit, and how many of them were answered per second; a failed request meets none."), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...lines));
}

/** Puts the sliders of what was measured into the page. */
function offerService() {
  const place = document.getElementById("service");
  if (!place) return;
  const known = LIMITS.map((limit, index) => [limit, index, rangeOf(limit.column)]).filter(([, , range]) => range !== null);
  if (known.length === 0) return;
  place.append(el("h3", {}, "Service level"), el("div", { class: "limits", role: "group", "aria-label": "Limits of the service level" }, ...known.map(([limit, index, range]) => slider(limit, index, range))), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Attainment" }, serviceTable()));
  place.hidden = false;
}
