// Which rows are picked: their number, all at once, a range with Shift. They stay picked when the
// list is asked anew.

let last = null;
let kept = new Set();
let whole = false;

const every = () => document.querySelector("#batch [data-every] input");

const boxes = () => [...document.querySelectorAll("td.pick input[type=checkbox]")];

const show = () => {
  const picked = boxes().filter((box) => box.checked).length;
  for (const box of boxes()) box.closest("tr").classList.toggle("picked", box.checked);
  const bar = document.getElementById("batch");
  if (!bar) return;
  bar.hidden = picked === 0;
  bar.querySelector("[data-count]").textContent = picked;
  const all = document.getElementById("pick-all");
  all.checked = picked > 0 && picked === boxes().length;
  all.indeterminate = picked > 0 && !all.checked;
  // Whoever picked a whole page may mean the other pages, too.
  const more = every();
  if (!more) return;
  more.closest("[data-every]").hidden = !all.checked;
  if (!all.checked) more.checked = false;
};

const range = (from, to) => {
  const every = boxes();
  const [start, end] = [every.indexOf(from), every.indexOf(to)].sort((a, b) => a - b);
  for (const box of every.slice(Math.max(start, 0), end + 1)) box.checked = to.checked;
};

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.id === "pick-all") {
    for (const each of boxes()) each.checked = box.checked;
  } else if (box.matches?.("td.pick input[type=checkbox]")) {
    if (event.shiftKey && last?.isConnected) range(last, box);
    last = box;
  } else {
    return;
  }
  show();
});

const start = () => {
  const all = document.getElementById("pick-all");
  if (all) all.hidden = false;
  show();
};

document.addEventListener("htmx:beforeSwap", () => {
  kept = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  whole = Boolean(every()?.checked);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) box.checked ||= kept.has(box.value);
  if (every()) every().checked ||= whole;
  start();
});
start();
