// Files that are dropped, a word when they are too large, and how far an import is.
const WAITS = 2000;

export function takeFiles(form) {
  const input = form.querySelector('input[type="file"]');
  const drop = form.querySelector(".drop");
  const list = form.querySelector(".drop-list");
  drop.querySelector(".drop-here").hidden = false;
  const size = () => [...input.files].reduce((sum, file) => sum + file.size, 0);
  const show = () => {
    input.setCustomValidity(size() > Number(form.dataset.most) ? form.dataset.large : "");
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name} (${written(file.size)})`;
        return line;
      }),
    );
    if (input.validationMessage && input.files.length) input.reportValidity();
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const files = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) files.items.add(file);
    input.files = files.files;
    show();
  });
  const button = form.querySelector("button.primary");
  const words = button.textContent;
  form.addEventListener("submit", () => {
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.busy;
  });
  // Who comes back with the back button may give files again.
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-disabled");
    button.textContent = words;
    show();
  });
}

function written(bytes) {
  const unit = bytes < 1024 * 1024 ? ["kB", 1024] : ["MB", 1024 * 1024];
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return `${number.format(bytes / unit[1])} ${unit[0]}`;
}

export function followImport(state) {
  setTimeout(async () => {
    const answer = await fetch(location.pathname).catch(() => null);
    if (!answer?.ok || answer.redirected) return followImport(state);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("import-state");
    if (!fresh) return;
    if (!("going" in fresh.dataset)) {
      state.replaceWith(fresh);
      fresh.querySelector("h1").tabIndex = -1;
      if (state.contains(document.activeElement) || document.activeElement === document.body) {
        fresh.querySelector("h1").focus();
      }
      return;
    }
    // Only what changed, so that a button under a finger stays where it is.
    for (const part of ["h1", ".lead", ".field > span", ".import-writing", ".import-counts"]) {
      const [old, now] = [state.querySelector(part), fresh.querySelector(part)];
      if (old && now && old.innerHTML !== now.innerHTML) old.replaceWith(now);
    }
    const [old, now] = [state.querySelector("progress"), fresh.querySelector("progress")];
    if (old && now) Object.assign(old, { max: now.max, value: now.value });
    followImport(state);
  }, WAITS);
}
