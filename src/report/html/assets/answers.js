// The view of answers: a list of questions to filter, of which only the visible lines exist, and one question at a time.

const ROW_HEIGHT = 34;
const MOST_CARDS = 40;
const GLYPHS = { correct: "✓", wrong: "✗", fault: "!", unjudged: "·" };

/** Rows by question: those of question q stand at starts[q] to starts[q + 1]. */
let starts = null;
let rowsByQuestion = null;

function indexQuestions() {
  const questions = data.dataset_of.length;
  starts = new Uint32Array(questions + 1);
  for (const question of data.question) starts[question + 1] += 1;
  for (let place = 0; place < questions; place += 1) starts[place + 1] += starts[place];
  const next = starts.slice();
  rowsByQuestion = new Uint32Array(data.question.length);
  data.question.forEach((question, row) => {
    rowsByQuestion[next[question]] = row;
    next[question] += 1;
  });
}

const rowsOf = (question) => rowsByQuestion.subarray(starts[question], starts[question + 1]);

/** The class of a row, faults among them. */
function classOf(row) {
  if (data.flags[row] & FAULT) return "fault";
  return facts.classes[data.verdict[row]]?.[0] ?? "unjudged";
}

function nameOfClass(name, row) {
  if (name === "fault") return (facts.statuses[data.status[row]] ?? "failed").replaceAll("_", " ");
  return facts.classes.find(([known]) => known === name)?.[1] ?? "not judged";
}

function nameOfQuestion(question) {
  const shown = texts.questions[question]?.name ?? data.sample_of[question];
  return facts.datasets.length > 1 ? `${facts.datasets[data.dataset_of[question]]}#${shown}` : `#${shown}`;
}

/** The choices of the filters as a function of rows, and as one of questions. */
function filters() {
  const wanted = {
    verdict: choice("verdict"), model: choice("model"), rule: choice("rule"),
    subject: choice("subject"), level: choice("level"), text: choice("q").toLowerCase(),
  };
  const rule = wanted.rule === "" ? 0 : words.rule.indexOf(wanted.rule) + 1;
  const subject = wanted.subject === "" ? 0 : words.subject.indexOf(wanted.subject) + 1;
  const groups = facts.groups.map((group) =>
    (wanted.model === "" || group.model === wanted.model) && (wanted.level === "" || group.level === wanted.level));
  const isWanted = (row) =>
    groups[data.group[row]] &&
    (rule === 0 || data.rule[row] === rule) &&
    (subject === 0 || data.subject[row] === subject) &&
    (wanted.verdict === "" || classOf(row) === wanted.verdict);
  return { isWanted, groups, text: wanted.text, differ: choice("differ") === "1", pair: choice("pair") };
}

/** The questions that the filters leave, in the chosen order. */
function found() {
  const { isWanted, groups, text, differ, pair } = filters();
  const flips = pair === "" ? null : facts.flips[Number(pair)];
  const ofPair = flips ? new Set([...flips.a, ...flips.b]) : null;
  const left = [];
  for (const question of data.order) {
    if (ofPair && !ofPair.has(question)) continue;
    if (!hasRow(question, isWanted)) continue;
    if (differ && !differs(rowsOf(question), groups)) continue;
    if (text !== "" && !searchable(question).includes(text)) continue;
    left.push(question);
  }
  return sorted(left, groups);
}

function hasRow(question, isWanted) {
  for (let place = starts[question]; place < starts[question + 1]; place += 1) if (isWanted(rowsByQuestion[place])) return true;
  return false;
}

const lowered = new Map();

function searchable(question) {
  if (!lowered.has(question)) {
    const whole = texts.questions[question]?.question ?? texts.titles[question];
    const answers = [...rowsOf(question)].map((row) => texts.answers[row]).filter(Boolean);
    const said = answers.map((answer) => `${answer.before}${answer.read ?? ""}${answer.after ?? ""}`);
    lowered.set(question, [nameOfQuestion(question), whole, ...said].join("\n").toLowerCase());
  }
  return lowered.get(question);
}

function differs(rows, groups) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows) {
    const score = data.score[row];
    if (!groups[data.group[row]] || Number.isNaN(score)) continue;
    [low, high] = [Math.min(low, score), Math.max(high, score)];
  }
  return high - low > 1e-9;
}

/** Largest value of a column over the rows of a question that are shown. */
function largest(question, groups, value) {
  let most = -Infinity;
  for (let place = starts[question]; place < starts[question + 1]; place += 1) {
    const row = rowsByQuestion[place];
    if (groups[data.group[row]]) most = Math.max(most, value(row) ?? -Infinity);
  }
  return most;
}

