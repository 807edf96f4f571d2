"use strict";
// One hand on the keyboard: questions one after the other, the next document already there, the last one taken back.
(() => {
  let work = document.getElementById("work");
  if (!work) return;
  let viewer = null;
  let asks = [];
  let at = 0;
  let ready = null; // the next document, fetched ahead
  let last = null; // what was settled last, to take it back
  let busy = false;
  let going = null; // the document whose answer is on its way, and that answer
  let held = null; // a document that was settled while the answer to the one before was still on its way
  let ending = new AbortController();

  const csrf = () => work.querySelector("[name=csrf_token]").value;
  const form = () => work.querySelector("#answers");
  const by = () => { const box = form().querySelector("[name=by]"); return box ? box.value.trim() : ""; };
  const radios = (ask) => [...ask.querySelectorAll("input[type=radio]")];
  const input = (ask) => ask.querySelector(".ask-input :is(input, select), textarea");
  const chosen = (ask) => radios(ask).find((radio) => radio.checked);
  const spotsOf = (radio) => (radio && radio.dataset.spots ? radio.dataset.spots.split(";").map((spot) => spot.split(",").map(Number)) : []);

  const say = (text, kind, ...more) => {
    const box = document.createElement("div");
    box.className = `notice said ${kind}`;
    const words = document.createElement("span");
    words.textContent = text;
    box.append(words, ...more);
    work.querySelector("#said").replaceChildren(box);
  };
  const link = (text, href) => {
    const a = document.createElement("a");
    a.href = href;
    a.textContent = text;
    return a;
  };

  // --- questions
  const look = (ask) => {
    const spots = spotsOf(chosen(ask));
    viewer.mark(spots.length ? spots : spotsOf(radios(ask).find((radio) => radio.dataset.spots)));
  };
  const focusAsk = (index) => {
    if (!asks.length) { const button = work.querySelector("#settle"); if (button) button.focus(); return; }
    at = Math.min(Math.max(index, 0), asks.length - 1);
    asks.forEach((ask, number) => ask.classList.toggle("current", number === at));
    const ask = asks[at];
    const target = chosen(ask) || radios(ask)[0] || input(ask);
    if (target) target.focus({ preventScroll: true });
    else { ask.tabIndex = -1; ask.focus({ preventScroll: true }); }
    ask.scrollIntoView({ block: "nearest" });
    look(ask);
  };
  const choose = (key) => {
    const radio = asks[at] && radios(asks[at]).find((one) => one.dataset.key === key);
    if (!radio) return false;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  const edit = () => {
    const box = asks[at] && input(asks[at]);
    if (!box) return;
    box.focus();
    if (box.select) box.select();
  };
  const open = (ask) => ask.hasAttribute("data-must") && !chosen(ask) && !(input(ask) && input(ask).value.trim());
  const accept = () => {
    if (asks[at] && open(asks[at])) {
      say(work.dataset.choose, "warn");
      edit();
      return;
    }
    if (asks[at]) asks[at].classList.add("answered");
    if (at + 1 < asks.length) { focusAsk(at + 1); return; }
    const missing = asks.findIndex(open);
    if (missing >= 0) { focusAsk(missing); say(work.dataset.choose, "warn"); return; }
    settle();
  };

  // --- going on
  const fetchAhead = async () => {
    const id = work.dataset.next;
    ready = null;
    if (!id) return;
    if (going && going.id === id) await going.answer.catch(() => {}); // it is asked about once more only if it still waits
    const answer = await fetch(`/review/${id}?beside=${work.dataset.document}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("work");
    if (!next || work.dataset.next !== id) return;
    if (next.dataset.place === "0") { // somebody settled it after this page was made
      work.dataset.next = next.dataset.next;
      await fetchAhead();
      return;
    }
    const picture = next.querySelector(".sheet img");
    if (picture) new Image().src = picture.getAttribute("src");
    ready = { id, next: document.importNode(next, true) };
    work.dataset.ready = id;
  };
  const show = (next) => {
    ending.abort();
    ending = new AbortController();
    work.replaceWith(next);
    work = next;
    document.title = work.dataset.title;
    history.pushState({ review: true }, "", `/review/${work.dataset.document}`);
    begin();
  };
  const goNext = async () => {
    const id = work.dataset.next;
    if (!id) { location.assign(last ? `/review?done=${last.document_id}.${last.revision}` : "/review"); return; }
    if (ready && ready.id === id) show(ready.next);
    else location.assign(last ? `/review/${id}?done=${last.document_id}.${last.revision}` : `/review/${id}`);
  };
  const tell = (said) => {
    last = said;
    const button = work.querySelector("#undo");
    if (button) button.hidden = false;
    const back = document.createElement("button");
    back.type = "button";
    back.className = "small";
    back.textContent = work.querySelector("#undo") ? work.querySelector("#undo").firstChild.textContent : "z";
    back.append(Object.assign(document.createElement("kbd"), { textContent: "z" }));
    back.addEventListener("click", takeBack);
    say(said.text, "", back, link(said.history, `/documents/${said.document_id}#history`));
  };
  const count = (waiting) => {
    for (const mark of document.querySelectorAll("a.place[href='/review'] .tally-mark")) {
      mark.hidden = !waiting;
      mark.lastChild.textContent = waiting < 1000 ? waiting : "999+";
    }
  };
  const post = (address, body) => fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": csrf(), "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(body),
  });
  const typedSomething = () => [...form().elements].some((box) => (box.matches("input:not([type]), textarea") && box.name.includes(".") && box.value !== box.defaultValue)
    || (box.matches("select") && [...box.options].some((one) => one.selected !== one.defaultSelected && (one.defaultSelected || one.value))))
    || asks.some((ask) => ["type", "paper", "origin"].includes(ask.dataset.asked) && chosen(ask) && !chosen(ask).defaultChecked);
  const settle = async () => {
    if (!form() || !work.querySelector("#settle")) return;
    if (busy) { held = work; return; }
    const named = form().querySelector("[name=by]");
    if (named && !named.reportValidity()) { named.focus(); return; }
    busy = true;
    const address = form().action;
    const here = address.replace(location.origin, "");
    const answering = post(address, new FormData(form()));
    going = { id: work.dataset.document, answer: answering };
    // what was typed may be refused: then one stays; what was only confirmed is on its way while the next is shown
    const waits = typedSomething() || !ready || ready.id !== work.dataset.next;
    if (!waits) goNext();
    let fine = false;
    try {
      const answer = await answering;
      const data = await answer.json();
      fine = answer.ok && !data.again.length;
      if (fine) {
        last = data.said;
        count(data.waiting);
        if (waits) await goNext();
        if (work.isConnected) tell(data.said);
      } else if (answer.ok) {
        if (waits) location.assign(here);
        else say(data.said.again, "warn", link(data.said.title, here));
      } else if (answer.status === 409 && waits && work.dataset.next) {
        const said = data.error.message;
        last = null;
        await goNext();
        say(said, "warn", link(here, here));
      } else {
        say(data.error.message, answer.status === 409 ? "warn" : "bad", ...(waits ? [] : [link(work.dataset.failed, here)]));
      }
    } catch {
      say(work.dataset.failed, "bad", link(here, here));
    } finally {
      busy = false;
      going = null;
      const next = held === work && fine;
      held = null;
      if (next) settle(); // not where the one before has something to say: that is read first
    }
  };
  const takeBack = async () => {
    if (busy) return;
    if (!last) {
      const waiting = work.querySelector("#said form[action$='/undo']");
      if (waiting) waiting.requestSubmit();
      return;
    }
    busy = true;
    const answer = await post(`/review/${last.document_id}/undo`, { revision: String(last.revision), by: by() });
    if (answer.ok) { location.assign(`/review/${last.document_id}`); return; }
    const data = await answer.json();
    say(data.error.message, "bad");
    last = null;
    busy = false;
  };
  const skip = () => { const button = work.querySelector("#skip"); if (button) button.click(); };

  // --- one document
  const begin = () => {
    viewer = window.shokoViewer(work, ending.signal);
    viewer.zoomTo("width");
    asks = [...work.querySelectorAll(".ask")];
    work.classList.add("live");
    for (const box of work.querySelectorAll("input[name=by]")) box.value ||= localStorage.getItem("shoko-by") || "";
    if (last) { const button = work.querySelector("#undo"); if (button) button.hidden = false; }
    asks.forEach((ask, index) => {
      ask.addEventListener("focusin", () => {
        if (at === index) return;
        at = index;
        asks.forEach((one, number) => one.classList.toggle("current", number === at));
        look(ask);
      });
      ask.addEventListener("change", (event) => {
        if (!event.target.matches("input[type=radio]")) return;
        const box = input(ask);
        if (box) box.value = event.target.value;
        look(ask);
      });
      const box = input(ask);
      if (box) box.addEventListener("input", () => {
        for (const radio of radios(ask)) radio.checked = radio.value !== "" && radio.value === box.value.trim();
      });
    });
    if (form()) {
      form().addEventListener("submit", (event) => {
        event.preventDefault();
        const missing = asks.findIndex(open);
        if (missing >= 0) { focusAsk(missing); say(work.dataset.choose, "warn"); return; }
        settle();
      });
      form().addEventListener("focusin", (event) => {
        const box = event.target.closest("input:not([type=radio], [type=hidden], [type=date], [name=by], [name=note]), textarea");
        if (!box) return;
        viewer.offerWords((text, more) => {
          box.value = more ? box.value + text : text;
          box.dispatchEvent(new Event("input", { bubbles: true }));
          box.focus();
          return true;
        });
        if (box.dataset.other) { const place = work.querySelector(`#viewer .box[data-field="${CSS.escape(box.dataset.other)}"]`); viewer.mark([]); if (place) { place.classList.add("picked"); viewer.reveal(place); } }
      });
      form().addEventListener("focusout", () => work.querySelectorAll(".box.picked").forEach((box) => box.classList.remove("picked")));
    }
    const skipping = work.querySelector("#skip");
    if (skipping) skipping.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || !ready || ready.id !== work.dataset.next) return;
      event.preventDefault();
      show(ready.next);
    });
    const undo = work.querySelector("#undo");
    if (undo) undo.addEventListener("click", takeBack);
    focusAsk(0);
    fetchAhead().catch(() => { ready = null; });
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const box = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (box) {
      const long = box.matches("textarea, select");
      if (event.key === "Escape") { focusAsk(at); return; }
      if (event.altKey && /^\d$/.test(event.key)) { event.preventDefault(); choose(event.key); return; }
      if (long || event.altKey || box.closest(".aside") || box.closest("#said")) return;
      if (event.key === "Enter" && !event.repeat) {
        event.preventDefault();
        if (box.closest(".others") || box.name === "by") focusAsk(at);
        else accept();
      } else if (step && box.closest(".ask")) { event.preventDefault(); focusAsk(at + step); }
      return;
    }
    if (event.altKey) return;
    const pressed = event.target.closest("button, a, summary");
    const act = {
      e: edit, F2: edit, s: skip, z: takeBack,
      p: () => { const park = work.querySelector("#park"); if (park) { park.open = true; park.querySelector("input").focus(); } },
      d: () => { const erase = work.querySelector("#delete"); if (erase) erase.click(); },
      x: () => { const divide = work.querySelector("#divide"); if (divide && !divide.hidden) divide.click(); },
    }[event.key];
    if ((event.key === "Enter" || event.key === " ") && !pressed) {
      event.preventDefault();
      if (!event.repeat) accept();
    } else if (/^\d$/.test(event.key) && choose(event.key)) event.preventDefault();
    else if (step) { event.preventDefault(); focusAsk(at + step); }
    else if (act) { event.preventDefault(); if (!event.repeat) act(); }
    else if (viewer.keys(event)) event.preventDefault();
  });
  addEventListener("popstate", () => location.reload());
  begin();
})();
