// The playground: asks the gateway as any client would, and shows what comes.
//
// The key is in the field or in `held`, and goes nowhere but into the header of the call: no form
// has it, no address, no storage, and the code that is shown does without it.

import { Events } from "./sse.js";
import { fault, tongues } from "./tongues.js";

const $ = (id) => document.getElementById(id);
const words = $("playground").dataset;
const site = words.site || location.origin;
const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language);
const IMAGES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const LARGEST = 8 * 1024 * 1024;
const SHOWN = 1_000_000;

let held = "";
let image = null;
let running = null;

// The question.

const chosen = () => document.querySelector("input[name=dialect]:checked").value;

const number = (id) => ($(id).value.trim() === "" ? null : Number($(id).value));

const question = () => ({
  model: $("model").value.trim(),
  system: $("system").value.trim(),
  message: $("message").value,
  image,
  limit: number("limit"),
  temperature: number("temperature"),
  stream: $("stream").checked,
  tool: $("tool").checked,
});

const secret = () => $("key").value.trim() || held;

// What is wrong with it: [field, sentence], or nothing.
const amiss = (asked) => {
  if (!asked.model) return ["model", words.nomodel];
  if (!asked.message.trim() && !asked.image) return ["message", words.nomessage];
  for (const id of ["limit", "temperature"]) {
    if (!$(id).checkValidity()) return [id, $(id).validationMessage];
  }
  if (!secret()) return ["key", words.nokey];
  return /^[\w.-]+$/.test(secret()) ? null : ["key", words.badkey];
};

