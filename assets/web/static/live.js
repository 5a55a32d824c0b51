// Keeps a page fresh: fragments by server-sent events, and the truth about a server that is away.
// <… data-live="/counter/live">: each fragment goes into the element with its name as id. data-here: tells whether we
// are still signed in.
"use strict";
(() => {
  const root = document.querySelector("[data-live]");
  if (!root) return;
  const STALE_AFTER = 6000, RETRY = 2000;
  let source, last = Date.now(), stale = false, ever = false;

  const setStale = (now) => {
    if (now === stale) return;
    stale = now;
    document.body.classList.toggle("stale", stale);
    document.dispatchEvent(new CustomEvent(stale ? "live:lost" : "live:back", { detail: new Date(last) }));
  };
  // A field that somebody is writing in keeps its words, its focus and its place
  const put = (id, html) => {
    const place = document.getElementById(id);
    if (!place) return;
    const field = place.contains(document.activeElement) ? document.activeElement : null;
    const writing = field && field.matches("input:not([type=checkbox]), textarea, select");
    const name = field && (field.dataset.field || field.dataset.step || field.id);
    const scrolled = [...place.querySelectorAll(".rows, .body")].map((one) => one.scrollTop);
    const open = [...place.querySelectorAll("details")].map((one) => one.open);
    const value = writing ? field.value : null;
    place.innerHTML = html;
    place.querySelectorAll(".rows, .body").forEach((one, index) => { one.scrollTop = scrolled[index] || 0; });
    place.querySelectorAll("details").forEach((one, index) => { if (index < open.length) one.open = open[index]; });
    if (name) {
      const again = [...place.querySelectorAll("[data-field], [data-step], [id]")]
        .find((one) => (one.dataset.field || one.dataset.step || one.id) === name);
      if (again) { if (writing) again.value = value; again.focus({ preventScroll: true }); }
    }
  };
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
        if (answer.status === 401) { location.href = "/signin"; return; }
      } catch { /* still away */ }
    }
    listen();
  };
  setInterval(() => { if (Date.now() - last > STALE_AFTER) setStale(true); }, 500);
  listen();
})();
