// What sharpens the pages. Each part looks for what it is for, and does nothing where that is not.
import { follow } from "./live.js";
import { explainMarks } from "./marks.js";

explainMarks(document);

const talk = document.querySelector("[data-follow]");
if (talk) follow(talk);

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
