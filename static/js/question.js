// What is asked: the form of the playground, its image, and the key.
//
// The key is in the field or in `held`, and goes nowhere but into the header of the call: no form
// has it, no address, no storage, and the code that is shown does without it.

export const $ = (id) => document.getElementById(id);
export const words = $("playground").dataset;
const language = document.documentElement.lang;
export const numbers = new Intl.NumberFormat(language);
const IMAGES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const LARGEST = 8 * 1024 * 1024;

let held = "";
let image = null;

export const chosen = () => document.querySelector("input[name=dialect]:checked").value;

const number = (id) => ($(id).value.trim() === "" ? null : Number($(id).value));

export const question = () => ({
  model: $("model").value.trim(),
  system: $("system").value.trim(),
  message: $("message").value,
  image,
  limit: number("limit"),
  temperature: number("temperature"),
  stream: $("stream").checked,
  tool: $("tool").checked,
});

export const secret = () => $("key").value.trim() || held;

// What is wrong with it: [field, sentence], or nothing.
export const amiss = (asked) => {
  if (!asked.model) return ["model", words.nomodel];
  if (!asked.message.trim() && !asked.image) return ["message", words.nomessage];
  for (const id of ["limit", "temperature"]) {
    if (!$(id).checkValidity()) return [id, $(id).validationMessage];
  }
  if (!secret()) return ["key", words.nokey];
  return /^[\w.-]+$/.test(secret()) ? null : ["key", words.badkey];
};

export const complain = (found) => {
  $("wrong").hidden = !found;
  for (const each of document.querySelectorAll("#ask [aria-invalid]")) each.removeAttribute("aria-invalid");
  if (!found) return;
  const [id, sentence] = found;
  $("wrong").textContent = sentence;
  const field = $(id);
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.setAttribute("aria-invalid", "true");
  field.focus();
};

// A key for this page.

export const mint = async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = document.querySelector("button[form=mint]");
  button.disabled = true;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      redirect: "error",
    });
    if (response.status !== 201) throw new Error(response.statusText);
    const made = await response.json();
    held = made.api_key;
    $("key").value = "";
    $("key").placeholder = words.kept;
    const until = new Date(made.expires_at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    $("key-note").textContent = words.made
      .replace("{key}", made.masked)
      .replace("{units}", numbers.format(made.total_quota))
      .replace("{until}", until);
    complain(null);
  } catch {
    complain(["key", words.unmade]);
  }
  button.disabled = false;
};

// An image.

export const choose = async () => {
  const [file] = $("image").files;
  image = null;
  $("preview").hidden = true;
  complain(null);
  if (file && !IMAGES.has(file.type)) complain(["image", words.notimage]);
  else if (file && file.size > LARGEST) complain(["image", words.large]);
  else if (file) {
    const url = await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => done(reader.result));
      reader.addEventListener("error", failed);
      reader.readAsDataURL(file);
    });
    image = { url, kind: file.type, data: url.slice(url.indexOf(",") + 1), name: file.name };
    $("preview").src = url;
    $("preview").hidden = false;
  }
};
