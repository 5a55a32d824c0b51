// The scanner's ways into a page. Whatever it reads becomes one event on the document:
//   scan          detail: the text as it came, whole or half; the server tells which
//   scan:long     more than any card holds; dropped
//   serial:there, serial:gone      a scanner on its own port answers, or was unplugged
// <script src="/static/scan.js" defer data-silence="120" data-gap="20">: milliseconds, for a slow scanner; may be left out.
// <button data-serial hidden> asks once for the port; it is shown only where the browser has Web Serial.
"use strict";
const LONGEST_SCAN = 2000;
const tellScan = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// ---- a scanner that plays a keyboard --------------------------------------------------------------------
// Its keys come quicker than any hand's: that alone tells them. Until it is told, signs land where the focus is; they
// are taken back. From then on no key reaches page or browser: text from a card is never a command.
// Unikey sends letters as quickly, but after backspaces, and a syllable at most.
(() => {
  const tuned = document.currentScript ? document.currentScript.dataset : {};
  const GAP = Number(tuned.gap) || 20;           // mean from key to key; the quickest hands stay above 40
  const LULL = 2 * GAP;                          // a longer pause begins a new run
  const SILENCE = Number(tuned.silence) || 120;  // ends a burst that has no terminator
  const AFTER = 60;                              // terminators come in pairs (CR LF)
  const SIGNS = 8, FEW = 3;                      // signs that make a burst; that make one when a terminator follows at once
  const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock"];

  let run = null;     // quick signs so far: { first, last, count, text, blind, kept }
  let burst = null;   // { text, over, kept, landed, was }
  const ANY = "any";  // no sign is that long
  let ended = -AFTER, counted = "", mending = false, timer;

  // The one place where what no script can hold back may land: an input method's letters, signs without a key
  const guard = document.createElement("textarea");
  guard.tabIndex = -1;
  guard.setAttribute("aria-hidden", "true");
  guard.autocomplete = "off";
  guard.spellcheck = false;
  Object.assign(guard.style, { position: "fixed", left: "-99px", top: "0", width: "1px", height: "1px", opacity: "0" });

  const writable = (one) => Boolean(one) && (one.isContentEditable || (one.matches("input, textarea") && !one.readOnly &&
    !["button", "checkbox", "radio", "submit", "reset", "image", "file", "range", "color"].includes(one.type)));

  // What a field holds before the first sign, and where the caret stands
  const keep = () => {
    const field = document.activeElement;
    if (!field || field === guard || !field.matches("input, textarea, select")) return null;
    return { field, value: field.value, start: field.selectionStart ?? null, end: field.selectionEnd, way: field.selectionDirection };
  };
  const landedIn = ({ field, value, start, end }) =>
    field.value.slice(start, start + field.value.length - value.length + end - start);
  // Setting the value also empties the browser's undo, which would bring the signs back
  const restore = ({ field, value, start, end, way }) => {
    if (!field.isConnected) return;
    const other = field.value !== value;
    field.value = value;  // always: half a date shows no value
    if (start !== null) field.setSelectionRange(start, end, way);
    mending = true;
    if (other) for (const name of field.matches("select") ? ["input", "change"] : ["input"])
      field.dispatchEvent(new Event(name, { bubbles: true }));
    mending = false;
  };

  const quiet = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  const wait = () => { clearTimeout(timer); timer = setTimeout(end, SILENCE); };
  const add = (text) => {
    if (burst.over) return;
    burst.text += text;
    if (burst.text.length > LONGEST_SCAN) { burst.over = true; burst.text = ""; }
  };
  const toGuard = () => {
    if (document.activeElement === guard) return;
    burst.was = document.activeElement;
    (document.querySelector("dialog[open]") || document.body).append(guard);  // behind a dialog nothing can be focused
    guard.focus({ preventScroll: true });
  };

  const recognise = () => {
    const { text, blind, kept } = run;
    burst = { text: "", over: false, kept, landed: false, was: null };
    // Where keys did not tell their signs, the field does
    add(blind && kept && kept.start !== null ? landedIn(kept) : text);
    if (kept) restore(kept);
    run = null;
    if (blind || !writable(document.activeElement)) toGuard();
    wait();
  };
  const end = () => {
    clearTimeout(timer);
    if (guard.value) add(guard.value);
    guard.value = "";
    const { text, over, kept, landed, was } = burst;
    burst = null;
    ended = performance.now();
    if (document.activeElement === guard) {
      if (was && was !== document.body && was.isConnected) was.focus({ preventScroll: true });
      else guard.blur();
    }
    if (kept && landed) restore(kept);
    if (over) tellScan("scan:long");
    else if (text) tellScan("scan", text);
  };

  // One more quick sign, or the first of a new run
  const count = (at, sign, blind) => {
    if (!run || at - run.last > LULL) run = { first: at, count: 0, text: "", blind: false, kept: keep() };
    run.last = at;
    run.count += 1;
    run.text += sign;
    run.blind ||= blind;
    return run.count >= SIGNS && at - run.first <= GAP * (run.count - 1);
  };
  const isEnd = (event) => ["Enter", "Tab"].includes(event.key) || ["Enter", "NumpadEnter", "Tab"].includes(event.code) ||
    (event.ctrlKey && ["KeyJ", "KeyM"].includes(event.code));
  const methodHas = (event) => event.isComposing || event.keyCode === 229 || ["Process", "Unidentified"].includes(event.key);
  const signOf = (event) => {
    const bound = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    return [...event.key].length === 1 && !bound ? event.key : "";
  };

  const inBurst = (event) => {
    wait();
    if (isEnd(event)) { if (!event.isComposing) quiet(event); end(); return; }
    if (methodHas(event)) { event.stopImmediatePropagation(); toGuard(); return; }
    quiet(event);
    const sign = signOf(event);
    if (sign) add(sign);
    else if (event.key === "Backspace") burst.text = burst.text.slice(0, -1);  // an input method corrects itself
    else if (event.ctrlKey && /^Key[A-Z]$/.test(event.code)) add(String.fromCharCode(event.code.charCodeAt(3) & 31));
    else if (event.key === "Escape") add("\x1b");
    else if (event.key === "Dead") add("\ufffd");  // a layout that waits for a letter (H'Bia): seen to be lost
  };
  const before = (event) => {
    const at = event.timeStamp, sign = signOf(event), soon = run && at - run.last <= LULL;
    if (isEnd(event)) {
      if (performance.now() - ended < AFTER) { ended = performance.now(); quiet(event); return; }
      if (soon && run.count >= FEW && at - run.first <= GAP * run.count) { quiet(event); recognise(); end(); return; }
    }
    if (event.repeat || (!sign && !methodHas(event))) {
      // Letters right after a backspace are an input method's
      const mends = /^(Backspace|Delete|Arrow)/.test(event.key);
      run = mends ? { first: at, last: at, count: -Infinity, text: "", blind: false, kept: null } : null;
      return;
    }
    if (sign === " " && soon && run.count > 0 && !writable(document.activeElement)) event.preventDefault();  // it would press a button
    counted = sign || ANY;
    if (count(at, sign, !sign)) {
      recognise();
      if (!sign) return;  // it lands in the guard by itself
      quiet(event);
    }
  };
  addEventListener("keydown", (event) => {
    if (MODIFIERS.includes(event.key)) { if (burst) { wait(); quiet(event); } return; }
    counted = "";
    if (burst) inBurst(event); else before(event);
  }, true);
  for (const name of ["keypress", "keyup"])
    addEventListener(name, (event) => { if (burst || performance.now() - ended < AFTER) quiet(event); }, true);

  // Signs without a key of their own (Alt and digits, VK_PACKET, an input method that has finished)
  addEventListener("beforeinput", (event) => {
    if (mending || event.isComposing || event.inputType === "insertCompositionText") return;
    const own = counted === ANY || (counted && event.data === counted);
    counted = "";
    if (burst) {
      wait();
      if (!event.cancelable && event.target === guard) return;  // taken out of the guard
      if (event.inputType === "insertText" && event.data) add(event.data);
      quiet(event);
    } else if (event.inputType === "insertText" && event.data && !own && [...event.data].length === 1) {
      if (count(event.timeStamp, event.data, false)) { recognise(); quiet(event); }
    }
  }, true);
  addEventListener("input", (event) => {
    if (!burst || mending) return;
    wait();
    if (event.target !== guard) burst.landed = true;
    else if (!event.isComposing && guard.value) { add(guard.value); guard.value = ""; }
    event.stopImmediatePropagation();
  }, true);
  addEventListener("compositionend", (event) => {
    if (event.target !== guard) return;
    if (burst) { add(guard.value); wait(); }
    guard.value = "";
  }, true);
})();

