// What moves in the console: the keyboard, the side sheet, times in the visitor's own zone, parts
// that keep themselves fresh.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

let prefix = false;

const jump = (letter) => document.querySelector(`[data-jump="${CSS.escape(letter)}"]`)?.click();

const press = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("shortcuts").showModal(),
  n: () => document.querySelector("[data-new]")?.click(),
  g: () => {
    prefix = true;
    setTimeout(() => { prefix = false; }, 1500);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (prefix) {
    prefix = false;
    jump(event.key);
    return;
  }
  if (!Object.hasOwn(press, event.key)) return;
  event.preventDefault();
  press[event.key]();
});

const language = document.documentElement.lang;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" });
const clocks = {
  hour: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat(language, { month: "short", day: "numeric" }),
  both: new Intl.DateTimeFormat(language, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
};

// A day alone is the server's day: it has no zone.
const local = (root) => {
  for (const each of root.querySelectorAll("time[datetime*=T]")) {
    const moment = new Date(each.dateTime);
    each.title = exact.format(moment);
    if (each.dataset.clock) each.textContent = clocks[each.dataset.clock].format(moment);
  }
  for (const each of root.querySelectorAll("[data-at]")) {
    const title = each.querySelector(":scope > title");
    const [first, ...rest] = title.textContent.split("\n");
    const moment = clocks.both.format(new Date(each.dataset.at));
    title.textContent = [first.replace(/^.*?UTC/, moment), ...rest].join("\n");
  }
};

// What can be undone can be undone for ten seconds.
setTimeout(() => {
  for (const each of document.querySelectorAll("[data-brief]")) each.hidden = true;
}, 10_000);

document.addEventListener("htmx:afterSwap", (event) => local(event.target));
local(document);

// The bar's sheet on a phone: whatever else is pressed closes it.
document.addEventListener("click", (event) => {
  for (const more of document.querySelectorAll("details.more[open]")) {
    if (!more.contains(event.target)) more.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const more of document.querySelectorAll("details.more[open]")) more.open = false;
});

// What has data-refresh="15" asks for itself every so many seconds (hx-trigger="refresh") while
// somebody can see it and reads no other part of the page. What was unfolded stays so.

const idle = (part) => {
  const picked = document.getSelection();
  return (
    !document.hidden &&
    !document.querySelector("dialog[open]") &&
    !part.querySelector(":focus-visible") &&
    (picked.isCollapsed || !part.contains(picked.anchorNode))
  );
};

const watch = (part) => {
  const seconds = Number(part.dataset.refresh);
  const ask = () => {
    if (part.isConnected && idle(part)) window.htmx?.trigger(part, "refresh");
  };
  setInterval(ask, seconds * 1000);
  document.addEventListener("visibilitychange", ask);
};

let unfolded = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target;
  if (!part.dataset?.refresh) return;
  unfolded = [...part.querySelectorAll("details[id][open]")].map((each) => each.id);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.target.dataset?.refresh) return;
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});
for (const part of document.querySelectorAll("[data-refresh]")) watch(part);

// The side sheet: what htmx puts into #sheet-body is shown in a dialog. Without scripts the same
// link opens a page.

const sheet = document.getElementById("sheet");
const body = document.getElementById("sheet-body");
let opener = null;

// Where somebody begins: at what is wrong, at the first field, or where there is none at the title.
const begin = () => {
  const places = [
    "[aria-invalid=true]",
    "[autofocus]",
    "form :is(input:not([type=hidden]), select, textarea)",
    "h1",
  ];
  const found = places.map((each) => body.querySelector(each)).find((each) => each);
  if (found?.localName === "h1") found.tabIndex = -1;
  found?.focus();
};

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== body || !body.childElementCount) return;
  if (!sheet.open) {
    opener = document.activeElement;
    sheet.showModal();
  }
  begin();
});

// A click beside it closes it, unless something was typed that would be lost.
sheet.addEventListener("mousedown", (event) => {
  const typed = [...body.querySelectorAll("input, textarea")].some(
    (field) => field.value !== field.defaultValue,
  );
  if (event.target === sheet && event.offsetX < 0 && !typed) sheet.close();
});

// A secret does not stay in the page after the sheet is closed. Its opener has the focus again, or
// what is there in its place.
sheet.addEventListener("close", () => {
  body.replaceChildren();
  if (opener?.isConnected) return;
  (document.querySelector("[data-new]") ?? document.getElementById("content")).focus();
});
