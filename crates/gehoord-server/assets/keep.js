// What is being typed in a form stays in this tab until it was taken: who was logged out meanwhile
// finds it again behind the door.
const BEFORE = "form ";

export function keepTyped(forms) {
  for (const form of forms) {
    const fields = () => [...form.querySelectorAll("textarea, input:not([type=hidden])")];
    const key = BEFORE + form.dataset.keep;
    const kept = read(key);
    for (const field of fields()) field.value ||= kept?.values[field.name] ?? "";
    const keep = (sent) => {
      const values = Object.fromEntries(fields().map((field) => [field.name, field.value]));
      write(key, { values, sent });
    };
    form.addEventListener("input", () => keep(false));
    form.addEventListener("submit", () => keep(true));
  }
  // What was sent and brought one elsewhere than to the door or to what went wrong was taken.
  if (document.querySelector(".door")) return;
  const here = [...forms].map((form) => BEFORE + form.dataset.keep);
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(BEFORE) && !here.includes(key) && read(key)?.sent) sessionStorage.removeItem(key);
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch { /* full, or not allowed: the form itself still has it */ }
}
