"use strict";
// Files dropped on the page or chosen: one request each, two at a time, with progress.
(() => {
  const form = document.getElementById("upload");
  const zone = document.getElementById("dropzone");
  const list = document.getElementById("progress");
  const chooser = document.getElementById("files");
  const words = form.dataset;
  const queue = [];
  let running = 0;
  let depth = 0;

  const line = (file) => {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    const what = Object.assign(document.createElement("span"), { className: "what", textContent: words.wait });
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar, what);
    list.prepend(item);
    return { item, bar, what };
  };
  const finish = (parts, kind, message) => {
    parts.item.classList.add(kind);
    parts.bar.remove();
    parts.what.textContent = message;
  };
  const refresh = () => window.htmx && window.htmx.trigger(document.body, "shoko:refresh");

  const next = () => {
    while (running < 2 && queue.length) {
      const { body, parts } = queue.shift();
      running += 1;
      send(body, parts).finally(() => { running -= 1; next(); refresh(); });
    }
  };
  const send = (body, parts) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    parts.what.textContent = words.sending;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) parts.bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => {
      if (request.status === 201) finish(parts, "done", words.done);
      else {
        let message = words.failed;
        try { message = JSON.parse(request.responseText).error.message; } catch { /* not ours: keep the general words */ }
        finish(parts, "failed", message);
      }
      resolve();
    });
    request.addEventListener("error", () => { finish(parts, "failed", words.failed); resolve(); });
    request.addEventListener("abort", () => { finish(parts, "failed", words.failed); resolve(); });
    request.open("POST", "/upload.json");
    request.setRequestHeader("X-CSRF-Token", form.querySelector("[name=csrf_token]").value);
    request.send(body);
  });
  const add = (files) => {
    if (!form.reportValidity()) return;
    for (const file of files) {
      const parts = line(file);
      if (file.size > Number(words.maxBytes)) { finish(parts, "failed", words.tooLarge); continue; }
      const body = new FormData();
      body.append("origin", form.querySelector("[name=origin]:checked").value);
      body.append("received_on", form.querySelector("[name=received_on]").value);
      body.append("files", file, file.name);
      queue.push({ body, parts });
    }
    next();
  };

  chooser.addEventListener("change", () => { add([...chooser.files]); chooser.value = ""; });
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
    add([...event.dataTransfer.files]);
  });
})();
