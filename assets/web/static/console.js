// The console's keys. Plain letters act only while no field has the focus; Alt+letter always. They act on key-up, and
// only when no other key came within 60 ms: a scanner's burst is never a command. Physical keys (event.code), so that
// an input method cannot bend them.
"use strict";
(() => {
  const root = document.querySelector(".console"), toast = document.getElementById("toast");
  const BURST = 60;
  const TWICE = 600;
  let busy = false, keysOn = localStorage.getItem("keys") !== "off", lastKey = -BURST, keys = 0, down = null, hideToast;
  let lastPress = "", pressedAt = -TWICE, noted = Promise.resolve();

  const say = (text, bad) => {
    if (!text) return;
    toast.textContent = text;
    toast.classList.toggle("bad", Boolean(bad));
    toast.hidden = false;
    clearTimeout(hideToast);
    hideToast = setTimeout(() => { toast.hidden = true; }, bad ? 8000 : 4000);
  };

  // Whether it was done
  const send = async (step, fields) => {
    if (document.body.classList.contains("stale")) { say(root.dataset.wait, true); return false; }
    try {
      const body = new URLSearchParams({ ...fields, at: root.dataset.counter });
      const answer = await fetch("/counter/do/" + step, { method: "POST", body });
      const told = await answer.json();
      if (told.door) location.reload();
      say(told.say, told.bad);
      return answer.ok;
    } catch {
      say(root.dataset.wait, true);
      return false;
    }
  };
  // A finger that trembles presses twice: the second press within a moment is none
  const post = async (step, fields) => {
    const what = JSON.stringify([step, { ...fields, touch: "" }]), now = performance.now();
    if (busy || (what === lastPress && now - pressedAt < TWICE)) return;
    busy = true; lastPress = what; pressedAt = now;
    await send(step, fields);
    busy = false;
  };
  // What is written into a dossier waits for nobody and is never left out; one after another
  const note = (fields) => { noted = noted.then(() => send("note", fields)); return noted; };

  const press = (button) => {
    if (!button || button.disabled) return;
    if (inField() && document.activeElement.dataset.field) document.activeElement.blur();  // what stands there is kept
    if (button.href) { location.assign(button.href); return; }
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
    if (["Alt", "Shift", "Control", "Meta"].includes(event.key)) return;
    const quick = event.timeStamp - lastKey < BURST;
    lastKey = event.timeStamp;
    keys += 1;
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
    const before = keys;
    setTimeout(() => { if (keys === before) press(find(letter)); }, BURST);
  });

  const keysButton = document.querySelector("[data-keys]");
  const showKeys = () => { keysButton.querySelector("span").textContent = keysOn ? keysButton.dataset.on : keysButton.dataset.off; };
  keysButton.addEventListener("click", () => { keysOn = !keysOn; localStorage.setItem("keys", keysOn ? "on" : "off"); showKeys(); });
  showKeys();

  // ---- what the officer adds to a dossier
  document.addEventListener("change", (event) => {
    const one = event.target, article = one.closest("[data-dossier]");
    if (!article || one.type !== "checkbox") return;
    const fields = { dossier: article.dataset.dossier };
    if (one.dataset.paper)
      fields.missing = [...article.querySelectorAll("[data-paper]")].filter((paper) => !paper.checked).map((paper) => paper.dataset.paper).join(" ");
    else fields[one.dataset.field] = one.checked ? "1" : "0";
    note(fields);
  });
  // A text is kept as its field is left. The browser's own "change" would miss what a fresh drawing of the page took over.
  const keep = async (one) => {
    const article = one.closest("[data-dossier]"), was = one.defaultValue;
    if (!article || !one.dataset.field || one.type === "checkbox" || one.value === was) return;
    one.defaultValue = one.value;
    if (!(await note({ dossier: article.dataset.dossier, [one.dataset.field]: one.value }))) one.defaultValue = was;
  };
  document.addEventListener("focusout", (event) => keep(event.target));
  document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.dataset.field && !event.isComposing) keep(event.target); });

  // A card held under the scanner here fills in nothing: where it belongs is told
  for (const name of ["scan", "scan:long"]) document.addEventListener(name, () => say(root.dataset.scan, true));

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
    event.preventDefault();  // it would press the button behind as well
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
    for (const title of document.querySelectorAll(".list h2")) title.dataset.stale = " " + root.dataset.stale.replace("%", time);
  });
  document.addEventListener("live:back", () => { if (kept) document.getElementById("notices").innerHTML = kept; kept = ""; });
})();
