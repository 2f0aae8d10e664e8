// Buttons with data-copy="id" copy the text of that element. Without scripts they stay hidden.

const legacy = (text) => {
  // A page without TLS has no clipboard object; this old way still works there.
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.className = "unseen";
  const place = document.querySelector("dialog[open]") ?? document.body;
  place.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
};

const write = async (text) => {
  if (!navigator.clipboard) return legacy(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return legacy(text);
  }
};

const reveal = (root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source && source.value ? source.value : source.textContent;
  const label = button.querySelector("[data-label]");
  const before = label.dataset.before ?? label.textContent;
  label.dataset.before = before;
  const done = await write(text.trim());
  label.textContent = done ? button.dataset.done : button.dataset.failed;
  setTimeout(() => { label.textContent = before; }, 2000);
});

document.addEventListener("htmx:afterSwap", (event) => reveal(event.target));
reveal(document);
