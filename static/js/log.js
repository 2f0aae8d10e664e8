// The live log: lines come over a websocket, and the page goes on from the last one that it has.

const page = document.getElementById("live");
const box = document.getElementById("log-box");
const list = document.getElementById("log");
const blank = document.getElementById("log-line").content.firstElementChild;
const level = document.getElementById("live-level");
const text = document.getElementById("live-text");
const pause = document.getElementById("live-pause");
const follow = document.getElementById("live-follow");
const state = document.getElementById("live-state");
const words = page.dataset;
const most = Number(words.most);

const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const moment = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium", timeStyle: "long",
});

const say = (name, count) =>
  (count === 1 && words[`${name}One`]) || words[name].replace("{n}", count.toLocaleString("en"));

// What stands above, in a shape and a word.

const shapes = { live: 0, waiting: 1, ended: 2 };
const tones = { live: "active", waiting: "waiting", ended: "spent" };
let connection = ["waiting", words.connecting];

const tell = () => {
  const [kind, sentence] = connection[0] === "live" && paused ? ["waiting", words.paused] : connection;
  state.className = `state ${tones[kind]}`;
  [...state.querySelectorAll("svg")].forEach((each, place) => {
    each.classList.toggle("none", place !== shapes[kind]);
  });
  const span = state.querySelector("span");
  if (span.textContent !== sentence) span.textContent = sentence;
  state.hidden = false;
};

const be = (kind, sentence) => { connection = [kind, sentence]; tell(); };

// Lines.

let paused = false;
let following = true;
let unseen = 0;
let held = [];
let missed = 0;

const when = (time, at) => {
  time.dateTime = at;
  time.textContent = clock.format(new Date(at));
  time.title = moment.format(new Date(at));
};

const drawn = (line) => {
  const item = blank.cloneNode(true);
  item.classList.add(line.level);
  item.dataset.seq = line.seq;
  when(item.querySelector("time"), line.at);
  item.querySelector("b").textContent = line.level;
  item.querySelector(".log-who").textContent = [line.logger, line.process].filter(Boolean).join(" ");
  const trace = line.text.includes("Traceback (most recent");
  item.querySelector(".log-text").textContent =
    trace ? line.text.replaceAll("\\n", "\n") : line.text;
  const link = item.querySelector(".log-request");
  if (line.request) {
    link.href = `/panel/requests/${encodeURIComponent(line.request)}`;
  } else {
    link.remove();
  }
  return item;
};

const aside = (sentence) => {
  const item = document.createElement("li");
  item.className = "log-aside";
  item.textContent = sentence;
  return item;
};

const end = () => { box.scrollTop = box.scrollHeight; };

const trim = () => {
  const before = box.scrollHeight;
  while (list.childElementCount > most) list.firstElementChild.remove();
  // What a person reads stays where it is.
  if (!following) box.scrollTop -= before - box.scrollHeight;
};

const show = (items, count) => {
  if (!items.length) return;
  list.append(...items);
  trim();
  document.getElementById("log-empty").hidden = true;
  if (following) end();
  else unseen += count;
  offer();
};

const take = (lines, skipped) => {
  if (paused) {
    held.push(...lines);
    missed += skipped;
    if (held.length > most) missed += held.splice(0, held.length - most).length;
    unseen = held.length;
    offer();
    return;
  }
  const items = lines.map(drawn);
  if (skipped) items.unshift(aside(say("skipped", skipped)));
  show(items, lines.length);
};

const offer = () => {
  follow.hidden = unseen === 0;
  follow.textContent = `${say("fresh", unseen)} ↓`;
};

const hold = (yes) => {
  paused = yes;
  for (const each of pause.querySelectorAll("[data-word]")) each.hidden = !each.hidden;
  for (const [place, each] of [...pause.querySelectorAll("svg")].entries()) {
    each.classList.toggle("none", place !== Number(yes));
  }
  if (!yes) {
    const [lines, skipped] = [held, missed];
    [held, missed, unseen] = [[], 0, 0];
    take(lines, skipped);
    offer();
  }
  tell();
};

const empty = () => {
  list.replaceChildren();
  [held, missed, unseen] = [[], 0, 0];
  offer();
};

// The connection.

let socket = null;
let run = words.run;
let last = Number(words.last);
let tries = 0;
let asked = false;
let answered = true;
let met = false;
let timer = 0;

