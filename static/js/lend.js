// Lending: forms are sent once, and a page that waits for a provider asks how it stands.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    // After the browser has gathered what it sends; a button may be part of it.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}

// Whoever comes back with the browser's arrow may press again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button")) button.disabled = false;
});

const waiting = document.querySelector("[data-poll]");

const ask = async () => {
  const address = waiting.dataset.poll;
  let answer;
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    answer = await response.json();
  } catch {
    // The gateway or the way to it is away for a moment.
    later(Number(waiting.dataset.after) * 2);
    return;
  }
  if (answer.status === "pending") later(answer.after);
  else location.replace(answer.receipt ? `${answer.receipt}?new=1` : address);
};

const later = (seconds) => setTimeout(ask, Math.max(seconds, 1) * 1000);

if (waiting) later(Number(waiting.dataset.after));
