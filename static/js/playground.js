// The playground: a question (question.js) goes to the gateway (call.js), and what comes is shown
// (answer.js); the same call stands below as code.

import { clear, fact, lapse, raw, refuse, state, view } from "./answer.js";
import { ask, look } from "./call.js";
import { $, amiss, choose, chosen, complain, mint, question, words } from "./question.js";

const site = words.site || location.origin;

let running = null;

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
  if (run.id && run.status !== 401) await look(run, () => running && running !== run).catch(() => {});
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
$("image").addEventListener("change", async () => {
  await choose();
  code();
});
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