const filters = () => ({ level: level.value, text: text.value.trim(), after: last, run });

const opened = (message) => {
  if (message.run !== run) {
    // Numbers of another process mean nothing here.
    if (!met) empty();
    else if (list.childElementCount) show([aside(words.other)], 0);
    run = message.run;
  }
  met = true;
  const process = document.getElementById("live-process");
  if (process) process.textContent = message.process;
  asked = false;
  tries = 0;
  be("live", words.connected);
};

const hear = (event) => {
  answered = true;
  const message = JSON.parse(event.data);
  if ("run" in message) opened(message);
  // What was on its way when other lines were asked for is not wanted any more.
  if (asked) return;
  last = message.last;
  if (message.lines?.length || message.skipped) take(message.lines, message.skipped);
};

const again = () => {
  clearInterval(timer);
  tries += 1;
  let seconds = Math.min(30, 2 ** Math.min(tries - 1, 5));
  be("waiting", words.waiting.replace("{n}", seconds));
  timer = setInterval(() => {
    seconds -= 1;
    // Nobody needs to be told of each second.
    if (seconds <= 0) connect();
  }, 1000);
};

const closed = (event) => {
  socket = null;
  if (event.code === 4401 && tries > 0) return over();
  if (event.code === 4403 || event.code === 4400) {
    return be("ended", `${words.refused} ${event.reason || event.code}`);
  }
  return again();
};

const over = () => {
  clearInterval(timer);
  be("ended", words.over);
  const link = document.createElement("a");
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = words.login;
  state.querySelector("span").append(" ", link);
};

const connect = () => {
  clearInterval(timer);
  const { level: wanted, text: part, after } = filters();
  const query = new URLSearchParams({ level: wanted, text: part, after, run });
  try {
    socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${words.stream}?${query}`);
  } catch {
    return be("ended", words.impossible);
  }
  asked = true;
  answered = true;
  socket.addEventListener("message", hear);
  socket.addEventListener("close", closed);
  return undefined;
};

// A line that died without a word (a laptop that slept) is found out by asking.
setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (!answered) {
    socket.removeEventListener("close", closed);
    socket.close();
    socket = null;
    again();
    return;
  }
  answered = false;
  socket.send('{"ping":1}');
}, 20_000);

// Looking at the page keeps a session alive; watching it does, too.
setInterval(() => {
  if (!document.hidden && socket) fetch("/panel/log", { method: "HEAD" }).catch(() => {});
}, 1_200_000);

window.addEventListener("online", () => { if (!socket) connect(); });

// Filters, which live in the address.

const filter = () => {
  const query = new URLSearchParams({ level: level.value, text: text.value.trim() });
  history.replaceState(null, "", `${location.pathname}?${query}`);
  document.getElementById("live-download").href = `/auth/logs/download?${query}`;
  const finer = document.getElementById("live-finer");
  finer.hidden = finer.dataset.finer === "no" || level.value !== "debug";
  empty();
  const nothing = document.getElementById("log-empty");
  nothing.textContent = words.none;
  nothing.hidden = false;
  last = 0;
  following = true;
  if (socket?.readyState === WebSocket.OPEN) {
    asked = true;
    socket.send(JSON.stringify(filters()));
  } else if (socket) {
    socket.removeEventListener("close", closed);
    socket.close();
    connect();
  }
};

let typing = 0;
text.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(filter, 250);
});
level.addEventListener("change", filter);
document.getElementById("live-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  filter();
});

// Hands.

pause.addEventListener("click", () => hold(!paused));
document.getElementById("live-empty").addEventListener("click", empty);

const forward = () => {
  following = true;
  unseen = 0;
  if (paused) hold(false);
  end();
  offer();
};
follow.addEventListener("click", forward);

box.addEventListener("scroll", () => {
  following = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  if (following && !paused && unseen) {
    unseen = 0;
    offer();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, button, a, summary")) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === " ") hold(!paused);
  else if (event.key === "End") forward();
  else return;
  event.preventDefault();
});

for (const time of list.querySelectorAll("time")) when(time, time.dateTime);
for (const each of [pause, document.getElementById("live-empty")]) each.hidden = false;
pause.querySelectorAll("svg")[1].classList.add("none");
end();
connect();
