// Words that something was heard in: why, on hover, tap and keyboard. Without this module each mark
// is a link to the same reasons below its turn.
const OPENS_AFTER = 180;
const CLOSES_AFTER = 260;

let pop;
let mark;
let timer;

export function explainMarks(root) {
  if (!HTMLElement.prototype.hasOwnProperty("popover")) return;
  for (const one of root.querySelectorAll("a.mark")) prepare(one);
}

function prepare(one) {
  one.setAttribute("role", "button");
  one.setAttribute("aria-haspopup", "dialog");
  one.setAttribute("aria-expanded", "false");
  one.addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (mark === one && pop.matches(":popover-open") && pop.dataset.stays) return close();
    open(one, true);
  });
  one.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    one.click();
  });
  one.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "mouse" || pop?.dataset.stays) return;
    clearTimeout(timer);
    timer = setTimeout(() => open(one, false), OPENS_AFTER);
  });
  one.addEventListener("pointerleave", leave);
}

function leave() {
  clearTimeout(timer);
  if (!pop?.dataset.stays) timer = setTimeout(close, CLOSES_AFTER);
}

// `stays`: it was asked for, so it takes the focus and waits to be closed.
function open(one, stays) {
  if (!pop) make();
  else if (pop.matches(":popover-open")) pop.hidePopover();
  mark = one;
  pop.replaceChildren();
  for (const id of one.dataset.reasons.split(" ")) {
    const reason = document.getElementById(id);
    if (!reason) continue;
    const copy = document.createElement("div");
    copy.className = reason.className;
    copy.append(...[...reason.childNodes].map((node) => node.cloneNode(true)));
    pop.append(copy);
  }
  pop.setAttribute("aria-label", one.querySelector(".hidden")?.textContent.trim() ?? "");
  if (stays) pop.dataset.stays = "yes";
  else delete pop.dataset.stays;
  pop.showPopover();
  place(one);
  one.setAttribute("aria-expanded", "true");
  if (stays) pop.focus();
}

function make() {
  pop = document.createElement("div");
  pop.className = "pop";
  pop.popover = "auto";
  pop.tabIndex = -1;
  pop.setAttribute("role", "dialog");
  pop.addEventListener("toggle", (event) => {
    if (event.newState === "open") return;
    mark?.setAttribute("aria-expanded", "false");
    if (pop.dataset.stays && (document.activeElement === document.body || pop.contains(document.activeElement))) {
      mark?.focus({ preventScroll: true });
    }
    delete pop.dataset.stays;
  });
  pop.addEventListener("pointerenter", () => clearTimeout(timer));
  pop.addEventListener("pointerleave", leave);
  document.body.append(pop);
}

function close() {
  if (pop?.matches(":popover-open")) pop.hidePopover();
}

// Below the words, or above them where there is no room.
function place(one) {
  const words = one.getClientRects()[0];
  const last = one.getBoundingClientRect();
  const size = pop.getBoundingClientRect();
  const left = Math.max(16, Math.min(words.left, document.documentElement.clientWidth - size.width - 16));
  const below = last.bottom + 8;
  const above = last.top - size.height - 8;
  const top = below + size.height > innerHeight && above > 8 ? above : below;
  pop.style.left = `${left + scrollX}px`;
  pop.style.top = `${top + scrollY}px`;
}
