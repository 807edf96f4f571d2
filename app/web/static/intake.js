"use strict";
// Files and whole folders dropped on the page or chosen: one request each, three at a time. A connection that breaks is
// tried again by itself; what was refused stays in the list and can be sent again. The list of arrivals rests while
// nobody looks at it.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.id === "drops") event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  const refresh = () => window.htmx && window.htmx.trigger(document.body, "shoko:refresh");

  const form = document.getElementById("upload");
  if (!form) return;
  const byId = (id) => document.getElementById(id);
  const zone = byId("dropzone");
  const list = byId("progress");
  const words = form.dataset;
  const AT_ONCE = 3;
  const TRIES = 5;
  const SHOWN = 40;
  const IGNORED = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;
  const queue = [];
  const failed = [];
  const count = { total: 0, done: 0, skipped: 0 };
  let running = 0;
  let depth = 0;

  // --- how and when they came is said once
  const remembered = localStorage.getItem("shoko-origin");
  const known = remembered && form.querySelector(`[name=origin][value="${CSS.escape(remembered)}"]`);
  if (known) known.checked = true;
  form.addEventListener("change", (event) => {
    if (event.target.name === "origin") localStorage.setItem("shoko-origin", event.target.value);
  });

  // --- what is shown
  const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const summary = () => {
    byId("sending").hidden = !count.total && !count.skipped;
    const open = count.total - count.done - failed.length;
    byId("sending-words").textContent = open ? say(words.progress, count) : say(words.allDone, { total: count.done });
    byId("sending-bar").max = count.total || 1;
    byId("sending-bar").value = count.done + failed.length;
    byId("sending-failed").hidden = !failed.length;
    byId("sending-failed").textContent = say(words.someFailed, { failed: failed.length });
    byId("send-again").hidden = !failed.some((one) => one.again);
    byId("sending-skipped").hidden = !count.skipped;
    byId("sending-skipped").textContent = say(words.skipped, { n: count.skipped });
  };
  const line = (job) => {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: job.folder ? `${job.folder}/${job.file.name}` : job.file.name });
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    const what = Object.assign(document.createElement("span"), { className: "what", textContent: words.sending });
    bar.setAttribute("aria-label", job.file.name);
    item.append(name, bar, what);
    list.prepend(item);
    const sent = [...list.querySelectorAll("li.done")];
    for (const old of sent.slice(SHOWN)) old.remove();
    return { item, bar, what };
  };
  const finish = (job, kind, message) => {
    job.parts ??= line(job);
    job.parts.item.className = kind;
    job.parts.bar.hidden = true;
    job.parts.what.textContent = message;
  };

  // --- sending
  const next = () => {
    while (running < AT_ONCE && queue.length) {
      const job = queue.shift();
      running += 1;
      send(job).finally(() => { running -= 1; summary(); next(); if (!running) refresh(); });
    }
    summary();
  };
  const attempt = (job) => new Promise((resolve) => {
    const body = new FormData();
    body.append("origin", job.origin);
    body.append("received_on", job.receivedOn);
    body.append("folders", job.folder);
    body.append("files", job.file, job.file.name);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) job.parts.bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => resolve(request));
    request.open("POST", "/upload.json");
    request.setRequestHeader("X-CSRF-Token", form.querySelector("[name=csrf_token]").value);
    request.send(body);
  });
  const send = async (job) => {
    job.parts ??= line(job);
    job.parts.item.className = "";
    job.parts.bar.hidden = false;
    for (let tried = 1; ; tried += 1) {
      job.parts.what.textContent = words.sending;
      const answer = await attempt(job);
      let said = {};
      try { said = JSON.parse(answer.responseText); } catch { /* not ours: keep the general words */ }
      if (answer.status === 201) {
        count.done += 1;
        const repeats = said.accepted && said.accepted.some((one) => one.repeats.length);
        finish(job, repeats ? "done repeated" : "done", repeats ? words.repeat : words.done);
        return;
      }
      const broken = answer.status === 0 || answer.status === 503;
      if (broken && tried < TRIES) {
        job.parts.what.textContent = words.retrying;
        await new Promise((resolve) => { setTimeout(resolve, 1000 * 2 ** tried); });
        continue;
      }
      job.again = true;
      failed.push(job);
      finish(job, "failed", (said.error && said.error.message) || words.failed);
      return;
    }
  };
  const add = (files) => {
    if (!form.reportValidity()) return;
    const origin = form.querySelector("[name=origin]:checked").value;
    const receivedOn = form.querySelector("[name=received_on]").value;
    for (const { file, folder, unread } of files) {
      if (unread) {
        const lost = { file: { name: unread }, folder };
        count.total += 1;
        failed.push(lost);
        finish(lost, "failed", words.unreadable);
        continue;
      }
      if (IGNORED.test(file.name) || (!file.size && folder)) { count.skipped += 1; continue; }
      const job = { file, folder, origin, receivedOn };
      count.total += 1;
      if (file.size > Number(words.maxBytes)) {
        failed.push(job);
        finish(job, "failed", words.tooLarge);
      } else queue.push(job);
    }
    next();
  };
  byId("send-again").addEventListener("click", () => {
    queue.push(...failed.filter((job) => job.again));
    failed.splice(0, failed.length, ...failed.filter((job) => !job.again));
    next();
  });
  addEventListener("beforeunload", (event) => { if (running || queue.length) event.preventDefault(); });

  // --- choosing and dropping
  const folderOf = (file) => (file.webkitRelativePath || "").split("/").slice(0, -1).join("/");
  for (const chooser of [byId("files"), byId("folder")]) {
    chooser.addEventListener("change", () => {
      add([...chooser.files].map((file) => ({ file, folder: folderOf(file) })));
      chooser.value = "";
    });
  }
  if ("webkitdirectory" in byId("folder")) {
    for (const one of [byId("folder"), form.querySelector(".folder-choice")]) one.hidden = false;
    byId("folder").tabIndex = 0;
  }
  const read = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
  const fileOf = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });
  // what the browser cannot read (gone meanwhile, no right to it) is named in the list: nothing is lost without a word
  const walk = async (entry, folder) => {
    const inside = folder ? `${folder}/${entry.name}` : entry.name;
    const found = [];
    try {
      if (entry.isFile) return [{ file: await fileOf(entry), folder }];
      const reader = entry.createReader();
      // a directory is read in pieces until none is left
      for (let some = await read(reader); some.length; some = await read(reader)) {
        for (const one of some) found.push(...(await walk(one, inside)));
      }
    } catch {
      found.push({ unread: entry.name, folder });
    }
    return found;
  };
  const dropped = async (transfer) => {
    // entries are gone once this event is over: take them all before waiting for anything
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const entries = items.map((item) => [item.webkitGetAsEntry && item.webkitGetAsEntry(), item.getAsFile()]);
    const found = [];
    for (const [entry, file] of entries) {
      if (entry) found.push(...(await walk(entry, "")));
      else if (file) found.push({ file, folder: "" });
    }
    add(found);
  };
  const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) zone.classList.remove("over");
  });
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    zone.classList.remove("over");
    dropped(event.dataTransfer);
  });
})();
