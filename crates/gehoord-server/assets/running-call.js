// The own call while it runs. The server sends words and lanes; here they are only put in their
// places, and a place that says the same is left alone, so that nothing flickers.

// Words that come in with a call may begin later than the call.
const LOOKS_AGAIN = 10000;
const WAITS = 400;

export function followRunningCalls(root) {
  const blank = root.querySelector("template");
  const reload = root.querySelector("[data-reload]");
  const none = root.querySelector("[data-none]");
  const words = new Map();
  const cards = () => [...root.querySelectorAll("article.call")];
  const card = (call) => cards().find((one) => one.dataset.call === call);

  const show = (told) => {
    let one = card(told.call);
    // What is over makes room for what goes on.
    if (told.state === "running") {
      for (const old of cards()) if (old.dataset.state === "ended" && old !== one) old.remove();
    }
    if (!one || (one.dataset.state === "ended" && told.state !== "ended")) {
      one?.remove();
      one = blank.content.firstElementChild.cloneNode(true);
      one.dataset.call = told.call;
      one.querySelector("[name=call]").value = told.call;
      none.after(one);
    }
    one.dataset.state = told.state;
    for (const [key, text] of Object.entries(told.words)) {
      const place = one.querySelector(`[data-word="${key}"]`);
      if (place && place.textContent !== text) place.textContent = text;
    }
    for (const path of one.querySelectorAll("[data-lane]")) {
      const way = told.lanes[path.dataset.lane];
      if (path.getAttribute("d") !== way) path.setAttribute("d", way);
    }
    // What is written out here comes with the page, so that it is fetched anew.
    if (told.said > Number(one.dataset.version ?? 0)) {
      one.dataset.version = told.said;
      clearTimeout(timer);
      timer = setTimeout(look, WAITS);
    }
    const advice = one.querySelector("[data-advice]");
    if (advice.textContent !== (told.advice ?? "")) advice.textContent = told.advice ?? "";
    const over = told.state === "ended";
    one.querySelector("[data-left]").hidden = !over;
    one.querySelector("[data-silent]").hidden = !told.silent || over || root.dataset.advice !== "on";
    one.querySelector("[data-silence]").hidden = told.silent || over || root.dataset.advice !== "on";
    none.hidden = true;
  };

  const source = new EventSource(root.dataset.calls);
  source.addEventListener("open", () => (reload.hidden = true));
  source.addEventListener("error", () => (reload.hidden = false));
  source.addEventListener("call", (event) => show(JSON.parse(event.data)));
  source.addEventListener("calls", (event) => {
    const all = JSON.parse(event.data);
    // The newest stands first.
    for (const told of all.toReversed()) show(told);
    for (const one of cards()) {
      if (one.dataset.state === "ended" || all.some((told) => told.call === one.dataset.call)) continue;
      one.dataset.state = "ended";
      one.querySelector("[data-word=state]").textContent = root.dataset.gone;
      one.querySelector("[data-advice]").textContent = "";
      one.querySelector("[data-silence]").hidden = true;
    }
  });

  // What the customer said is fetched anew when a turn came in.
  let timer;
  const look = async () => {
    const answer = await fetch("/calls").catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const one of cards()) {
      const fresh = [...page.querySelectorAll("article.call")].find((other) => other.dataset.call === one.dataset.call)?.querySelector("[data-said]");
      if (!fresh) continue;
      const old = one.querySelector("[data-said]");
      // Who closed the words does not see them open again by themselves.
      const words = old?.querySelector("details");
      if (words && !words.open) fresh.querySelector("details")?.removeAttribute("open");
      if (!old) one.querySelector("[data-left]").before(fresh);
      else if (old.innerHTML !== fresh.innerHTML && !old.contains(document.activeElement)) old.replaceWith(fresh);
    }
    listen();
  };
  const listen = () => {
    for (const said of root.querySelectorAll("[data-follow-words]")) {
      const address = said.dataset.followWords;
      if (words.has(address)) continue;
      const turns = new EventSource(address);
      words.set(address, turns);
      turns.addEventListener("turn", () => {
        clearTimeout(timer);
        timer = setTimeout(look, WAITS);
      });
    }
  };
  listen();
  const again = setInterval(() => {
    if (cards().some((one) => one.dataset.state === "running" && !one.querySelector("[data-said]"))) look();
  }, LOOKS_AGAIN);
  addEventListener("pagehide", () => {
    clearInterval(again);
    source.close();
    for (const turns of words.values()) turns.close();
  });

  // One key for silence.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("details.me[open]")) return;
    const form = cards().find((one) => one.dataset.state === "running")?.querySelector("[data-silence]:not([hidden])");
    if (form) hush(form);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-silence]");
    if (!form) return;
    event.preventDefault();
    hush(form);
  });
}

// The stream then tells that it is silent.
async function hush(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => null);
  if (answer && answer.type !== "opaqueredirect" && !answer.ok) location.reload();
}
