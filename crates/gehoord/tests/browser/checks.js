// What the tests look at in a page. Evaluated in it; `checks` is the last value.
globalThis.checks ??= (() => {
  const shown = (e) => e.outerHTML.slice(0, 120);
  const taps = "button, input:not([type=hidden]), select, summary, nav a, a.button, a.line";
  const reached = new Set();
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  // What stands beyond the right edge of the window, or is too small to tap.
  function sizes() {
    const wrong = [];
    const box = (e) => e.getBoundingClientRect();
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll("body *")].filter((e) => box(e).right > innerWidth + 1);
      wrong.push(`wider than the window: ${wide.slice(0, 3).map(shown)}`);
    }
    for (const e of document.querySelectorAll(taps)) {
      const { width, height } = box(e);
      if (width && (width < 24 || height < 24)) wrong.push(`too small to tap: ${shown(e)}`);
    }
    return wrong;
  }

  // How what has the focus looks: "" when well, "end" when all was reached.
  function look(e) {
    const r = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const within = r.width > 1 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
    if (!within) return `not seen: ${shown(e)}`;
    const x = (Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2;
    const y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2;
    const top = document.elementFromPoint(x, y);
    const covers = top && !e.contains(top) && !top.contains(e) && top.closest(".nav, .side, .demo");
    if (covers) return `covered: ${shown(e)}`;
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return ring ? "" : `no ring: ${shown(e)}`;
  }

  async function focus() {
    const e = document.activeElement;
    // A player has keys of its own inside, which only the browser sees.
    if (e?.localName === "audio") return "";
    if (!e || e === document.body || reached.has(e)) return "end";
    reached.add(e);
    if (look(e)) await frame();
    return look(e);
  }

  function anew() {
    reached.clear();
    document.activeElement?.blur();
    scrollTo(0, 0);
  }

  return { sizes, focus, anew };
})();
