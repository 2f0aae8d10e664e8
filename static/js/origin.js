// Addresses of this site, as this visitor reaches it. The server does not write them: it would have
// to believe a Host header. Where HOST_URL is set they are there already.

for (const each of document.querySelectorAll("[data-origin]")) {
  if (!each.textContent.includes("://")) each.textContent = location.origin + each.dataset.origin;
}

const exact = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "long",
});
for (const each of document.querySelectorAll("time[datetime*=T]")) {
  each.title = exact.format(new Date(each.dateTime));
}
