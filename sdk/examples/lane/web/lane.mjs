// The lane's page: shows the state the till streams, sends commands back. Keys: see `keys` below and the buttons.

const $ = (id) => document.getElementById(id);
const entry = $("entry");
const suggestions = $("suggestions");

let state = null;
let selectedLine = 0; // the number of a line, 0: none
let found = []; // what the entry could be
let chosen = -1; // its place in `found`
let pending = Promise.resolve();

// --- talking to the till ---

async function post(command) {
  try {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ command }),
    });
    const answer = await response.json();
    say(answer.ok ? "" : answer.problem);
    return answer.ok;
  } catch {
    say("The till did not answer.");
    return false;
  }
}

// One command after the other, in the order of the keys pressed.
function send(command) {
  pending = pending.then(() => post(command));
  return pending;
}

function listen() {
  const stream = new EventSource("/events");
  stream.onmessage = (event) => {
    trouble("");
    render(JSON.parse(event.data));
  };
  stream.onerror = () => trouble("The till's program does not answer. This page comes back by itself.");
}

// --- showing ---

function node(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(className, text, key, onClick) {
  const element = node("button", className, text);
  element.type = "button";
  if (key) element.append(node("kbd", "", key));
  element.addEventListener("click", onClick);
  return element;
}

function money(minor) {
  const digits = state.currency_digits;
  const amount = minor / 10 ** digits;
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency: state.currency, currencyDisplay: "narrowSymbol" }).format(amount);
  } catch {
    return `${amount.toFixed(digits)} ${state.currency}`;
  }
}

const quantity = (milli) => String(milli / 1000);

