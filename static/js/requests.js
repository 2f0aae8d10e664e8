// The request log: times in the visitor's own zone, and no questions while nobody looks.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const field = document.querySelector("[data-zone]");

// A link that was shared keeps the zone it was made in.
if (field && !field.value && zone) {
  field.value = zone;
  for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "following" && document.hidden) event.preventDefault();
});

// Who comes back does not wait.
document.addEventListener("visibilitychange", () => {
  const following = document.getElementById("following");
  if (following && !document.hidden) htmx.trigger(following, "seen");
});
