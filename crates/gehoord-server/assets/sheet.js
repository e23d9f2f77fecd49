// The sheet for whoever takes over is made when it is asked for, and put where it was asked for: what
// somebody is writing elsewhere on the page stays.
import { copyParts } from "./copy.js";

export function fetchSheets(root) {
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    const answer = await fetch(link.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const sheet = page && page.getElementById("handover");
    if (!sheet?.querySelector("summary")) return void (location.href = link.href);
    link.closest("#handover").replaceWith(sheet);
    copyParts(sheet);
    sheet.querySelector("summary").focus();
  });
}
