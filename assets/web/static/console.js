// The console's keys. Plain letters act only while no field has the focus; Alt+letter always. They act on key-up, and
// only when no other key came within 60 ms: a scanner's burst is never a command. Physical keys (event.code), so that
// an input method cannot bend them.
"use strict";
(() => {
  const root = document.querySelector(".console"), toast = document.getElementById("toast");
  const BURST = 60;
  let busy = false, keysOn = localStorage.getItem("keys") !== "off", lastKey = 0, down = null, hideToast;

  const say = (text, bad) => {
    if (!text) return;
    toast.textContent = text;
    toast.classList.toggle("bad", Boolean(bad));
    toast.hidden = false;
    clearTimeout(hideToast);
    hideToast = setTimeout(() => { toast.hidden = true; }, bad ? 8000 : 4000);
  };

  const post = async (step, fields) => {
    if (busy || document.body.classList.contains("stale")) return;
    busy = true;
    try {
      const answer = await fetch("/counter/do/" + step, { method: "POST", body: new URLSearchParams(fields) });
      const told = await answer.json();
      if (told.door) location.href = "/signin";
      say(told.say, told.bad);
    } catch {
      say(root.dataset.wait, true);
    } finally {
      busy = false;
    }
  };

  const press = (button) => {
    if (!button || button.disabled) return;
    if (button.dataset.dialog) { document.getElementById(button.dataset.dialog).showModal(); return; }
    const fields = {};
    for (const name of ["ticket", "target", "procedure", "dossier", "counter", "tile"])
      if (button.dataset[name]) fields[name] = button.dataset[name];
    // Sent twice, given once
    if ("touch" in button.dataset) fields.touch = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()) + Date.now();
    const dialog = button.closest("dialog");
    if (dialog && button.dataset.step !== "reprint") dialog.close();
    post(button.dataset.step, fields);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step], button[data-dialog]");
    if (button) { press(button); return; }
    const closing = event.target.closest("[data-close]");
    if (closing) closing.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });

  // ---- letters and digits
  const letterOf = (code) => {
    if (/^Key[A-Z]$/.test(code)) return code.slice(3);
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
    return digit ? digit[1] : "";
  };
  const inField = () => document.activeElement && document.activeElement.matches("input:not([type=checkbox]), textarea, select");
  const find = (letter) => {
    const dialog = document.querySelector("dialog[open]");
    if (dialog) return [...dialog.querySelectorAll("button[data-counter]")].find((one) => one.dataset.counter === letter);
    return document.querySelector(`.console [data-letter="${letter}"]`);
  };
  document.addEventListener("keydown", (event) => {
    const quick = event.timeStamp - lastKey < BURST;
    lastKey = event.timeStamp;
    const letter = letterOf(event.code);
    down = !letter || quick || event.repeat || event.ctrlKey || event.metaKey ? null : { code: event.code, alt: event.altKey };
    if (event.altKey && letter && find(letter)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    const began = down;
    if (!began || began.code !== event.code) return;
    down = null;
    const letter = letterOf(event.code);
    if (!began.alt && (inField() || !keysOn)) return;
    // Wait for what might be the next sign of a burst
    setTimeout(() => { if (performance.now() - lastKey >= BURST) press(find(letter)); }, BURST + 1);
  });

  const keysButton = document.querySelector("[data-keys]");
  const showKeys = () => { keysButton.querySelector("span").textContent = keysOn ? keysButton.dataset.on : keysButton.dataset.off; };
  keysButton.addEventListener("click", () => { keysOn = !keysOn; localStorage.setItem("keys", keysOn ? "on" : "off"); showKeys(); });
  showKeys();

  // ---- what the officer adds to a dossier
  document.addEventListener("change", (event) => {
    const article = event.target.closest("[data-dossier]");
    if (!article) return;
    const fields = { dossier: article.dataset.dossier };
    if (event.target.dataset.paper)
      fields.missing = [...article.querySelectorAll("[data-paper]")].filter((one) => !one.checked).map((one) => one.dataset.paper).join(" ");
    else if (event.target.dataset.field)
      fields[event.target.dataset.field] = event.target.type === "checkbox" ? (event.target.checked ? "1" : "0") : event.target.value;
    else return;
    post("note", fields);
  });

  // ---- seconds until "absent"
  setInterval(() => {
    const key = document.querySelector(".act[data-wait]");
    if (!key) return;
    const left = Number(key.dataset.wait) - 1;
    key.dataset.wait = left;
    if (left > 0) { key.querySelector("small").textContent = root.dataset.absentWait.replace("%", left); return; }
    key.querySelector("small").textContent = root.dataset.absentDoes;
    key.disabled = false;
    delete key.dataset.wait;
  }, 1000);

  // ---- another number
  const filter = document.getElementById("find");
  const sift = () => {
    const wanted = filter.value.trim().toUpperCase();
    for (const row of document.querySelectorAll("#choose [data-code]"))
      row.hidden = wanted !== "" && !row.dataset.code.includes(wanted);
  };
  filter.addEventListener("input", sift);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const shown = [...document.querySelectorAll("#choose [data-code]")].filter((row) => !row.hidden);
    if (shown.length === 1) press(shown[0].querySelector('[data-step="call"]'));
  });
  document.getElementById("choose-dialog").addEventListener("close", () => { filter.value = ""; sift(); });
  document.addEventListener("live:show", sift);

  // ---- the server is away: everything waits, and says so
  let kept = "";
  document.addEventListener("live:lost", () => {
    const time = document.querySelector(".clock b").textContent;
    const row = document.getElementById("notices");
    kept = row.innerHTML;
    const note = document.createElement("div"), words = document.createElement("p"), strong = document.createElement("b");
    note.className = "note bad";
    strong.textContent = root.dataset.lost.replace("%", time);
    words.append(strong, " " + root.dataset.lostTodo);
    note.append(words);
    row.replaceChildren(note);
  });
  document.addEventListener("live:back", () => { if (kept) document.getElementById("notices").innerHTML = kept; kept = ""; });
})();
