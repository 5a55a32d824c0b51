// The declaration's page: what a scanner sends, keys, and how a typed answer will stand on the paper. Everything works
// without this script but the scanner in keyboard mode.
"use strict";
(() => {
  const BURST = 60;

  // ---- a card
  const scan = document.getElementById("scan");
  document.addEventListener("scan", (event) => {
    if (!scan) return;
    scan.elements.scan.value = event.detail;
    scan.submit();
  });
  const told = document.getElementById("told");
  const tell = (text, bad) => { told.textContent = text; told.hidden = !text; told.classList.toggle("bad2", Boolean(bad)); };
  document.addEventListener("scan:long", () => tell(told.dataset.long, true));
  document.addEventListener("serial:there", () => tell(told.dataset.there));
  document.addEventListener("serial:gone", () => tell(told.dataset.gone, true));
  const virtual = document.getElementById("virtual");
  // A scanner that is none (trials): the very keys that a real one would press
  if (virtual) virtual.addEventListener("change", () => {
    const text = virtual.value;
    virtual.selectedIndex = 0;
    virtual.blur();
    for (const key of [...text, "Enter"])
      for (const kind of ["keydown", "keyup"])
        document.body.dispatchEvent(new KeyboardEvent(kind, { key, bubbles: true, cancelable: true }));
  });

  // ---- keys: on key-up, and only when no other key came within a moment (a scanner's burst is never a command)
  const inField = () => document.activeElement && document.activeElement.matches("input:not([type=checkbox]), textarea, select");
  const nameOf = (event) => {
    if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3);
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    return digit ? digit[1] : event.key;
  };
  let lastKey = -BURST, keys = 0, down = "";
  document.addEventListener("keydown", (event) => {
    const quick = event.timeStamp - lastKey < BURST;
    lastKey = event.timeStamp;
    keys += 1;
    down = quick || event.repeat || event.ctrlKey || event.metaKey || event.isComposing ? "" : nameOf(event);
    if (down === "F2" || (down === "ArrowUp" && inField())) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    const name = nameOf(event);
    if (!down || down !== name) return;
    down = "";
    // Letters and digits are text while a field has the focus; Enter is the form's own
    if (inField() && !["F2", "ArrowUp", "Escape"].includes(name)) return;
    if (name === "Enter" && document.activeElement.matches("a, button, input")) return;
    const before = keys;
    setTimeout(() => {
      const key = document.querySelector(`[data-key="${CSS.escape(name)}"]`);
      if (keys === before && key) key.click();
    }, BURST);
  });

  // ---- answers to choose
  const answer = document.getElementById("answer");
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (pick) { answer.elements.text.value = pick.dataset.pick; answer.requestSubmit(); }
  });

  // ---- how it will stand on the paper
  if (answer && answer.elements.text.tagName === "INPUT") {
    const box = document.querySelector(".echo"), term = document.querySelector(".good");
    let asked = 0, wait;
    const look = async () => {
      const mine = ++asked;
      const body = new URLSearchParams({ ticket: answer.elements.ticket.value, field: answer.elements.field.value, text: answer.elements.text.value });
      const told = await fetch(answer.action.replace(/answer$/, "echo"), { method: "POST", body }).then((one) => one.json()).catch(() => null);
      if (!told || mine !== asked) return;
      box.hidden = !told.say;
      box.querySelector("span").textContent = told.say;
      term.hidden = !told.term[1];
      term.classList.toggle("late", !told.term[0]);
      term.querySelector("span").textContent = told.term[1];
    };
    answer.elements.text.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(look, 150); });
    if (answer.elements.text.value) look();
    answer.elements.text.select();
  }

  // ---- paper
  const sheet = document.querySelector("[data-print]");
  if (sheet) {
    const pages = [...sheet.querySelectorAll(".pages img")];
    const print = () => {
      const more = [];
      for (let copy = 1; copy < Number(sheet.dataset.copies); copy += 1)
        for (const page of pages) more.push(page.cloneNode());
      sheet.querySelector(".pages").append(...more);
      window.print();
      for (const page of more) page.remove();
      sheet.dataset.print = "done";
    };
    sheet.querySelector("[data-print-now]").addEventListener("click", print);
    Promise.all(pages.map((page) => page.decode())).then(print, () => {});
  }
})();
