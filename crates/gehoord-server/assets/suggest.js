// Something to begin a reply with, on request: at most three. One that is taken stands in the field
// to be edited; its open places are gone through with Tab. Nothing is sent to anybody but our own
// server, and nothing by itself.

const KEPT = "suggested";
const MOST = 40;
const LONGEST = 60000;

/// The open places of a text: slots, and masks that this viewer may not see behind.
export function slotsIn(text) {
  const all = text.matchAll(/\{[^{}\n]{1,600}\}|\[[a-z]+-\d+\]/g);
  return [...all].map((one) => ({ start: one.index, end: one.index + one[0].length, text: one[0] }));
}

export function suggestReplies(root, reply) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = root.dataset;
  const button = part("suggest");
  if (!button) return undefined;
  const [box, list, note, other] = ["suggestions", "suggestion-list", "suggestion-note", "suggest-other"].map(part);
  const { field } = reply;

  // What was shown in this tab does not come again, in any conversation.
  const shown = read();
  let turn = 0; // an answer to an earlier question is not looked at

  async function ask(from, count, earlier) {
    const question = { ...reply.about(), from, count, not_so: reply.notSo(), earlier: earlier.slice(-MOST) };
    const answer = await fetch("/api/v1/suggest", {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf-token": root.querySelector("[name=csrf]").value },
      body: JSON.stringify(question),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function suggest(again, toFirst) {
    const about = reply.about();
    if (about.customer?.trim() === "") return reply.say(words.paste);
    if ((about.customer?.length ?? 0) > LONGEST) return reply.note(words.tooLong);
    reply.say("");
    turn += 1;
    const mine = turn;
    const model = words.model === "true";
    try {
      const own = await ask("own", 3, shown);
      if (mine !== turn) return;
      if (!reply.safe()) return close();
      const all = own.suggestions;
      // One place is left for the language model, which may take its time.
      const first = model && all.length === 3 ? all.slice(0, 2) : all;
      show(first, again, toFirst);
      if (model) await askModel(mine, first, all.slice(first.length));
      else if (all.length === 0) reply.look();
    } catch (error) {
      if (mine === turn) reply.note(/^40[134]$/.test(error.message) ? words.ended : words.lost);
    }
  }

  async function askModel(mine, before, spare) {
    say(words.modelWaits);
    const earlier = [...shown, ...before.map((one) => one.text)];
    const told = await ask("language_model", 1, earlier).catch(() => ({ suggestions: [], language_model: "unreachable" }));
    if (mine !== turn || !reply.safe()) return;
    const made = told.suggestions;
    for (const one of made.length > 0 ? made : spare) add(one);
    other.hidden = list.childElementCount === 0;
    const failed = ["timeout", "unreachable", "status", "unreadable", "busy"];
    if (made.length > 0) say("");
    else if (failed.includes(told.language_model)) say(words.modelFailed);
    else if (told.language_model) say(words.modelDropped);
    else if (list.childElementCount === 0) {
      say(words.none);
      reply.look();
    } else say("");
  }

  function show(all, again, toFirst) {
    box.hidden = false;
    list.replaceChildren();
    for (const one of all) add(one);
    other.hidden = all.length === 0;
    say(all.length > 0 ? "" : again ? words.noMore : words.none);
    if (toFirst) (list.querySelector("button") ?? button).focus();
    box.scrollIntoView({ block: "nearest" });
  }

  function add(one) {
    remember(one.text);
    const item = part("suggestion").content.cloneNode(true);
    const at = (name) => item.querySelector(`[data-${name}]`);
    at("text").replaceChildren(...bits(one.filled));
    if (one.from !== "language_model") at("by-model").remove();
    at("take").addEventListener("click", () => take(one.filled));
    list.append(item);
  }

  function bits(text) {
    const parts = [];
    let at = 0;
    for (const slot of slotsIn(text)) {
      const mark = document.createElement("mark");
      mark.className = "slot";
      mark.textContent = slot.text;
      parts.push(text.slice(at, slot.start), mark);
      at = slot.end;
    }
    return [...parts, text.slice(at)];
  }

  function say(text) {
    note.textContent = text;
  }

  // Without the customer's words in open places: those are of this conversation alone.
  function remember(text) {
    shown.push(text.replace(/(\{[^{}“„«]*)[“„«][^{}]*\}/g, "$1}"));
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(shown.slice(-MOST)));
    } catch { /* full, or not allowed: this page still knows */ }
  }

  // What was taken and not touched makes room for the next; anything else stays.
  let taken;
  function take(text) {
    field.focus();
    if (!field.value.trim() || field.value === taken) field.select();
    const before = field.value.slice(0, field.selectionStart);
    const gap = !before.trim() ? "" : /\n\s*$/.test(before) ? "" : "\n\n";
    const start = field.selectionStart + gap.length;
    insert(gap + text);
    taken = field.value;
    close();
    const slot = slotsIn(field.value).find((one) => one.start >= start);
    if (slot) field.setSelectionRange(slot.start, slot.end);
    reply.say(words.taken);
  }

  // As typing does, so that it can be undone.
  function insert(text) {
    if (document.execCommand("insertText", false, text)) return;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  function close() {
    turn += 1;
    box.hidden = true;
    list.replaceChildren();
    say("");
  }

  // Tab goes on to the next open place; behind the last one it leaves the field as ever.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = slotsIn(field.value);
    const slot = event.shiftKey
      ? all.findLast((one) => one.end <= field.selectionStart)
      : all.find((one) => one.start >= field.selectionEnd);
    if (!slot) return;
    event.preventDefault();
    field.setSelectionRange(slot.start, slot.end);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.altKey && !button.hidden) {
      event.preventDefault();
      suggest(!box.hidden, true);
    } else if (event.key === "Escape" && box.contains(document.activeElement)) {
      close();
      field.focus();
    }
  });
  const shut = part("suggest-close");
  shut.hidden = false;
  shut.addEventListener("click", () => {
    close();
    field.focus();
  });

  return {
    /// Whether one of our buttons was pressed.
    sent(from) {
      const ours = from === button || from === other;
      if (ours) suggest(from === other, false);
      return ours;
    },
    allow(yes) {
      button.hidden = !yes;
      if (!yes && !box.hidden) close();
    },
    forget: close,
  };
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}
