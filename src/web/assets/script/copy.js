// A press on a button copies what stands beside it.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  if (!source) continue;
  button.hidden = false;
  const told = document.createElement("span");
  told.className = "hidden";
  told.setAttribute("role", "status");
  button.after(told);
  const label = [...button.childNodes];
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without https there is no clipboard to write to; what is selected can be copied all the same.
      getSelection().selectAllChildren(source);
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Selected: copy it with your keyboard";
    told.textContent = button.textContent;
    setTimeout(() => {
      button.replaceChildren(...label);
      told.textContent = "";
    }, 3000);
  });
}
