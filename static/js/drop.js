// Lets a file be dropped anywhere on a form that asks for one. Without this script the file field works as it is.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const field = form.querySelector('input[type="file"]');
  const zone = form.querySelector(".drop");
  form.querySelector("[data-drop-hint]")?.removeAttribute("hidden");

  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) zone.removeAttribute("data-over");
  });
  form.addEventListener("drop", (event) => {
    zone.removeAttribute("data-over");
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
  });
}
