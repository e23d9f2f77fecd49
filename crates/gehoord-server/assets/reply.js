// Help beside a reply that is being written. Words that had better be others are marked as soon as
// their sentence ends; what is missing is said after a pause, on leaving the field or when asked.
// At most two lines at a time; what was dismissed stays silent for this conversation. The draft
// stays in this tab until it is copied.
import { copy } from "./copy.js";
import { slotsIn, suggestReplies } from "./suggest.js";

const TYPING = 150;
const PAUSE = 1500;
const LINES = 2;
const LONGEST = 60000;
const LOST_AFTER = 2000;
const SLOWEST = 15000;

// Days as they are written here.
const lang = document.documentElement.lang === "en" ? "en-GB" : "nl-NL";

export function helpToReply(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const words = root.dataset;
  const field = root.querySelector("#reply-draft");
  const customer = root.querySelector("[name=customer]");
  const channel = root.querySelector("[name=channel]");
  const [lines, others, promises, status] = ["lines", "others", "promises", "status"].map(part);

  // What is kept in this tab: the draft, what it answers, what is to be silent.
  const kept = read(words.key);
  const quiet = new Set(kept.quiet);
  // Safety signals that are not so, says the writer: of this message, and as long as this page is here.
  const notSo = new Set(part("not-so-kept")?.value.split(" "));
  if (!field.value && kept.draft) field.value = kept.draft;
  if (customer && !customer.value && kept.customer) {
    customer.value = kept.customer;
    channel.value = kept.channel ?? channel.value;
  }
  function keep() {
    const all = { draft: field.value, customer: customer?.value, channel: channel?.value, quiet: [...quiet] };
    try {
      sessionStorage.setItem(words.key, JSON.stringify(all));
    } catch { /* full, or not allowed: the field itself still has it */ }
  }

  // -- the way to the server: one question at a time, the last one counts ----------------------
  let socket;
  let ready = false;
  let ended = false;
  let n = 0;
  let asked; // the question that is not answered yet
  let next; // the question to come after it
  let tries = 0;
  let again;
  let lostTimer;

  function open() {
    if (socket || ended) return;
    clearTimeout(again);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const mine = new WebSocket(`${scheme}://${location.host}/api/v1/compose`);
    socket = mine;
    const language = document.documentElement.lang;
    const about = words.conversation
      ? { conversation: words.conversation, language }
      : { customer: wellFormed(customer.value), channel: channel.value, language };
    mine.addEventListener("open", () => mine.send(JSON.stringify(about)));
    mine.addEventListener("message", (event) => mine === socket && hear(JSON.parse(event.data)));
    mine.addEventListener("close", () => mine === socket && lost());
  }

  function shut() {
    const old = socket;
    socket = undefined;
    ready = false;
    asked = undefined;
    old?.close();
  }

  function lost() {
    next ??= asked ?? { paused: false };
    shut();
    if (ended) return;
    tries += 1;
    lostTimer ??= setTimeout(() => note(words.lost), LOST_AFTER);
    again = setTimeout(open, Math.min(500 * 2 ** tries, SLOWEST) * (0.75 + Math.random() / 2));
  }

  function hear(told) {
    if (told.error) {
      ended = true;
      shut();
      clearTimeout(lostTimer);
      return note(told.error.code === "invalid" ? words.tooLong : words.ended);
    }
    if (told.ready) {
      ready = true;
      tries = 0;
      clearTimeout(lostTimer);
      lostTimer = undefined;
      note("");
    } else if (told.n === asked?.n) {
      const question = asked;
      asked = undefined;
      take(told, question);
    }
    send();
  }

  function ask(paused, wanted = false) {
    next = { paused: paused || (next?.paused ?? false), wanted: wanted || (next?.wanted ?? false) };
    if (ended && wanted) ended = false;
    open();
    send();
  }

  function send() {
    if (!ready || asked || !next) return;
    const draft = wellFormed(field.value);
    if (draft.length > LONGEST) {
      next = undefined;
      return note(words.tooLong);
    }
    n += 1;
    asked = { ...next, n, draft };
    next = undefined;
    socket.send(JSON.stringify({ n, draft, paused: asked.paused, not_so: [...notSo] }));
  }

  function note(text) {
    const one = part("note");
    if (one.textContent === text) return;
    one.textContent = text;
    one.hidden = !text;
    tell(text);
  }

  function say(text) {
    status.textContent = text;
  }

  // For who cannot see what has changed.
  function tell(text) {
    part("spoken").textContent = text;
  }

  // -- what was heard --------------------------------------------------------------------------
  let marks = []; // { start, end, label, text, words } in the field as it is now
  let marked = ""; // the text that they are places of
  let missing = [];
  let promised = [];
  let cards = [];
  let first; // what the writer asked for comes first
  let said = ""; // what was read out

  function take(advice, question) {
    const place = places(question.draft, advice.warnings.flatMap((w) => [w.start, w.end]));
    marked = question.draft;
    marks = advice.warnings.map((w) => {
      const [start, end] = [place.get(w.start), place.get(w.end)];
      return { start, end, label: w.label, text: w.text, words: marked.slice(start, end) };
    });
    move();
    // Who writes on meanwhile has not paused.
    if (question.paused && field.value === question.draft) {
      missing = advice.missing;
      first = question.wanted;
    } else if (!field.value.trim()) missing = [];
    promised = advice.promises;
    cards = advice.safety;
    show();
    if (!question.paused) return;
    const now = shown().map((one) => one.text).join(" ");
    if (now !== said && now) tell(now);
    else if (question.wanted && !now) say(unsafe() ? words.safetyFirst : words.nothing);
    said = now;
  }

  // Moves the marks with what was typed since; those that were typed in are gone.
  function move() {
    const now = field.value;
    if (now === marked) return;
    const least = Math.min(now.length, marked.length);
    let same = 0;
    while (same < least && now.charCodeAt(same) === marked.charCodeAt(same)) same += 1;
    let tail = 0;
    while (tail < least - same && now.charCodeAt(now.length - 1 - tail) === marked.charCodeAt(marked.length - 1 - tail)) tail += 1;
    const by = now.length - marked.length;
    marks = marks.flatMap((mark) => {
      if (mark.end <= same) return [mark];
      if (mark.start >= marked.length - tail) return [{ ...mark, start: mark.start + by, end: mark.end + by }];
      return [];
    });
    marked = now;
  }

  const name = (mark) => `${mark.label} ${mark.words}`;
  // As long as the page shows the protocol, nothing else is said.
  const onPage = () => document.querySelector("#safety [data-protocol]");
  const unsafe = () => cards.length > 0 || onPage() !== null;
  const heard = () => (unsafe() ? [] : marks.filter((mark) => !quiet.has(name(mark))));

  // The two lines: the words where one is first; what was asked for before that.
  function shown() {
    if (unsafe()) return [];
    const at = field.selectionStart;
    const here = (mark) => Number(!(mark.start <= at && at <= mark.end));
    const there = heard().toSorted((a, b) => here(a) - here(b));
    const gone = missing.filter((one) => !quiet.has(one.id));
    return (first ? [...gone, ...there] : [...there, ...gone]).slice(0, LINES);
  }

  function show() {
    paint();
    const two = shown();
    fillList(lines, two);
    const rest = heard().filter((mark) => !two.includes(mark));
    others.hidden = rest.length === 0;
    fillList(others.querySelector("ul"), rest);
    showPromises();
    showCards();
  }

  // Behind the field lies the same text, of which only the marks are to be seen.
  const mirror = part("mirror");
  let painted = "";
  function paint() {
    const slots = slotsIn(field.value).map((slot) => ({ ...slot, kind: "slot" }));
    const there = [...heard(), ...slots].toSorted((a, b) => a.start - b.start);
    const last = there.reduce((end, mark) => Math.max(end, mark.end), 0);
    const text = field.value.slice(0, last);
    const key = `${text}\n${there.map((mark) => `${mark.start}-${mark.end}${mark.kind ?? ""}`).join()}`;
    if (key === painted) return;
    painted = key;
    const parts = [];
    let at = 0;
    for (const { start, end, kind } of there) {
      if (start < at) continue;
      const mark = element("mark", kind ?? "", "");
      mark.textContent = text.slice(start, end);
      parts.push(text.slice(at, start), mark);
      at = end;
    }
    mirror.replaceChildren(...parts);
    scroll();
  }
  function scroll() {
    mirror.style.transform = `translateY(${-field.scrollTop}px)`;
  }

  function fillList(list, all) {
    const key = JSON.stringify(all.map((one) => [one.words, one.text]));
    if (list.dataset.key !== key) {
      const focus = [...list.querySelectorAll("button")].indexOf(document.activeElement);
      list.dataset.key = key;
      list.replaceChildren(...all.map(line));
      if (focus >= 0) ([...list.querySelectorAll("button")][focus] ?? field).focus();
    } else {
      // The same lines, perhaps at other places.
      [...list.children].forEach((item, i) => { item.about = all[i]; });
    }
  }

  function line(one) {
    const item = document.createElement("li");
    item.className = "reply-line";
    item.about = one;
    const text = element("span", "reply-text", one.text);
    if (one.words) {
      const to = element("button", "reply-words", `“${short(one.words)}”`);
      to.type = "button";
      to.title = words.toWords;
      to.addEventListener("click", () => {
        field.focus();
        field.setSelectionRange(item.about.start, item.about.end);
      });
      // Where the line names the words itself, they are not said twice.
      const named = /^[«“]([^»”]+?)(…?)[»”]/.exec(one.text);
      if (named && plain(one.words).startsWith(plain(named[1]))) {
        to.textContent = named[0];
        text.replaceChildren(to, one.text.slice(named[0].length));
      } else text.prepend(to, " ");
      item.classList.add("marked");
    }
    const away = element("button", "button quiet small reply-away", "");
    away.type = "button";
    away.append(part("close").content.cloneNode(true));
    away.setAttribute("aria-label", `${words.dismiss}: ${one.text}`);
    away.addEventListener("click", () => {
      quiet.add(one.id ?? name(item.about));
      keep();
      show();
      if (!root.contains(document.activeElement)) field.focus();
    });
    item.append(text, away);
    return item;
  }

  function showPromises() {
    const dues = unsafe() ? [] : promised.map((one) => one.due).filter(Boolean);
    const texts = dues.map((due) => words.due.replace("{when}", inWords(due)));
    const key = texts.join("\n");
    if (promises.dataset.key === key) return;
    promises.dataset.key = key;
    promises.replaceChildren(...texts.map((text) => element("li", "tag well", text)));
  }

  function inWords(due) {
    const timeZone = "Europe/Amsterdam";
    const at = new Date(due);
    const day = at.toLocaleDateString(lang, { weekday: "long", day: "numeric", month: "long", timeZone });
    return `${day} ${at.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone })}`;
  }

  // Safety takes the place of everything else. Where the page shows the card already, once is enough.
  function showCards() {
    const box = part("cards");
    part("first-safety").hidden = onPage() === null;
    suggestions?.allow(!unsafe());
    part("suggest-keys")?.toggleAttribute("hidden", unsafe());
    const key = cards.map((card) => card.id).join();
    if ((box.dataset.key ?? "") === key) return;
    box.dataset.key = key;
    const there = onPage();
    box.replaceChildren(...(there ? [] : cards.map(card)));
    if (key) (there ?? box).scrollIntoView({ block: "nearest" });
    if (key) tell(cards.map((one) => one.title).join(". "));
  }

  function card(told) {
    const one = part("card").content.cloneNode(true);
    const at = (part) => one.querySelector(`[data-${part}]`);
    at("title").textContent = told.title;
    at("steps").replaceChildren(...told.steps.map((step) => element("li", "", step)));
    const day = (date) => new Date(`${date}T12:00`).toLocaleDateString(lang, { dateStyle: "long" });
    at("checked").textContent = told.checked ? words.checked.replace("{when}", day(told.checked)).replace("{who}", told.checked_by ? `(${told.checked_by})` : "").trimEnd() : words.unchecked;
    const send = one.querySelector("input");
    send.value = send.value.replace("{title}", told.title);
    const { path } = send.dataset;
    if (path) send.value = send.value.replace(path, location.origin + path);
    at("not-so").value = told.id;
    return one;
  }

  // The writer's word counts: the card goes, and the server hears the message without it.
  function deny(id) {
    notSo.add(id);
    cards = cards.filter((card) => card.id !== id);
    show();
    say(words.isNotSo);
    ask(true);
    field.focus();
  }

  // -- what the writer does --------------------------------------------------------------------
  let typing;
  let pause;
  field.addEventListener("input", () => {
    keep();
    move();
    paint();
    if (status.textContent) say("");
    if (!field.value.trim()) missing = [];
    clearTimeout(typing);
    clearTimeout(pause);
    const ends = /[.!?…\n]\s?$/.test(field.value.slice(Math.max(0, field.selectionStart - 2), field.selectionStart));
    if (ends) ask(false);
    else typing = setTimeout(() => ask(false), TYPING);
    pause = setTimeout(() => {
      pause = undefined;
      ask(true);
    }, PAUSE);
  });
  field.addEventListener("focus", () => {
    ended = false;
    if (words.conversation) open();
    else if (field.value || customer.value) open();
  });
  field.addEventListener("blur", () => {
    clearTimeout(typing);
    clearTimeout(pause);
    if (pause && field.value.trim()) ask(true);
    pause = undefined;
  });
  field.addEventListener("scroll", scroll);
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === field && marks.length > 1) show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (event.shiftKey) wanted();
    else copyReply();
  });

  const suggestions = suggestReplies(root, {
    field,
    about: () => (words.conversation
      ? { id: words.conversation }
      : { customer: wellFormed(customer.value), channel: channel.value }),
    notSo: () => [...notSo],
    say,
    note,
    safe: () => !unsafe(),
    // Where safety comes first, the answer to a draft says so.
    look: () => ask(true),
  });

  function wanted() {
    clearTimeout(pause);
    pause = undefined;
    ask(true, true);
  }
  root.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.matches("[data-not-so]")) deny(event.submitter.value);
    else if (!suggestions?.sent(event.submitter)) wanted();
  });

  async function copyReply() {
    if (!field.value.trim()) return;
    if (!(await copy(field))) return say(words.byHand);
    const open = slotsIn(field.value).map((slot) => slot.text);
    // It goes out unfinished: the draft stays, to be filled in.
    if (open.length > 0) return say(words.slotsOpen.replace("{slots}", [...new Set(open)].join(", ")));
    say(words.copied);
    // The draft goes; what was dismissed stays silent for this conversation.
    if (words.conversation) sessionStorage.setItem(words.key, JSON.stringify({ quiet: [...quiet] }));
    else sessionStorage.removeItem(words.key);
  }
  const copies = part("copy-reply");
  copies.hidden = false;
  copies.addEventListener("click", copyReply);

  // Another message is another conversation.
  let changed;
  function begin() {
    clearTimeout(changed);
    // At once: what is suggested before the pause is over is about the new words.
    suggestions?.forget();
    changed = setTimeout(() => {
      quiet.clear();
      notSo.clear();
      keep();
      shut();
      ended = false;
      if (customer.value.trim()) ask(true);
      else {
        [marks, missing, promised, cards] = [[], [], [], []];
        show();
      }
    }, 400);
  }
  customer?.addEventListener("input", begin);
  channel?.addEventListener("change", begin);
  addEventListener("online", open);
  addEventListener("pagehide", () => {
    ended = true;
    shut();
  });
  addEventListener("pageshow", () => { ended = false; });
  if (field.value || customer?.value.trim()) ask(false);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function element(kind, name, text) {
  const one = document.createElement(kind);
  one.className = name;
  one.textContent = text;
  return one;
}

function short(text) {
  return text.length > 60 ? `${text.slice(0, 59).trimEnd()}…` : text;
}

// On one line, as lines name words.
function plain(text) {
  return text.replace(/\s+/g, " ").trim();
}

function wellFormed(text) {
  return text.toWellFormed?.() ?? text;
}

// Where bytes of the text as it was sent (UTF-8) stand in it as the browser counts (UTF-16).
export function places(text, bytes) {
  const found = new Map();
  const wanted = [...new Set(bytes)].sort((a, b) => a - b);
  let at = 0;
  let byte = 0;
  for (const place of wanted) {
    while (byte < place && at < text.length) {
      const code = text.codePointAt(at);
      byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code < 0x10000 ? 1 : 2;
    }
    found.set(place, at);
  }
  return found;
}
