// The lanes of a call that was recorded: a line that follows the sound, the turn that is being said, and jumping there
// with a click or a key. Without this module there are the drawing, the player and the table.
const CLOCK = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function followRecordedCall(call) {
  const sound = call.querySelector("audio");
  if (!sound) return;
  const box = call.querySelector(".lanes-box");
  const svg = box.querySelector("svg");
  const now = svg.querySelector(".lanes-now");
  const seek = box.querySelector(".lanes-seek");
  const slider = seek.querySelector("input");
  const [left, wide, width, length] = ["left", "wide", "width", "length"].map((name) => Number(box.dataset[name]));
  seek.hidden = false;
  box.classList.add("follows");

  const jump = (seconds, play) => {
    sound.currentTime = Math.min(Math.max(seconds, 0), length / 1000);
    show();
    if (play) sound.play().catch(() => {});
  };
  const show = () => {
    const ms = sound.currentTime * 1000;
    const x = String(left + (wide * Math.min(ms, length)) / length);
    now.setAttribute("x1", x);
    now.setAttribute("x2", x);
    slider.value = String(Math.floor(ms / 1000));
    slider.setAttribute("aria-valuetext", CLOCK(sound.currentTime));
    mark(ms);
  };
  // Turns may be fetched anew while one listens, so they are looked for each time.
  const mark = (ms) => {
    let saying;
    for (const turn of document.querySelectorAll("#talk > .turn[data-from]")) {
      const on = Number(turn.dataset.from) <= ms && ms < Number(turn.dataset.to);
      if (on) saying = turn;
    }
    for (const turn of document.querySelectorAll("#talk > .turn.saying")) {
      if (turn === saying) continue;
      turn.classList.remove("saying");
      turn.removeAttribute("aria-current");
    }
    if (!saying) return;
    saying.classList.add("saying");
    saying.setAttribute("aria-current", "true");
  };

  let frame;
  const run = () => {
    show();
    frame = sound.paused ? undefined : requestAnimationFrame(run);
  };
  sound.addEventListener("play", () => {
    box.classList.add("heard");
    cancelAnimationFrame(frame);
    run();
  });
  for (const event of ["pause", "seeked", "timeupdate"]) sound.addEventListener(event, show);

  svg.addEventListener("click", (event) => {
    const place = svg.getBoundingClientRect();
    const x = ((event.clientX - place.left) / place.width) * width;
    if (x < left) return;
    jump((((x - left) / wide) * length) / 1000, false);
  });
  slider.addEventListener("input", () => jump(Number(slider.value), false));
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (sound.paused) sound.play().catch(() => {});
    else sound.pause();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-seek]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    jump(Number(link.dataset.seek) / 1000, true);
  });
  addEventListener("pagehide", () => sound.pause());
}
