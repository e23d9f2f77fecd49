// Voice practice: the sound of one reading goes to the server, measures come back. What is known of
// the neutral voice stays in the memory of this page, and goes with it.
const SOUND = "/practice/sound";
// So much may wait to be sent before the connection is called lost, in bytes.
const BACKLOG = 1_000_000;
// How long the last figures are waited for, in milliseconds.
const PATIENCE = 15_000;

export function practise(root) {
  let neutral = null;
  let reading = null;

  const words = root.dataset;
  const shape = (name) => root.querySelector(`template[data-${name}-shape]`).content.firstElementChild;

  function panel(place) {
    const part = shape("panel").cloneNode(true);
    const own = (name) => part.querySelector(`[data-${name}]`);
    place.append(part);
    const { panel: name, needs } = place.dataset;
    const buttons = { asked: own("go"), plain: own("plain") };
    const label = { asked: own("go").textContent, plain: own("plain").textContent };
    // The same words as they are usually said.
    let usual = null;
    if (needs === "plain") {
      buttons.plain.hidden = false;
      label.asked = buttons.asked.textContent = words.startSmile;
    }

    const say = (text) => (own("said").textContent = text);
    const runs = (which, on) => {
      buttons[which].textContent = on ? words.stop : label[which];
      own("on").hidden = own("delay").hidden = !on;
      own("clock").textContent = "";
    };
    // What is done with the end of a reading.
    function over(which, message) {
      own("figures").hidden = false;
      if (which === "plain") {
        if (message.enough) usual = message.reading;
        return say(message.enough ? words.plainSaid : words.plainAgain);
      }
      if (!name) {
        if (message.enough) neutral = message.reading;
        return say(message.enough ? words.neutralSaid : words.neutralAgain);
      }
      say([words.done, ...message.lines.map((line) => `${line.name}: ${line.words}.`)].join(" "));
    }

    function go(which) {
      if (reading?.of === buttons[which]) return reading.stop();
      reading?.stop();
      own("first").hidden = true;
      if (which === "asked" && needs === "plain" && !usual) return say(words.plainFirst);
      if (needs === "neutral" && !neutral) {
        own("first").hidden = false;
        return say(words.neutralFirst);
      }
      say("");
      own("figures").hidden = true;
      own("lines").replaceChildren();
      runs(which, true);
      const beside = which === "plain" || !name ? null : needs === "plain" ? usual : neutral;
      const lang = document.documentElement.lang;
      const begin = { lang, exercise: name || null, plain: which === "plain", neutral: beside };
      const told = {
        now: (message) => show(part, message, own),
        over(message) {
          show(part, message, own);
          over(which, message);
        },
        error: (message) => say(`${words.lost} (${message.code})`),
        ended(why) {
          if (reading?.of === buttons[which]) reading = null;
          runs(which, false);
          if (why) say(words[why]);
        },
      };
      reading = { of: buttons[which], ...read(words.worklet, begin, told) };
    }
    buttons.asked.addEventListener("click", () => go("asked"));
    buttons.plain.addEventListener("click", () => go("plain"));
  }

  for (const place of root.querySelectorAll("[data-panel]")) {
    const fold = place.closest("details");
    const open = () => place.firstElementChild || panel(place);
    if (!fold || fold.open) open();
    else fold.addEventListener("toggle", open, { once: true });
  }
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") reading?.stop();
  });
  addEventListener("pagehide", () => reading?.stop());
  // A link to an exercise opens it.
  const opens = () => root.querySelector(`details[id="${CSS.escape(location.hash.slice(1))}"]`)?.setAttribute("open", "");
  addEventListener("hashchange", opens);
  opens();

  function show(part, message, own) {
    const list = own("lines");
    message.lines.forEach((line, i) => {
      if (!list.children[i]) list.append(shape("line").cloneNode(true));
      const item = list.children[i];
      item.querySelector("[data-name]").textContent = `${line.name}:`;
      item.querySelector("[data-words]").textContent = line.words;
      item.querySelector("[data-meter]").hidden = line.place === null;
      if (line.place === null) return;
      item.querySelector("circle").setAttribute("cx", 120 + 112 * line.place);
      item.querySelector("[data-low]").textContent = line.ends[0];
      item.querySelector("[data-high]").textContent = line.ends[1];
    });
    own("clock").textContent = `${Math.round(message.at_ms / 1000)} s`;
    const rows = message.rows.map((cells) => {
      const row = document.createElement("tr");
      cells.forEach((cell, i) => {
        const one = document.createElement(i ? "td" : "th");
        if (!i) one.scope = "row";
        one.textContent = cell;
        row.append(one);
      });
      return row;
    });
    part.querySelector("tbody").replaceChildren(...rows);
  }
}

// One reading: microphone on, sound out, measures in, until it is stopped. `told` hears what comes.
function read(worklet, begin, told) {
  let over = false;
  let stream, context, socket, timer;

  const release = () => {
    stream?.getTracks().forEach((track) => track.stop());
    if (context && context.state !== "closed") context.close();
    stream = context = null;
  };
  const end = (why) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    release();
    socket?.close();
    told.ended(why);
  };
  const stop = () => {
    release();
    if (socket?.readyState !== WebSocket.OPEN) return end();
    socket.send("stop");
    timer = setTimeout(() => end("lost"), PATIENCE);
  };

  (async () => {
    // Whoever began it has it by then.
    await null;
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.AudioWorkletNode) return end("insecure");
    try {
      // As it is: what a browser does to make speech clear changes what is measured.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      stream = await navigator.mediaDevices.getUserMedia({ audio: { ...plain, channelCount: 1 } });
    } catch (error) {
      return end(error.name === "NotFoundError" ? "missing" : "refused");
    }
    if (over) return release();
    context = new AudioContext();
    await context.audioWorklet.addModule(worklet);
    if (over) return release();
    socket = new WebSocket(new URL(SOUND, location.href.replace(/^http/, "ws")));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.kind === "over" || message.kind === "error") end();
      told[message.kind]?.(message);
    });
    socket.addEventListener("close", () => end("lost"));
    socket.addEventListener("open", () => {
      if (!context) return end();
      socket.send(JSON.stringify({ rate: context.sampleRate, ...begin }));
      const take = new AudioWorkletNode(context, "take", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
      take.port.onmessage = ({ data }) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        if (socket.bufferedAmount > BACKLOG) return end("lost");
        socket.send(data);
      };
      context.createMediaStreamSource(stream).connect(take);
      context.resume();
    });
  })().catch(() => end("lost"));
  return { stop };
}