/** Mean score over the rows of a question that are shown; more than any score where none has one. */
function meanScore(question, groups) {
  let [sum, scored] = [0, 0];
  for (let place = starts[question]; place < starts[question + 1]; place += 1) {
    const row = rowsByQuestion[place];
    if (!groups[data.group[row]] || Number.isNaN(data.score[row])) continue;
    sum += data.score[row];
    scored += 1;
  }
  return scored === 0 ? 2 : sum / scored;
}

function sorted(questions, groups) {
  const keys = {
    number: (question) => question,
    slowest: (question) => -largest(question, groups, (row) => number("latency", row)),
    longest: (question) => -largest(question, groups, (row) => count("output_tokens", row)),
    hardest: (question) => meanScore(question, groups),
  };
  const key = keys[choice("sort")];
  return key ? byKey(questions, key) : questions;
}

/** Questions by their keys, those of one key by their numbers: numbers are sorted without a function, which is several times as fast. */
function byKey(questions, key) {
  const numbers = Uint32Array.from(questions).sort();
  const keys = Float64Array.from(numbers, key);
  const next = new Map();
  keys.slice().sort().forEach((value, place) => {
    if (!next.has(value)) next.set(value, place);
  });
  const ordered = new Array(numbers.length);
  numbers.forEach((question, index) => {
    const place = next.get(keys[index]);
    ordered[place] = question;
    next.set(keys[index], place + 1);
  });
  return ordered;
}

// The filters.

function select(key, label, options) {
  const made = el("select", { id: `filter-${key}`, onchange: (event) => choose({ [key]: event.target.value }, "answers") },
    ...options.map(([value, text]) => el("option", { value }, text)));
  listeners.push(() => (made.value = choice(key)));
  return el("label", {}, el("span", {}, label), made);
}

function filterBar() {
  const classes = [...new Set(Array.from({ length: facts.rows }, (_, row) => classOf(row)))];
  const known = [...facts.classes.map(([name]) => name), "fault"].filter((name) => classes.includes(name));
  const models = [...new Set(facts.groups.map((group) => group.model))];
  const levels = [...new Set(facts.groups.map((group) => group.level))];
  const any = ["", "any"];
  const search = el("input", { type: "search", id: "filter-q", placeholder: "words of a question or an answer", oninput: (event) => choose({ q: event.target.value }, "answers") });
  const differ = el("input", { type: "checkbox", id: "filter-differ", onchange: (event) => choose({ differ: event.target.checked ? "1" : "" }, "answers") });
  listeners.push(() => {
    if (search.value !== choice("q")) search.value = choice("q");
    differ.checked = choice("differ") === "1";
  });
  const pair = el("button", { type: "button", class: "chip", onclick: () => choose({ pair: "" }, "answers") });
  listeners.push(() => {
    const flips = choice("pair") === "" ? null : facts.flips[Number(choice("pair"))];
    pair.hidden = !flips;
    if (flips) pair.textContent = `flipped: ${flips.name} ✕`;
  });
  const nameOf = (name) => (name === "fault" ? "failed" : facts.classes.find(([known]) => known === name)[1]);
  return el("div", { class: "filters", role: "search", "aria-label": "Filter answers" },
    el("label", { class: "grow" }, el("span", {}, "Search"), search),
    select("verdict", "Outcome", [any, ...known.map((name) => [name, nameOf(name)])]),
    models.length > 1 ? select("model", "Model", [any, ...models.map((model) => [model, model])]) : null,
    levels.length > 1 ? select("level", "Level", [any, ...levels.map((level) => [level, level])]) : null,
    words.subject.length > 1 ? select("subject", "Subject", [any, ...words.subject.map((subject) => [subject, subject])]) : null,
    words.rule.length > 1 ? select("rule", "Rule", [any, ...words.rule.map((rule) => [rule, rule])]) : null,
    select("sort", "Order", [["", "of interest"], ["number", "of the dataset"], ["hardest", "lowest score"], ["slowest", "slowest"], ["longest", "most output"]]),
    facts.groups.length > 1 ? el("label", { class: "check" }, differ, el("span", {}, "answers differ")) : null,
    pair);
}

// The list.

const list = { questions: [], view: null, inside: null, total: null };

function questionList() {
  list.inside = el("div", { class: "inside", role: "presentation" });
  list.view = el("div", { class: "list", role: "listbox", tabindex: "0", "aria-label": "Questions", id: "questions", onscroll: () => fillList(), onkeydown: moveInList }, list.inside);
  list.total = el("p", { class: "quiet", id: "found" });
  list.view.addEventListener("click", (event) => {
    const option = event.target.closest("[data-question]");
    if (option) choose({ open: option.dataset.question }, "answers");
  });
  new ResizeObserver(() => fillList()).observe(list.view);
  return el("div", { class: "found" }, list.total, list.view);
}

