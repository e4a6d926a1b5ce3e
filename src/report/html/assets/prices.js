// The prices: what a reader would pay, from the tokens of the rows.

const RATES = ["input", "cached input", "cache write", "output"];

/** Groups by model: prices are those of a model. */
function modelsOfGroups() {
  const models = new Map();
  facts.groups.forEach((group, place) => {
    if (!models.has(group.color)) models.set(group.color, { name: group.model, color: group.color, groups: [], prices: facts.prices[place] });
    models.get(group.color).groups.push(place);
  });
  return [...models.values()];
}

/** The rates of a prompt: those of the last tier that it reaches. */
function ratesOf(prices, promptTokens) {
  let rates = prices.rates;
  for (const [above, dearer] of prices.tiers) if (promptTokens > above) rates = dearer;
  return rates;
}

/** What the tokens of a row cost; null where they are not known. As `Price::cost` of the program. */
function costOf(row, prices) {
  const prompt = count("prompt_tokens", row);
  const output = count("counted_tokens", row);
  if (prompt === null || output === null) return null;
  const cached = Math.min(count("cached_tokens", row) ?? 0, prompt);
  const written = Math.min(count("written_tokens", row) ?? 0, prompt - cached);
  const [input, cachedInput, cacheWrite, out] = ratesOf(prices, prompt);
  return ((prompt - cached - written) * input + cached * cachedInput + written * cacheWrite + output * out) / 1e6;
}

/** How often a row was paid for: attempts without an answer are reckoned like the answer. */
function timesPaid(row, prices) {
  const paid = number("cost", row);
  const once = prices ? costOf(row, prices) : null;
  return paid !== null && once ? Math.max(1, Math.round(paid / once)) : 1;
}

/** Cost, answers and right answers of the rows of a model, at these prices. */
function spending(model, prices) {
  const sum = { cost: 0, lost: 0, answers: 0, right: 0, unknown: 0 };
  for (let row = 0; row < facts.rows; row += 1) {
    if (!model.groups.includes(data.group[row])) continue;
    if (data.flags[row] & FAULT) {
      sum.lost += number("cost", row) ?? 0;
      continue;
    }
    const cost = costOf(row, prices);
    if (cost === null) sum.unknown += 1;
    else sum.cost += cost * timesPaid(row, model.prices);
    sum.answers += 1;
    if (classOf(row) === "correct") sum.right += 1;
  }
  // What is paid for requests without an answer is an upper bound, and known only at the prices of the run.
  const isOwn = JSON.stringify(prices) === JSON.stringify(model.prices);
  sum.all = sum.unknown > 0 || sum.answers === 0 ? null : sum.cost + (isOwn ? sum.lost : 0);
  return sum;
}

/** The prices of a model as chosen: those of the address, else of the spec. */
function pricesOf(model) {
  const chosen = choice(`price${model.color}`);
  if (chosen === "") return model.prices ?? { rates: [0, 0, 0, 0], tiers: [] };
  const rates = chosen.split(",").map(Number).map((rate) => (Number.isFinite(rate) && rate >= 0 ? rate : 0));
  return { rates: RATES.map((_, place) => rates[place] ?? 0), tiers: [] };
}

const answersPerMonth = () => Math.max(0, Number.parseFloat(choice("month", "100000")) || 0);

function priceInput(model, place, name) {
  const input = el("input", {
    type: "number", min: "0", step: "any", inputmode: "decimal", id: `price-${model.color}-${place}`, "aria-label": `${name} of ${model.name}, per million tokens`,
    onchange: () => {
      const rates = pricesOf(model).rates.slice();
      rates[place] = Number(input.value) || 0;
      choose({ [`price${model.color}`]: rates.join(",") }, "money");
    },
  });
  listeners.push(() => {
    if (document.activeElement !== input) input.value = String(pricesOf(model).rates[place]);
  });
  return el("td", { class: "num" }, input);
}

function priceTable(models) {
  const shown = models.map(() => ["all", "answer", "right", "month"].map(() => el("td", { class: "num" })));
  const lines = models.map((model, index) =>
    el("tr", {}, el("th", { scope: "row" }, markOf(model.groups[0]), el("bdi", {}, model.name)), ...RATES.map((name, place) => priceInput(model, place, name)), ...shown[index]));
  let before = null;
  listeners.push(() => {
    const wanted = JSON.stringify([answersPerMonth(), ...models.map(pricesOf)]);
    if (wanted === before) return;
    before = wanted;
    models.forEach((model, index) => {
      const { all, answers, right } = spending(model, pricesOf(model));
      const per = (many) => (all === null || many === 0 ? null : all / many);
      const thousand = (cost) => (cost === null ? null : cost * 1000);
      const values = [all, thousand(per(answers)), thousand(per(right)), per(answers) === null ? null : per(answers) * answersPerMonth()];
      values.forEach((value, place) => {
        shown[index][place].textContent = significant(value);
        shown[index][place].dataset.value = value ?? "";
      });
    });
  });
  const heads = ["model", ...RATES, "this run", "per 1,000 answers", "per 1,000 right", "per month"];
  return el("table", { id: "price-table" },
    el("caption", {}, `Prices per million tokens and costs, in ${facts.currency}. Type your own; the address keeps them.`),
    el("thead", {}, el("tr", {}, ...heads.map((text, place) => el("th", { scope: "col", class: place > 0 ? "num" : null }, text)))),
    el("tbody", {}, ...lines));
}

/** Puts the prices into the page, where tokens are known. */
function offerPrices() {
  const place = document.getElementById("prices");
  if (!place) return;
  const models = modelsOfGroups();
  const month = el("input", { type: "number", min: "0", step: "1000", id: "month", inputmode: "numeric", onchange: () => choose({ month: month.value }, "money") });
  listeners.push(() => {
    if (document.activeElement !== month) month.value = String(answersPerMonth());
  });
  const reset = el("button", { type: "button", onclick: () => choose({ month: "", ...Object.fromEntries(models.map((model) => [`price${model.color}`, ""])) }, "money") }, "Prices of the run");
  place.append(el("h3", {}, "At other prices"), el("div", { class: "filters" }, el("label", {}, el("span", {}, "Answers per month"), month), reset), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Editable prices" }, priceTable(models)));
  place.hidden = false;
}
