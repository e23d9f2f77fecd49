// What sharpens the pages. Each part looks for what it is for, and does nothing where that is not.
import { copyParts } from "./copy.js";
import { followImport, takeFiles } from "./import.js";
import { keepTyped } from "./keep.js";
import { follow } from "./live.js";
import { explainMarks } from "./marks.js";
import { practise } from "./practice.js";
import { followRecordedCall } from "./recorded-call.js";
import { helpToReply } from "./reply.js";
import { followRunningCalls } from "./running-call.js";
import { fetchSheets } from "./sheet.js";

explainMarks(document);

copyParts(document);
fetchSheets(document);

const reply = document.querySelector("#reply");
if (reply) helpToReply(reply);

// What was being written is not for whoever sits here next.
document.querySelector('form[action="/logout"]')?.addEventListener("submit", () => sessionStorage.clear());

// Blanks alone are no words.
document.addEventListener("input", ({ target }) => {
  const blank = target.dataset?.blank;
  if (blank) target.setCustomValidity(target.value && !target.value.trim() ? blank : "");
});

keepTyped(document.querySelectorAll("[data-keep]"));

const practice = document.querySelector("#practice");
if (practice) practise(practice);
const call = document.querySelector("#call");
if (call) followRecordedCall(call);

const talk = document.querySelector("[data-follow]");
if (talk) follow(talk);

const calls = document.querySelector("[data-calls]");
if (calls) followRunningCalls(calls);

const files = document.querySelector("[data-drop]");
if (files) takeFiles(files);

const going = document.querySelector("#import-state[data-going]");
if (going) followImport(going);

// An open menu closes on Escape, or when one goes on elsewhere.
for (const menu of document.querySelectorAll("details.me")) {
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
