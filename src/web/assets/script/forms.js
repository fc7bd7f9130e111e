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
