// What moves in the console: the keyboard, the side sheet, times in the visitor's own zone.

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

const local = (root) => {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "long",
  });
  for (const each of root.querySelectorAll("time[datetime]")) {
    each.title = format.format(new Date(each.dateTime));
  }
};

// What can be undone can be undone for ten seconds.
setTimeout(() => {
  for (const each of document.querySelectorAll("[data-brief]")) each.hidden = true;
}, 10_000);

document.addEventListener("htmx:afterSwap", (event) => local(event.target));
local(document);

// The side sheet: what htmx puts into #sheet-body is shown in a dialog. Without scripts the same
// link opens a page.

const sheet = document.getElementById("sheet");
const body = document.getElementById("sheet-body");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== body || !body.childElementCount) return;
  if (!sheet.open) sheet.showModal();
  const wrong = body.querySelector("[aria-invalid=true]");
  (wrong ?? body.querySelector("[autofocus]"))?.focus();
});

// A click beside it closes it, unless something was typed that would be lost.
sheet.addEventListener("mousedown", (event) => {
  const typed = [...body.querySelectorAll("input, textarea")].some(
    (field) => field.value !== field.defaultValue,
  );
  if (event.target === sheet && event.offsetX < 0 && !typed) sheet.close();
});

// A secret does not stay in the page after the sheet is closed.
sheet.addEventListener("close", () => body.replaceChildren());
