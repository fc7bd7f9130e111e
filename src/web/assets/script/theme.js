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
