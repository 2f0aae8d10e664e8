// Which rows are picked: their number, all at once, a range with Shift.

let last = null;

const boxes = () => [...document.querySelectorAll("#keys input[type=checkbox][name=key]")];

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
  } else if (box.name === "key") {
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

document.addEventListener("htmx:afterSwap", start);
start();
