// Keeps a page fresh: fragments by server-sent events, and the truth about a server that is away.
// <… data-live="/counter/live">: each fragment goes into the element with its name as id. data-here: tells whether this
// page still belongs to us; if not, it is loaded anew (and leads to the door, or to the counter where we sit now).
"use strict";
(() => {
  const root = document.querySelector("[data-live]");
  if (!root) return;
  const STALE_AFTER = 6000, RETRY = 2000;
  let source, last = Date.now(), stale = false, ever = false, composing = false;

  const setStale = (now) => {
    if (now === stale) return;
    stale = now;
    document.body.classList.toggle("stale", stale);
    document.dispatchEvent(new CustomEvent(stale ? "live:lost" : "live:back", { detail: new Date(last) }));
  };
  // What a control is, whichever drawing of the page it stands in
  const nameOf = (one) => JSON.stringify([
    (one.closest("[data-dossier]") || { dataset: {} }).dataset.dossier, one.id,
    ...["field", "paper", "step", "dialog", "ticket", "target", "procedure", "counter", "tile"].map((key) => one.dataset[key]),
  ]);
  // A field that somebody is writing in keeps its words, its focus and its place
  const put = (id, html) => {
    const place = document.getElementById(id);
    if (!place) return;
    const field = place.contains(document.activeElement) ? document.activeElement : null;
    const writing = field && field.matches("input:not([type=checkbox]), textarea, select");
    // A syllable that an input method is still putting together would be torn: it comes first
    if (writing && composing) { field.addEventListener("compositionend", () => setTimeout(() => put(id, html)), { once: true }); return; }
    const name = field && nameOf(field), value = writing && field.value;
    const mark = writing && field.type !== "date" ? [field.selectionStart, field.selectionEnd] : null;
    const scrolled = [...place.querySelectorAll(".rows, .body")].map((one) => one.scrollTop);
    const open = new Map([...place.querySelectorAll("details")].map((one) => [nameOf(one), one.open]));
    if (writing) field.defaultValue = value;  // the old drawing has nothing to keep: its words go on in the new one
    place.innerHTML = html;
    place.querySelectorAll(".rows, .body").forEach((one, index) => { one.scrollTop = scrolled[index] || 0; });
    for (const one of place.querySelectorAll("details")) one.open = open.get(nameOf(one)) ?? one.open;
    const again = name && [...place.querySelectorAll("input, select, textarea, button, summary")].find((one) => nameOf(one) === name);
    if (!again) return;
    if (writing) again.value = value;
    again.focus({ preventScroll: true });
    if (mark) again.setSelectionRange(...mark);
  };
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  const heard = () => { last = Date.now(); setStale(false); };
  const listen = () => {
    source = new EventSource(root.dataset.live);
    source.addEventListener("show", (event) => {
      heard();
      const parts = JSON.parse(event.data);
      for (const [id, html] of Object.entries(parts)) put(id, html);
      document.dispatchEvent(new CustomEvent("live:show", { detail: { parts, first: !ever } }));
      ever = true;
    });
    source.addEventListener("beat", heard);
    source.addEventListener("trouble", () => { last = Math.min(last, Date.now() - STALE_AFTER); setStale(true); });
    // A refusal (signed out, server restarting) ends an EventSource for good: ask again by hand
    source.onerror = () => { source.close(); setTimeout(again, RETRY); };
  };
  const again = async () => {
    if (root.dataset.here) {
      try {
        const answer = await fetch(root.dataset.here);
        if (answer.status === 401) { location.reload(); return; }
      } catch { /* still away */ }
    }
    listen();
  };
  setInterval(() => { if (Date.now() - last > STALE_AFTER) setStale(true); }, 500);
  listen();
})();
