// What came: drawn on the page piece by piece, and kept as the bytes that it was.
//
// A run is one call: { began, first, signal, control, id, status, failed }, times of the page's clock.

import { $, numbers, words } from "./question.js";

const SHOWN = 1_000_000;

export const bytes = { text: "", more: 0, decoder: null };

export const state = (name) => {
  for (const each of document.querySelectorAll("#states [data-state]")) {
    each.hidden = each.dataset.state !== name;
  }
  const busy = name === "waiting" || name === "coming";
  $("answer").setAttribute("aria-busy", String(busy));
  $("send").disabled = busy;
  $("cancel").hidden = !busy;
};

export const fact = (name, text) => {
  const place = document.querySelector(`[data-fact="${name}"]`);
  place.hidden = text === "" || text === undefined || text === null;
  place.querySelector("dd").textContent = text ?? "";
  if (!place.hidden) $("facts").hidden = false;
};

export const clear = () => {
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

export const refuse = ({ code, message }) => {
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

export const show = (piece, run) => {
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

export const keep = (text) => {
  const room = SHOWN - bytes.text.length;
  bytes.text += text.slice(0, Math.max(room, 0));
  bytes.more += Math.max(text.length - room, 0);
};

// Drawn at the end, or when somebody looks: a long answer is not written twice at every step.
export const raw = () => {
  if ($("raw").textContent !== bytes.text) $("raw").textContent = bytes.text;
  $("raw-cut").hidden = !bytes.more;
  $("raw-cut").textContent = words.cut.replace("{n}", numbers.format(bytes.more));
};

export const view = (name) => {
  for (const each of document.querySelectorAll("[data-pane]")) each.hidden = each.dataset.pane !== name;
  for (const each of document.querySelectorAll("[data-view]")) {
    each.setAttribute("aria-pressed", String(each.dataset.view === name));
  }
  if (name === "raw") raw();
};

export const lapse = (milliseconds) => (milliseconds < 1000
  ? `${Math.round(milliseconds)} ms`
  : `${(milliseconds / 1000).toFixed(2)} s`);

export const heads = (response) => {
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