const complain = (found) => {
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

// The answer on the page.

const bytes = { text: "", more: 0, decoder: null };

const state = (name) => {
  for (const each of document.querySelectorAll("#states [data-state]")) {
    each.hidden = each.dataset.state !== name;
  }
  const busy = name === "waiting" || name === "coming";
  $("answer").setAttribute("aria-busy", String(busy));
  $("send").disabled = busy;
  $("cancel").hidden = !busy;
};

const fact = (name, text) => {
  const place = document.querySelector(`[data-fact="${name}"]`);
  place.hidden = text === "" || text === undefined || text === null;
  place.querySelector("dd").textContent = text ?? "";
  if (!place.hidden) $("facts").hidden = false;
};

const clear = () => {
  for (const id of ["nothing", "refusal", "thoughts", "text", "tools", "pictures", "facts", "dropped", "headers", "log", "raw-cut", "views"]) {
    $(id).hidden = true;
  }
  for (const each of document.querySelectorAll("[data-fact]")) fact(each.dataset.fact, "");
  $("facts").hidden = true;
  $("thoughts").querySelector(".said").textContent = "";
  for (const id of ["text", "raw"]) $(id).textContent = "";
  for (const each of $("tools").querySelectorAll("pre")) each.remove();
  $("pictures").replaceChildren();
  $("headers").querySelector("dl").replaceChildren();
  Object.assign(bytes, { text: "", more: 0, decoder: new TextDecoder() });
};

const write = (place, text) => {
  place.hidden = false;
  const target = place.querySelector?.(".said") ?? place;
  // Appending leaves what a person has picked alone.
  target.append(text);
};

const call = ({ at, name, args }) => {
  $("tools").hidden = false;
  let box = [...$("tools").querySelectorAll("pre")].find((each) => each.dataset.at === String(at));
  if (!box) {
    box = document.createElement("pre");
    box.dataset.at = at;
    box.append(document.createElement("strong"), document.createElement("span"));
    $("tools").append(box);
  }
  if (name) box.firstChild.textContent = `${name} `;
  if (args) box.lastChild.append(args);
};

const picture = (address) => {
  const inside = /^data:image\/(png|jpeg|webp|gif);base64,/.test(address ?? "");
  if (!inside && !String(address).startsWith(`${location.origin}/`)) {
    write($("text"), `\n${address}\n`);
    return;
  }
  const drawn = document.createElement("img");
  drawn.src = address;
  drawn.alt = "";
  $("pictures").append(drawn);
  $("pictures").hidden = false;
};

const refuse = ({ code, message }) => {
  const advice = [...$("advice").children].find((each) => each.dataset.code === code);
  $("refusal").hidden = false;
  $("refusal-code").textContent = code;
  $("refusal-text").textContent = message;
  $("refusal-advice").textContent = advice?.textContent ?? "";
};

// Of several that say how many, the last one knows.
const count = (usage) => {
  for (const [name, value] of Object.entries(usage)) fact(name, numbers.format(value));
};

const show = (piece, run) => {
  if (piece.text) write($("text"), piece.text);
  if (piece.thought) write($("thoughts"), piece.thought);
  if (piece.tool) call(piece.tool);
  if (piece.image) picture(piece.image);
  if (piece.usage) count(piece.usage);
  if (piece.finish) fact("finish", piece.finish);
  if (piece.model) fact("model", piece.model);
  if (piece.error) {
    run.failed = true;
    refuse(piece.error);
  }
};

const keep = (text) => {
  const room = SHOWN - bytes.text.length;
  bytes.text += text.slice(0, Math.max(room, 0));
  bytes.more += Math.max(text.length - room, 0);
};

// Drawn at the end, or when somebody looks: a long answer is not written twice at every step.
const raw = () => {
  if ($("raw").textContent !== bytes.text) $("raw").textContent = bytes.text;
  $("raw-cut").hidden = !bytes.more;
  $("raw-cut").textContent = words.cut.replace("{n}", numbers.format(bytes.more));
};

const view = (name) => {
  for (const each of document.querySelectorAll("[data-pane]")) each.hidden = each.dataset.pane !== name;
  for (const each of document.querySelectorAll("[data-view]")) {
    each.setAttribute("aria-pressed", String(each.dataset.view === name));
  }
  if (name === "raw") raw();
};

const lapse = (milliseconds) => (milliseconds < 1000
  ? `${Math.round(milliseconds)} ms`
  : `${(milliseconds / 1000).toFixed(2)} s`);

const heads = (response) => {
  const list = $("headers").querySelector("dl");
  const pair = (name, value) => {
    const row = document.createElement("div");
    const [key, text] = [document.createElement("dt"), document.createElement("dd")];
    key.textContent = name;
    text.textContent = value;
    text.className = "mono";
    row.append(key, text);
    list.append(row);
  };
  pair("status", `${response.status} ${response.statusText}`.trim());
  for (const [name, value] of response.headers) pair(name, value);
  $("headers").hidden = false;
  $("views").hidden = false;
  const lost = response.headers.get("x-potluck-dropped");
  $("dropped").hidden = !lost;
  $("dropped").querySelector("code").textContent = lost ?? "";
};

// The call.

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const stream = async (response, tongue, run) => {
  const events = new Events();
  const heard = (found) => {
    for (const { data } of found) {
      const body = data === "[DONE]" ? null : parsed(data);
      if (body && typeof body === "object") for (const piece of tongue.hear(body)) show(piece, run);
    }
  };
  await pour(response, run, (chunk) => heard(events.feed(chunk)));
  heard(events.flush());
};

const whole = async (response, tongue, run) => {
  await pour(response, run, () => {});
  const body = parsed(bytes.text);
  if (response.ok && !body) throw new Error(words.unread);
  if (response.ok) for (const piece of tongue.read(body)) show(piece, run);
  else {
    const { code, message } = body ? fault(body) : { code: "", message: bytes.text.slice(0, 2000) };
    show({ error: { code: code || `HTTP ${response.status}`, message } }, run);
  }
};

const pour = async (response, run, each) => {
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!run.first) {
      run.first = performance.now();
      fact("first", lapse(run.first - run.began));
      state("coming");
    }
    keep(bytes.decoder.decode(value, { stream: true }));
    each(value);
    if (!document.querySelector('[data-pane="raw"]').hidden) raw();
  }
  keep(bytes.decoder.decode());
};

