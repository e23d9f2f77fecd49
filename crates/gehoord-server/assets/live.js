// A conversation that goes on: when a turn comes in, the turns and what stands beside them are
// fetched anew. What somebody is writing in or reading stays as it is.
import { explainMarks } from "./marks.js";

const WAITS = 250;

export function follow(talk) {
  const source = new EventSource(talk.dataset.follow);
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(talk), WAITS);
  };
  source.addEventListener("turn", later);
  source.addEventListener("promises", later);
  // The first is the conversation as it is; one that comes later says that turns were missed.
  let first = true;
  source.addEventListener("conversation", () => {
    if (!first) later();
    first = false;
  });
  addEventListener("pagehide", () => source.close());
}

async function refresh(talk) {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const turns = (root) => [...root.querySelectorAll("#talk > .turn")];
  const known = turns(document).length;
  const last = turns(document).at(-1);
  const end = last && last.getBoundingClientRect().bottom <= innerHeight + 80;
  for (const fresh of turns(page)) {
    const old = document.getElementById(fresh.id);
    if (!old) talk.insertBefore(fresh, talk.querySelector(".words-only"));
    else if (!busy(old)) old.replaceWith(fresh);
    else continue;
    explainMarks(fresh);
  }
  for (const id of ["safety", "beside", "course"]) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (old && fresh && !busy(old)) old.replaceWith(fresh);
  }
  const said = turns(document);
  if (said.length > known) {
    document.getElementById("live-status").textContent = talk.dataset.said;
    if (end) said.at(-1).scrollIntoView({ block: "end" });
  }
}

// Somebody reads its reasons, or writes in it.
function busy(part) {
  return part.contains(document.activeElement) || part.querySelector("details[open], form.doubt, a[aria-expanded='true']");
}
