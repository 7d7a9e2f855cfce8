// Shows the copy buttons where the browser can copy, and says so when it has.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const words = button.querySelector("span");
    const before = words.textContent;
    button.hidden = false;
    words.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        words.textContent = "Copied";
      } catch {
        words.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { words.textContent = before; }, 3000);
    });
  }
}
