"use strict";
// A form that asks for a document: it is looked for as one types and chosen by what it says; the form sends its id.
// Where `data-free` stands, words may be sent as well, and what is chosen may be something else than a document.
(() => {
  const NAMED = /doc-[0-9a-f]{32}(?![0-9a-f])/;
  const LATER = 150;
  const piece = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });

  const known = (answer) => answer.subjects || answer.documents.map((one) => ({
    id: one.document_id,
    name: [one.kind, one.counterparty].filter(Boolean).join(" "),
    beside: [one.day, one.amount].filter(Boolean).join("　") || one.received,
    said: [one.kind, one.counterparty, one.day, one.amount].filter(Boolean).join(" "),
    picture: `/documents/${one.document_id}/thumbnail.png`,
  }));
  const option = (one) => {
    const item = piece("li", "choice", "");
    const words = piece("span", "choice-words", one.name);
    words.append(piece("span", "sub num", one.beside));
    if (one.picture) item.append(Object.assign(document.createElement("img"), { src: one.picture, alt: "", loading: "lazy" }));
    item.append(words);
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    return item;
  };

  document.querySelectorAll("[data-choose]").forEach((place, number) => {
    const box = place.querySelector("input:not([type=hidden])");
    const free = "free" in place.dataset;
    const kept = place.querySelector("input[type=hidden]") || Object.assign(document.createElement("input"), { type: "hidden", name: box.name });
    const list = Object.assign(document.createElement("ul"), { className: "choices", id: `choices-${number}`, hidden: true });
    const said = piece("span", "visually-hidden", "");
    let asked = 0;
    let waiting = 0;
    let found = [];
    let at = -1;
    said.setAttribute("role", "status");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.getAttribute("aria-label"));
    for (const name of free ? [] : ["name", "list"]) box.removeAttribute(name);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) box.setAttribute(name, value);
    if (!free) box.value = "";
    place.append(kept, list, said);

    const close = () => {
      list.hidden = true;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const go = (index) => {
      at = index;
      [...list.children].forEach((item, one) => item.setAttribute("aria-selected", String(one === at)));
      const item = list.children[at];
      if (!item) return;
      box.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    };
    const take = (one) => {
      kept.value = one.id;
      box.value = free ? "" : one.said;
      box.setCustomValidity("");
      close();
      if (free) box.form.requestSubmit();
    };
    const show = (typed) => {
      list.replaceChildren(...found.map((one, index) => {
        const item = option(one);
        item.id = `${list.id}-${index}`;
        // the box keeps the focus, and its list stays open until something is chosen
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(one));
        return item;
      }));
      if (!found.length && typed) list.append(piece("li", "choice muted", place.dataset.none));
      list.hidden = !list.children.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
      said.textContent = list.hidden ? "" : found.length ? place.dataset.found.replace("{n}", found.length) : place.dataset.none;
      at = -1;
      if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    };
    const ask = async () => {
      const typed = box.value.trim();
      const turn = asked += 1;
      const answer = await fetch(`${place.dataset.choose}&say=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || turn !== asked || document.activeElement !== box) return;
      found = known(await answer.json());
      show(typed);
    };
    box.addEventListener("focus", () => { if (!kept.value) ask(); });
    box.addEventListener("input", () => {
      const named = NAMED.exec(box.value);
      kept.value = named ? named[0] : "";
      box.setCustomValidity(free || kept.value || !box.value.trim() ? "" : place.dataset.pick);
      clearTimeout(waiting);
      if (named) close(); else waiting = setTimeout(ask, LATER);
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length) {
        event.preventDefault();
        go((at + step + found.length) % found.length);
      } else if (event.key === "Enter" && found[at]) {
        event.preventDefault();
        take(found[at]);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    });
  });
})();
