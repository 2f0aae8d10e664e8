// The pool's pages: coolings count down, and files may be dropped anywhere.

const words = (left, [day, hour, minute, second]) => {
  if (left < 60) return `${left} ${second}`;
  // A minute that has begun counts, as on the server.
  const whole = Math.ceil(left / 60);
  if (whole < 60) return `${whole} ${minute}`;
  if (whole < 1440) return `${Math.floor(whole / 60)} ${hour} ${whole % 60} ${minute}`;
  return `${Math.floor(whole / 1440)} ${day} ${Math.floor((whole % 1440) / 60)} ${hour}`;
};

const tick = () => {
  for (const each of document.querySelectorAll("time[data-countdown]")) {
    const units = each.closest("[data-units]").dataset.units.split(" ");
    const left = Math.max(0, Math.ceil((new Date(each.dateTime) - Date.now()) / 1000));
    const text = words(left, units);
    if (each.textContent !== text) each.textContent = text;
  }
};
setInterval(tick, 1000);

const upload = () => import("./upload.js");
const cover = document.getElementById("drop");
const files = (event) => cover && event.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (!files(event)) return;
  event.preventDefault();
  cover.hidden = false;
});

document.addEventListener("dragleave", (event) => {
  // Only the window itself has nothing that is entered instead.
  if (files(event) && !event.relatedTarget) cover.hidden = true;
});

document.addEventListener("drop", async (event) => {
  if (!files(event)) return;
  event.preventDefault();
  cover.hidden = true;
  const dropped = [...event.dataTransfer.files];
  (await upload()).send(dropped, cover);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!cover || !form.matches("form[data-upload]")) return;
  event.preventDefault();
  const chosen = [...form.elements.files.files];
  form.reset();
  (await upload()).send(chosen, cover);
});
