// The card beside the form of a note follows the typing. The server makes it, as it makes all cards.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const card = form.querySelector(".preview-card");
  let pause, asked;
  const look = async () => {
    clearTimeout(pause);
    if (asked) asked.abort();
    asked = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("only", "card");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body, signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok) card.replaceChildren(...page.body.childNodes);
      else if (answer.status === 401) card.textContent = "You are signed out. Sign in in another tab and go on here: what you typed is still in the form.";
    } catch {
      // Another look has begun, or there is no network: the card stays as it is until the next one.
    }
  };
  const soon = () => {
    clearTimeout(pause);
    pause = setTimeout(look, 400);
  };
  form.addEventListener("input", soon);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.name || !(button.getAttribute("formaction") || "").startsWith(form.dataset.preview)) return;
    event.preventDefault();
    look();
    form.querySelector("#preview").scrollIntoView({ block: "nearest" });
  });

  // Without a script times are in UTC. With one they are the reader's own, and what is sent is UTC as before.
  const time = form.querySelector("input[type=datetime-local]");
  if (time) {
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = time.name;
    time.removeAttribute("name");
    time.after(sent);
    const local = (at) => new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    if (time.value) time.value = local(new Date(`${time.value}Z`));
    const tell = () => {
      sent.value = time.value ? new Date(time.value).toISOString() : "";
    };
    time.addEventListener("input", tell);
    tell();
    form.querySelector("#zone").textContent = `your time (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  }
}