function moveInList(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
  const step = steps[event.key];
  if (step === undefined || list.questions.length === 0) return;
  event.preventDefault();
  const now = list.questions.indexOf(Number(choice("open", "-1")));
  const next = Math.max(0, Math.min(list.questions.length - 1, now + step));
  choose({ open: list.questions[next] }, "answers");
  const top = next * ROW_HEIGHT;
  if (top < list.view.scrollTop) list.view.scrollTop = top;
  else if (top + ROW_HEIGHT > list.view.scrollTop + list.view.clientHeight) list.view.scrollTop = top + ROW_HEIGHT - list.view.clientHeight;
}

/** Makes the lines that can be seen, and none besides. */
function fillList() {
  const { questions, view, inside } = list;
  const first = Math.max(0, Math.floor(view.scrollTop / ROW_HEIGHT) - 4);
  const last = Math.min(questions.length, Math.ceil((view.scrollTop + view.clientHeight) / ROW_HEIGHT) + 4);
  inside.style.height = `${questions.length * ROW_HEIGHT}px`;
  const open = Number(choice("open", "-1"));
  const lines = [];
  for (let place = first; place < last; place += 1) lines.push(line(questions[place], place, questions[place] === open));
  inside.replaceChildren(...lines);
  const active = inside.querySelector('[aria-selected="true"]');
  if (active) view.setAttribute("aria-activedescendant", active.id);
  else view.removeAttribute("aria-activedescendant");
}

function line(question, place, isOpen) {
  const rows = [...rowsOf(question)].slice(0, 12);
  const marks = rows.map((row) => {
    const name = classOf(row);
    return el("span", { class: `glyph ${name}` }, GLYPHS[name] ?? "–");
  });
  const said = rows.map((row) => `${facts.groups[data.group[row]].label} ${nameOfClass(classOf(row), row)}`).join(", ");
  const made = el("div", {
    class: "option", role: "option", id: `question-${question}`, "data-question": question, "aria-selected": String(isOpen),
    "aria-setsize": list.questions.length, "aria-posinset": place + 1,
  }, el("span", { class: "marks", "aria-hidden": "true" }, ...marks), el("span", { class: "id" }, nameOfQuestion(question)), el("bdi", { class: "title" }, texts.titles[question]), el("span", { class: "hidden" }, said));
  made.style.top = `${place * ROW_HEIGHT}px`;
  return made;
}

// One question.

function detail(question) {
  const text = texts.questions[question];
  const rows = [...rowsOf(question)];
  const { groups } = filters();
  const shown = rows.filter((row) => groups[data.group[row]]).slice(0, MOST_CARDS);
  const longest = Math.max(...shown.map((row) => number("own_latency", row) ?? 0));
  const parts = [el("h3", { id: "open-title" }, nameOfQuestion(question), word("subject", rows[0]) === "" ? "" : el("span", { class: "note" }, word("subject", rows[0])))];
  if (text) parts.push(...asked(text));
  else parts.push(el("p", { class: "text ask" }, el("bdi", {}, texts.titles[question])), el("p", { class: "quiet" }, "The texts of this question did not fit into this page; results.csv has them."));
  parts.push(el("div", { class: "cards" }, ...shown.map((row) => card(row, longest))));
  if (rows.length > shown.length) parts.push(el("p", { class: "quiet" }, `${counted(rows.length - shown.length, "answer")} more are hidden by the filters or in results.csv.`));
  return parts;
}

function asked(text) {
  const paragraph = (content, kind = "") => el("p", { class: `text ${kind}` }, el("bdi", {}, content));
  const choices = (text.choices ?? []).map((content, index) =>
    el("li", { class: index === text.right ? "is-right" : null }, el("bdi", {}, content), index === text.right ? el("span", { class: "note" }, "right") : ""));
  return [
    text.passage ? paragraph(text.passage) : null,
    ...(text.messages ?? []).map(([role, content]) => el("p", { class: "text" }, el("span", { class: "role" }, role), el("bdi", {}, content))),
    paragraph(text.question, "ask"),
    choices.length > 0 ? el("ol", { class: "choices", type: "A" }, ...choices) : null,
    text.gold ? el("p", { class: "gold" }, "Right: ", el("bdi", {}, text.gold)) : null,
  ].filter(Boolean);
}

