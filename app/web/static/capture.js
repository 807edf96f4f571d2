"use strict";
// A document is photographed page by page and sent as one. The photos go as the camera made them; what is measured here
// (dark, blurred, small) are hints. What cannot be sent waits, while this page is open, until there is a connection.
(() => {
  const form = document.getElementById("capture");
  const byId = (id) => document.getElementById(id);
  const words = form.dataset;
  const shots = [];
  const queue = [];
  let running = false;
  let retaking = null;

  // --- how and when it came is said once
  const remembered = localStorage.getItem("shoko-origin");
  const known = remembered && form.querySelector(`[name=origin][value="${CSS.escape(remembered)}"]`);
  if (known) known.checked = true;
  const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const how = () => {
    byId("how-origin").textContent = form.querySelector("[name=origin]:checked + span").textContent;
    byId("how-day").textContent = byId("received_on").value;
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "origin") localStorage.setItem("shoko-origin", event.target.value);
    how();
  });

  // --- pages
  const DARK = 70; // mean of 0 to 255 below which print on white paper is hard to read
  const SOFT = 25; // mean square of second differences below which no edge of print is sharp
  const LEAST_SIDE = 1000; // pixels of the shorter side: a receipt of 80 mm needs 630 at 200 dpi, and never fills a photo
  const hintsOf = async (file) => {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 480 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(3, Math.round(picture.width * scale));
    canvas.height = Math.max(3, Math.round(picture.height * scale));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const light = new Float32Array(canvas.width * canvas.height);
    let sum = 0;
    for (let at = 0; at < light.length; at += 1) {
      light[at] = (data[4 * at] * 3 + data[4 * at + 1] * 6 + data[4 * at + 2]) / 10;
      sum += light[at];
    }
    let edges = 0;
    for (let y = 1; y < canvas.height - 1; y += 1) {
      for (let x = 1; x < canvas.width - 1; x += 1) {
        const at = y * canvas.width + x;
        edges += (4 * light[at] - light[at - 1] - light[at + 1] - light[at - canvas.width] - light[at + canvas.width]) ** 2;
      }
    }
    const hints = [];
    if (sum / light.length < DARK) hints.push(words.dark);
    if (edges / light.length < SOFT) hints.push(words.blurred);
    if (Math.min(picture.width, picture.height) < LEAST_SIDE) hints.push(words.small);
    picture.close();
    return hints;
  };
  const draw = () => {
    byId("shots").replaceChildren(...shots.map((shot, number) => {
      const item = document.createElement("li");
      const picture = Object.assign(new Image(), { src: shot.url, alt: say(words.page, { n: number + 1 }) });
      const name = Object.assign(document.createElement("p"), { className: "shot-name", textContent: say(words.page, { n: number + 1 }) });
      const hints = Object.assign(document.createElement("p"), { className: "shot-hints", textContent: shot.hints.join("・") });
      const again = Object.assign(document.createElement("button"), { type: "button", textContent: words.retake });
      again.setAttribute("aria-label", `${name.textContent} ${words.retake}`);
      again.addEventListener("click", () => { retaking = shot; byId("camera").click(); });
      const remove = Object.assign(document.createElement("button"), { type: "button", textContent: words.remove });
      remove.setAttribute("aria-label", `${name.textContent} ${words.remove}`);
      remove.addEventListener("click", () => { URL.revokeObjectURL(shot.url); shots.splice(shots.indexOf(shot), 1); draw(); });
      const tools = Object.assign(document.createElement("div"), { className: "shot-tools" });
      tools.append(again, remove);
      item.append(picture, name, hints, tools);
      return item;
    }));
    byId("empty").hidden = shots.length > 0;
    byId("send").disabled = !shots.length;
    byId("send").textContent = shots.length ? say(words.send, { n: shots.length }) : words.sendNone;
  };
  const take = (files) => {
    const room = retaking ? 1 : Math.max(0, Number(words.most) - shots.length);
    byId("too-many").hidden = files.length <= room;
    byId("too-many").textContent = say(words.tooMany, { n: files.length - room });
    for (const file of files.slice(0, room)) {
      const shot = { file, url: URL.createObjectURL(file), hints: [] };
      if (retaking) {
        URL.revokeObjectURL(retaking.url);
        shots.splice(shots.indexOf(retaking), 1, shot);
        retaking = null;
      } else shots.push(shot);
      hintsOf(file).then((hints) => { shot.hints = hints; draw(); }, () => { /* a kind this browser does not show: the server reads it */ });
    }
    draw();
  };
  for (const chooser of [byId("camera"), byId("album")]) {
    chooser.addEventListener("change", () => { take([...chooser.files]); chooser.value = ""; });
    chooser.addEventListener("cancel", () => { retaking = null; });
  }

  // --- sending: one document at a time, again and again while the connection is gone
  const pause = (seconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
  const attempt = async (job) => {
    const body = new FormData();
    body.append("origin", job.origin);
    body.append("received_on", job.receivedOn);
    for (const file of job.files) body.append("photos", file, file.name || "photo.jpg");
    const headers = { "X-CSRF-Token": form.querySelector("[name=csrf_token]").value, Accept: "application/json" };
    const answer = await fetch("/capture.json", { method: "POST", body, headers });
    const said = await answer.json().catch(() => ({}));
    return { status: answer.status, said };
  };
  const send = async (job) => {
    job.item.className = "";
    for (let tried = 1; ; tried += 1) {
      job.what.textContent = words.sending;
      const { status, said } = await attempt(job).catch(() => ({ status: 0, said: {} }));
      if (status === 201) {
        const repeats = said.accepted[0].repeats.length > 0;
        job.item.className = "done";
        job.what.textContent = repeats ? words.repeat : words.done;
        return;
      }
      if (status === 0 || status === 503) {
        job.what.textContent = words.offline;
        await pause(Math.min(60, 2 ** tried));
        continue;
      }
      job.item.className = "failed";
      job.what.textContent = (said.error && said.error.message) || words.failed;
      const again = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: words.again });
      again.addEventListener("click", () => { again.remove(); queue.push(job); next(); });
      job.item.append(again);
      return;
    }
  };
  const next = async () => {
    if (running) return;
    running = true;
    while (queue.length) await send(queue.shift());
    running = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!shots.length || !form.reportValidity()) return;
    const files = shots.map((shot) => shot.file);
    if (files.reduce((sum, file) => sum + file.size, 0) > Number(words.maxBytes)) {
      window.alert(words.tooLarge);
      return;
    }
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: say(words.sent, { n: files.length }) });
    const what = Object.assign(document.createElement("span"), { className: "what", textContent: words.waiting });
    item.append(name, what);
    byId("sent").prepend(item);
    byId("sent-part").hidden = false;
    queue.push({ files, item, what, origin: form.querySelector("[name=origin]:checked").value, receivedOn: byId("received_on").value });
    for (const shot of shots.splice(0)) URL.revokeObjectURL(shot.url);
    draw();
    next();
  });
  addEventListener("beforeunload", (event) => { if (running || queue.length || shots.length) event.preventDefault(); });
  form.classList.add("scripted");
  how();
  draw();
})();