// ---- a scanner on a serial port (USB-CDC): raw UTF-8, no key is ever pressed ------------------------------
(() => {
  const SILENCE = 150;
  const ports = new Set();
  const show = () => {
    for (const button of document.querySelectorAll("[data-serial]")) button.hidden = !navigator.serial || ports.size > 0;
  };
  document.addEventListener("live:show", show);
  if (!navigator.serial) return;

  // Bytes → scans: cut at line ends or by silence. Broken UTF-8 is kept as U+FFFD, so that the server sees it.
  const reader = () => {
    const decoder = new TextDecoder();
    let text = "", over = false, timer;
    const cut = () => {
      if (over) tellScan("scan:long");
      else if (text) tellScan("scan", text);
      text = "";
      over = false;
    };
    const take = (more) => {
      text += more;
      if (text.length > LONGEST_SCAN) { over = true; text = ""; }
    };
    const flush = () => { clearTimeout(timer); take(decoder.decode()); cut(); };
    return {
      bytes(chunk) {
        const [first, ...others] = decoder.decode(chunk, { stream: true }).split(/[\r\n]/);
        take(first);
        for (const line of others) { cut(); take(line); }
        clearTimeout(timer);
        timer = setTimeout(flush, SILENCE);
      },
      flush,
    };
  };

  const gone = (port) => { if (ports.delete(port)) { show(); tellScan("serial:gone"); } };
  const follow = async (port) => {
    if (ports.has(port)) return;
    ports.add(port);
    try {
      await port.open({ baudRate: 9600 });  // a USB-CDC scanner has no rate, but one must be named
    } catch {
      gone(port);
      return;
    }
    show();
    tellScan("serial:there");
    const scans = reader();
    // A framing error ends one stream and the port gives another; unplugged, it gives none
    for (let failed = 0; port.readable && failed < 9; failed += 1) {
      const stream = port.readable.getReader();
      try {
        for (let part = await stream.read(); !part.done; part = await stream.read()) { scans.bytes(part.value); failed = 0; }
        break;
      } catch { /* the next stream, if there is one */ } finally { stream.releaseLock(); }
    }
    scans.flush();
    try { await port.close(); } catch { /* it is gone already */ }
    gone(port);
  };

  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-serial]")) return;
    try { await follow(await navigator.serial.requestPort()); } catch { /* nothing was chosen */ }
  });
  navigator.serial.addEventListener("connect", (event) => follow(event.target));
  navigator.serial.addEventListener("disconnect", (event) => gone(event.target));
  const known = async () => { for (const port of await navigator.serial.getPorts()) follow(port); };
  show();
  known();
})();
