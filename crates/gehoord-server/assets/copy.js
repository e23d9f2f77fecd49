// Copying with one key. Where a browser does not let a page copy, the text is selected instead.
export async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

export function copyParts(root) {
  for (const part of root.querySelectorAll("[data-js]")) part.hidden = false;
  for (const field of root.querySelectorAll("[data-path]")) withAddress(field);
  for (const box of root.querySelectorAll("[data-copy-box]")) {
    const button = box.querySelector("[data-copy]");
    button.hidden = false;
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", async () => {
      const fields = [...box.querySelectorAll("textarea")];
      const one = fields.length === 1 ? fields[0] : together(fields);
      if (await copy(one)) box.querySelector("[role=status]").textContent = button.dataset.copied;
      if (fields.length > 1) one.remove();
    });
  }
}

// The fields of a sheet under each other, with what they are called.
function together(fields) {
  const all = document.createElement("textarea");
  all.value = fields
    .filter((field) => field.value.trim())
    .map((field) => `${field.labels[0].querySelector("span").textContent}: ${field.value.trim()}`)
    .join("\n");
  all.className = "hidden";
  document.body.append(all);
  return all;
}

// "Vraag iemand erbij": opens and copies the line at once. The event does not bubble, so it is
// caught on its way down, also for cards that come later.
document.addEventListener("toggle", async (event) => {
  const along = event.target;
  if (!along.matches?.("[data-along]") || !along.open) return;
  const field = along.querySelector("input");
  if (await copy(field)) along.querySelector("[role=status]").textContent = field.dataset.copied;
}, true);

// The server does not know under which name it is reached; the browser does.
function withAddress(field) {
  const { path } = field.dataset;
  if (path && !field.value.includes(location.origin)) field.value = field.value.replace(path, location.origin + path);
}
