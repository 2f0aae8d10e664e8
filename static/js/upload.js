// Files on their way to the server: one after the other, each with its progress and what came of it.

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

// The list in the open sheet, or that of the page.
const list = () =>
  document.querySelector("dialog[open] [data-uploads]") ??
  document.querySelector("main [data-uploads]");

const line = (file) => {
  const item = document.createElement("div");
  const name = document.createElement("strong");
  const bar = document.createElement("progress");
  item.className = "file";
  name.className = "mono";
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(name, bar);
  list().prepend(item);
  return item;
};

const fail = (item, text) => {
  const said = document.createElement("span");
  said.className = "wrong";
  said.setAttribute("role", "alert");
  said.textContent = text;
  item.querySelector("progress").replaceWith(said);
};

const post = (file, url, moved) =>
  new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => moved(event.loaded / (event.total || 1));
    request.onload = () => (request.status === 200 ? resolve(request.responseText) : reject());
    request.onerror = reject;
    request.send(form);
  });

const one = async (file, item, settings) => {
  const bar = item.querySelector("progress");
  if (file.size > Number(settings.largest)) {
    fail(item, settings.large);
    return;
  }
  try {
    const answer = await post(file, settings.url, (share) => { bar.value = share; });
    const shown = document.createRange().createContextualFragment(answer);
    item.replaceWith(shown);
    window.htmx?.trigger(document.body, "creds-changed");
  } catch {
    fail(item, settings.failed);
  }
};

export const send = async (files, cover) => {
  const waiting = files.map((file) => [file, line(file)]);
  for (const [file, item] of waiting) await one(file, item, cover.dataset);
};