function card(row, longest) {
  const group = facts.groups[data.group[row]];
  const name = classOf(row);
  const answer = texts.answers[row];
  const repeat = count("repeat", row);
  const heading = el("h4", {}, markOf(data.group[row]), el("bdi", {}, group.label), repeat ? ` repeat ${repeat + 1}` : "", " ", el("span", { class: `pill ${name}` }, nameOfClass(name, row)));
  const parts = [heading];
  if (!answer) parts.push(el("p", { class: "quiet" }, "The text of this answer is not in this page; results.csv has it."));
  else parts.push(...spoken(answer));
  const rule = word("rule", row);
  const extracted = word("extracted", row);
  const evidence = word("evidence", row);
  const read = extracted === "" ? rule : `read “${extracted}” by ${rule}`;
  if (read !== "") parts.push(el("p", { class: "quiet" }, el("bdi", {}, read), evidence === "" ? "" : ` (${evidence})`));
  parts.push(waterfall(row, longest), el("p", { class: "quiet" }, timesOf(row)));
  return el("div", { class: "card" }, ...parts.filter(Boolean));
}

function spoken(answer) {
  const said = el("bdi", {}, answer.before, answer.read ? el("mark", {}, answer.read) : "", answer.after ?? "");
  const isEmpty = said.textContent === "";
  return [
    answer.fault ? el("p", { class: "text" }, el("bdi", {}, answer.fault)) : null,
    answer.reasoning ? el("details", { class: "fold" }, el("summary", {}, "Reasoning"), el("p", { class: "text", tabindex: "0" }, el("bdi", {}, answer.reasoning))) : null,
    isEmpty ? (answer.fault ? null : el("p", { class: "quiet" }, "(no text)")) : el("p", { class: "text", tabindex: "0" }, said),
    answer.calls ? el("p", { class: "text code" }, el("bdi", {}, answer.calls)) : null,
  ].filter(Boolean);
}

function timesOf(row) {
  const cost = number("cost", row);
  const parts = [
    number("own_latency", row) === null ? null : `latency ${seconds(number("own_latency", row))}`,
    number("ttft", row) === null ? null : `first token ${seconds(number("ttft", row))}`,
    count("output_tokens", row) === null ? null : counted(count("output_tokens", row), "token"),
    cost === null ? null : `${significant(cost)} ${facts.currency}`,
    data.flags[row] & COLD ? "cold" : null,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

/** Where the time of an answer went: by the server's clock where it tells, else by the first token. */
function waterfall(row, longest) {
  const latency = number("own_latency", row);
  if (latency === null || !(longest > 0)) return null;
  const known = ["load", "prefill", "decode"].map((name) => [name, number(name, row)]);
  let parts;
  if (known[2][1] !== null) {
    const sum = known.reduce((total, [, value]) => total + (value ?? 0), 0);
    const total = number("total", row);
    parts = [["queue", total === null || known[0][1] === null ? 0 : Math.max(0, total - sum)], ...known, ["network", Math.max(0, latency - Math.max(total ?? 0, sum))]];
  } else {
    const first = number("ttft", row);
    if (first === null) return null;
    parts = [["wait", first], ["decode", Math.max(0, latency - first)]];
  }
  parts = parts.filter(([, value]) => value !== null && value > 0);
  const label = parts.map(([name, value]) => `${name} ${seconds(value)}`).join(", ");
  const picture = drawn("svg", { class: "waterfall", width: "100%", height: "10", role: "img", "aria-label": label });
  picture.append(drawn("title", {}, label));
  let at = 0;
  for (const [name, value] of parts) {
    const share = (value / longest) * 100;
    picture.append(drawn("rect", { class: `w-${name}`, x: `${at}%`, width: `${share}%`, height: "10" }));
    at += share;
  }
  return picture;
}

/** Puts the view together. */
function showAnswers() {
  indexQuestions();
  const browser = document.getElementById("browser");
  const open = el("div", { class: "open", id: "open", role: "region", "aria-label": "Question" });
  browser.append(filterBar(), el("div", { class: "panes" }, questionList(), open));
  browser.hidden = false;
  document.getElementById("samples").hidden = true;
  let before = null;
  let shown = null;
  listeners.push(() => {
    const wanted = ["verdict", "model", "rule", "subject", "level", "q", "differ", "pair", "sort"].map((key) => choice(key)).join("\n");
    if (wanted !== before) {
      list.questions = found();
      if (before !== null) list.view.scrollTop = 0;
      const answers = `${counted(list.questions.length, "question")} of ${data.dataset_of.length.toLocaleString("en")}`;
      list.total.textContent = answers;
      if (before !== null) announce(answers);
    }
    const question = Number(choice("open", list.questions[0] ?? "-1"));
    const state = `${question}\n${choice("model")}\n${choice("level")}`;
    if (state !== shown) open.replaceChildren(...(question >= 0 && question < data.dataset_of.length ? detail(question) : [el("p", { class: "quiet" }, "No question is left by the filters.")]));
    [before, shown] = [wanted, state];
    fillList();
  });
}
