// One call of the gateway, as any client would make it: sent, read as a stream or whole, looked up.

import { bytes, fact, heads, keep, lapse, raw, show, state } from "./answer.js";
import { $, numbers, secret, words } from "./question.js";
import { Events } from "./sse.js";
import { fault, tongues } from "./tongues.js";

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

// Ends with the answer; its pieces are shown as they come.
export const ask = async (run, asked, dialect) => {
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

// What the gateway wrote down of it, a moment after its end: units, and who answered. Nobody looks
// once `left()`: another call has begun.
export const look = async (run, left) => {
  for (const wait of [150, 400, 800, 1600]) {
    await new Promise((done) => { setTimeout(done, wait); });
    if (left()) return;
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
