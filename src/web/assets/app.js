// What a browser with scripts has beyond the pages themselves. Every page works without this file.
"use strict";

// The theme changes at once and without a new page; the cookie is the one that the form sets.
for (const form of document.querySelectorAll("form.themes")) {
  form.addEventListener("submit", (event) => {
    const theme = event.submitter && event.submitter.value;
    if (!["system", "light", "dark"].includes(theme)) return;
    event.preventDefault();
    document.cookie = `aiins_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  });
}

// A second press while the first is on its way would send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// A page that comes back out of the browser's memory was not sent.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// How many characters are left, once few are.
for (const field of document.querySelectorAll("textarea[maxlength]")) {
  const left = document.createElement("span");
  left.className = "left";
  field.after(left);
  const tell = () => {
    const rest = field.maxLength - [...field.value].length;
    left.textContent = rest <= 200 ? `${rest} left` : "";
  };
  field.addEventListener("input", tell);
  tell();
}

// Times grow older while a page is open.
const tellTimes = () => {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (minutes < 0 || minutes >= 24 * 60) continue;
    time.textContent = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
  }
};
setInterval(tellTimes, 60000);