const ask = async (run, asked, dialect) => {
  const tongue = tongues[dialect];
  const { path, headers, body } = tongue.ask(asked);
  const key = tongue.key === "Authorization" ? `Bearer ${secret()}` : secret();
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers, [tongue.key]: key },
    body: JSON.stringify(body),
    signal: run.signal,
    credentials: "omit",
    cache: "no-store",
  });
  run.id = response.headers.get("x-request-id");
  run.status = response.status;
  heads(response);
  const streamed = response.ok && response.headers.get("content-type")?.includes("event-stream");
  await (streamed ? stream : whole)(response, tongue, run);
};

// What the gateway wrote down of it, a moment after its end: units, and who answered.
const look = async (run) => {
  for (const wait of [150, 400, 800, 1600]) {
    await new Promise((done) => { setTimeout(done, wait); });
    if (running && running !== run) return;
    const response = await fetch(words.records + run.id, { headers: { Accept: "application/json" } });
    if (response.ok) {
      const record = await response.json();
      fact("units", numbers.format(record.units));
      const who = [record.provider, record.upstream_model].filter(Boolean).join(" · ");
      if (who) fact("model", who);
      $("log").hidden = false;
      $("log").querySelector("a").href = words.requests + encodeURIComponent(run.id);
      $("log").querySelector("code").textContent = run.id;
      return;
    }
    if (response.status !== 404) return;
  }
};

const ended = (run, error) => {
  if (!error) return run.failed ? "refused" : "done";
  if (error.name === "AbortError") return "cancelled";
  refuse({ code: "", message: `${words.away} ${error.message}` });
  return "broken";
};

const send = async () => {
  if (running) return;
  const asked = question();
  const wrong = amiss(asked);
  complain(wrong);
  if (wrong) return;
  const control = new AbortController();
  const run = { began: performance.now(), signal: control.signal, control };
  running = run;
  clear();
  view("read");
  state("waiting");
  if (matchMedia("(max-width: 860px)").matches) $("answer").scrollIntoView();
  let error = null;
  try {
    await ask(run, asked, chosen());
  } catch (caught) {
    error = caught;
  }
  const end = ended(run, error);
  if (end === "refused" && run.first && run.status === 200) state("broken");
  else state(end);
  fact("total", lapse(performance.now() - run.began));
  running = null;
  raw();
  // Nobody writes down what came without a key that is known.
  if (run.id && run.status !== 401) await look(run).catch(() => {});
};

// A key for this page.

const mint = async (event) => {
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

const choose = async () => {
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
  code();
};

// The same call as code.

let snippets = null;

const code = () => {
  const asked = question();
  $("explain").href = `/panel/models?name=${encodeURIComponent(asked.model)}`;
  if (!snippets) return;
  $("line-curl").textContent = snippets.curl(site, chosen(), asked);
  const { sdk, text } = snippets.python(site, chosen(), asked);
  $("line-python").textContent = text;
  $("sdk").textContent = ` (${sdk})`;
  $("install").textContent = `pip install ${sdk}`;
};

// Who never looks there need not wait for it.
const near = new IntersectionObserver(async ([entry]) => {
  if (!entry.isIntersecting) return;
  near.disconnect();
  snippets = await import("./snippets.js");
  code();
});

// Hands.

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
$("ask").addEventListener("input", code);
$("mint").addEventListener("submit", mint);
$("image").addEventListener("change", choose);
$("cancel").addEventListener("click", () => running?.control.abort());
$("views").addEventListener("click", (event) => {
  const name = event.target.closest("[data-view]")?.dataset.view;
  if (name) view(name);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && running && !document.querySelector("dialog[open]")) {
    running.control.abort();
  }
});

// Some browsers fill in what was there before the page was left.
$("key").value = "";
code();
$("play").hidden = false;
$("code").hidden = false;
near.observe($("code"));