function duration(ns) {
  if (!ns) return "–";
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(1)} ms`;
}

function say(text) {
  $("said").textContent = text;
}

function trouble(text) {
  $("trouble").hidden = text === "";
  $("trouble").textContent = text;
}

const connections = {
  none: "local rules",
  offline: "offline, prompting on",
  polling: "online",
  push: "online",
};

// Redraws a part only when what it shows has changed, so that focus and scroll position stay.
const drawn = new Map();
function redraw(part, shown, draw) {
  const now = JSON.stringify(shown);
  if (drawn.get(part) === now) return;
  drawn.set(part, now);
  draw();
}

function render(next) {
  state = next;
  const { health } = state;
  const place = [health.business_unit && `Store ${health.business_unit}`, health.workstation && `Lane ${health.workstation}`].filter(Boolean);
  $("lane-name").textContent = place.join(" · ") || "Lane";
  $("clock").textContent = state.local_time.slice(11, 16);
  $("connection").dataset.connection = health.connection;
  $("connection-text").textContent = connections[health.connection] ?? health.connection;
  const version = state.is_open ? health.rule_set_version : health.ready_version;
  const isWaiting = state.is_open && health.ready_version > health.rule_set_version;
  $("version").textContent = (version || (health.rules ? "local" : "none")) + (isWaiting ? ` (${health.ready_version} next)` : "");
  $("latency").textContent = duration(state.last_scan_ns);
  $("latency").title = `p50 ${duration(state.on_scan.p50_ns)}, p99 ${duration(state.on_scan.p99_ns)} of ${state.on_scan.count} scans`;
  if (health.state === "disabled" || health.state === "degraded" || health.state === "no_rules") trouble(health.message);

  if (!state.lines.some((line) => line.line === selectedLine && !line.voided)) selectedLine = 0;
  redraw("lines", [state.lines, state.currency, selectedLine], drawLines);
  redraw("prompts", [state.prompts.map(({ age_ms, new: _, ...rest }) => rest), state.currency], drawPrompts);

  const live = state.lines.filter((line) => !line.voided);
  $("total").textContent = money(state.total_minor);
  $("line-count").textContent = live.length ? `${live.length} ${live.length === 1 ? "line" : "lines"}` : "";
  $("empty").hidden = state.lines.length > 0;
  const minutes = Math.ceil(state.snoozed_s / 60);
  $("snooze").firstChild.textContent = minutes ? "Prompt again " : "Quiet for 10 min ";
  $("no-prompts").hidden = state.prompts.length > 0;
  $("no-prompts").textContent = minutes ? `Quiet for ${minutes} more min.` : state.is_open ? "Nothing to offer just now." : "Offers appear here as you scan.";
  $("park").firstChild.textContent = state.is_open || !state.suspended ? "Park" : `Recall (${state.suspended})`;
  $("park").disabled = !state.is_open && !state.suspended;
  for (const id of ["cancel", "subtotal", "pay"]) $(id).disabled = !state.is_open;
}

function drawLines() {
  const list = $("lines");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.replaceChildren(...state.lines.map((line) => {
    const row = node("li");
    row.classList.toggle("void", Boolean(line.voided));
    row.classList.toggle("selected", line.line === selectedLine);
    row.append(node("span", "number", String(line.line)));
    const name = node("span", "name", line.name);
    if (line.from_prompt) name.append(node("span", "tag", "offered"));
    if (line.return) name.append(node("span", "tag", "return"));
    row.append(name, node("span", "amount", line.amount_minor === undefined ? "" : money(line.amount_minor)));
    const many = line.quantity_milli !== 1000 ? `${quantity(line.quantity_milli)} × ${line.unit_price_minor === undefined ? "" : money(line.unit_price_minor)}  ` : "";
    row.append(node("span", "detail", many + (line.item === line.name ? "" : line.item)));
    if (line.line === selectedLine) row.append(editor(line));
    row.addEventListener("click", (event) => {
      if (event.target.closest("button")) return;
      select(line.voided || line.line === selectedLine ? 0 : line.line);
      entry.focus();
    });
    return row;
  }));
  const selected = list.querySelector(".selected");
  if (selected) selected.scrollIntoView({ block: "nearest" });
  else if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function editor(line) {
  const box = node("div", "edit");
  box.append(
    button("", "−", "", () => changeQuantity(line, -1000)),
    button("", "+", "", () => changeQuantity(line, 1000)),
    button("", "Void", "Del", () => send(`void ${line.line}`)),
  );
  box.children[0].setAttribute("aria-label", `One less of ${line.name}`);
  box.children[1].setAttribute("aria-label", `One more of ${line.name}`);
  return box;
}

function drawPrompts() {
  $("prompts").replaceChildren(...state.prompts.map((prompt) => {
    const card = node("article", "prompt");
    card.dir = prompt.direction ?? "ltr";
    if (prompt.language) card.lang = prompt.language;
    card.dataset.item = prompt.item;
    const head = node("div", "head");
    head.append(node("p", "say", prompt.operator_text || prompt.description));
    if (prompt.price_minor !== undefined) head.append(node("p", "price", money(prompt.price_minor)));
    card.append(head);
    const what = node("p", "what");
    if (prompt.operator_text && prompt.description && !prompt.operator_text.includes(prompt.description)) what.append(node("span", "", prompt.description));
    if (prompt.quantity_milli > 1000) what.append(node("span", "", `${quantity(prompt.quantity_milli)} ×`));
    if (prompt.saving_minor) what.append(node("span", "saving", `saves ${money(prompt.saving_minor)}`));
    if (what.childNodes.length) card.append(what);
    if (prompt.reason) card.append(node("p", "why", prompt.reason));
    if (prompt.location) card.append(node("p", "where", prompt.location));
    const choice = node("div", "choice");
    const isOffer = prompt.kind === "offer";
    choice.append(
      button("accept", isOffer ? "Add it" : "Done", `F${prompt.number}`, () => send(`accept ${prompt.number}`)),
      button("decline", isOffer ? "No" : "Skip", `⇧F${prompt.number}`, () => send(`decline ${prompt.number}`)),
    );
    choice.children[0].setAttribute("aria-label", `${isOffer ? "Add" : "Done"}: ${prompt.description || prompt.operator_text}`);
    choice.children[1].setAttribute("aria-label", `${isOffer ? "No to" : "Skip"}: ${prompt.description || prompt.operator_text}`);
    card.append(choice);
    return card;
  }));
}

// --- the entry and what it could be ---

let searchTimer = 0;
let searched = 0;

entry.addEventListener("input", () => {
  say("");
  clearTimeout(searchTimer);
  searchTimer = setTimeout(search, 60);
});

async function search() {
  const text = entry.value.trim();
  const number = ++searched;
  if (text.length < 2) return showFound([]);
  try {
    const response = await fetch(`/items?q=${encodeURIComponent(text)}`);
    const { items } = await response.json();
    if (number === searched && entry.value.trim() === text) showFound(items);
  } catch {
    showFound([]);
  }
}

function showFound(items) {
  found = items;
  chosen = -1;
  suggestions.hidden = items.length === 0;
  entry.setAttribute("aria-expanded", String(items.length > 0));
  suggestions.replaceChildren(...items.map((item, place) => {
    const row = node("li");
    row.id = `suggestion-${place}`;
    row.setAttribute("role", "option");
    row.append(node("span", "", item.name), node("span", "", item.price_minor === undefined ? "" : money(item.price_minor)), node("small", "", item.code));
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      scan(item.code);
    });
    return row;
  }));
  choose(-1);
}

function choose(place) {
  chosen = place;
  [...suggestions.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === place)));
  if (place >= 0) {
    entry.setAttribute("aria-activedescendant", `suggestion-${place}`);
    suggestions.children[place].scrollIntoView({ block: "nearest" });
  } else {
    entry.removeAttribute("aria-activedescendant");
  }
}

function scan(code) {
  clearTimeout(searchTimer);
  ++searched;
  entry.value = "";
  showFound([]);
  select(0);
  entry.focus();
  return send(`scan ${code}`);
}

$("entry-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = entry.value.trim();
  if (!text) return;
  if (chosen >= 0) return void scan(found[chosen].code);
  // A scanner types faster than any search answers: ask now, and take what is exact or alone.
  const number = ++searched;
  clearTimeout(searchTimer);
  const response = await fetch(`/items?q=${encodeURIComponent(text)}`).catch(() => null);
  if (!response?.ok) return say("The till did not answer.");
  const { items, is_exact: isExact, has_list: hasList } = await response.json();
  const match = isExact || items.length === 1 ? items[0] : items.find((item) => item.code.toLowerCase() === text.toLowerCase());
  if (match) return void scan(match.code);
  if (!hasList || (items.length === 0 && /^\d{6,}$/.test(text))) return void scan(text);
  if (number !== searched || entry.value.trim() !== text) return;
  showFound(items);
  if (items.length) choose(0);
  else say(`No item is called “${text}”.`);
});

// --- lines and keys ---

function select(number) {
  selectedLine = number;
  if (state) render(state);
}

function move(step) {
  const live = (state?.lines ?? []).filter((line) => !line.voided).map((line) => line.line);
  if (!live.length) return;
  const at = live.indexOf(selectedLine);
  select(at < 0 ? live[live.length - 1] : live[Math.min(Math.max(at + step, 0), live.length - 1)]);
}

function changeQuantity(line, by) {
  return send(`quantity ${line.line} ${Math.max(line.quantity_milli + by, 0) / 1000}`);
}

const snooze = () => send(state?.snoozed_s > 0 ? "snooze 0" : "snooze 10");
const park = () => send(state?.is_open ? "suspend" : "recall");

$("snooze").addEventListener("click", snooze);
$("park").addEventListener("click", park);
$("cancel").addEventListener("click", () => send("cancel"));
$("subtotal").addEventListener("click", () => send("subtotal"));
$("pay").addEventListener("click", () => send("pay"));

const keys = {
  F4: snooze,
  F6: park,
  F8: () => send("subtotal"),
  F9: () => send("pay"),
};

document.addEventListener("keydown", (event) => {
  if (!state || event.ctrlKey || event.altKey || event.metaKey) return;
  const prompt = /^F([123])$/.exec(event.key);
  if (prompt) {
    event.preventDefault();
    const number = Number(prompt[1]);
    if (state.prompts.some((shown) => shown.number === number)) send(`${event.shiftKey ? "decline" : "accept"} ${number}`);
    return;
  }
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
    return;
  }
  const isEntry = event.target === entry;
  if (event.key === "Escape") {
    entry.value = "";
    showFound([]);
    say("");
    select(0);
    entry.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!isEntry && event.target !== document.body) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (found.length) choose((chosen + step + found.length + (chosen < 0 && step < 0 ? 1 : 0)) % found.length);
    else move(step);
  } else if (selectedLine && isEntry && entry.value === "") {
    const line = state.lines.find((each) => each.line === selectedLine);
    if (event.key === "Delete") {
      event.preventDefault();
      send(`void ${line.line}`);
    } else if (event.key === "+" || event.key === "-") {
      event.preventDefault();
      changeQuantity(line, event.key === "+" ? 1000 : -1000);
    }
  } else if (event.key.length === 1 && event.key !== " " && !(event.target instanceof HTMLInputElement)) {
    // A scanner may fire while a button has the focus: its keys belong to the entry.
    entry.focus();
  }
});

listen();
