// Answers go out by script and stay on this phone while the office is out of reach. Old browsers: no new words.
(function () {
  "use strict";
  var page = document.body, base = page.getAttribute("data-base"), form = id("ask");
  var NAME = "kiosk-kept:", OLD = 30 * 864e5;
  var store, kept = [], busy = false, away = false, tapped = false, timer, ahead;

  function id(name) { return document.getElementById(name); }
  function show(one, on) { if (one) one.hidden = !on; }
  function each(list, what) { Array.prototype.forEach.call(list, what); }
  // A phone that may store nothing keeps its answers as long as the page is open
  function read() {
    try {
      store = window.localStorage;
      each(Object.keys(store), function (key) {
        if (key.indexOf(NAME) === 0 && !(Date.now() - JSON.parse(store.getItem(key)).at < OLD)) store.removeItem(key);
      });
      kept = JSON.parse(store.getItem(NAME + base) || "{}").kept || [];
    } catch (e) {}
  }
  function write() {
    try {
      if (kept.length) store.setItem(NAME + base, JSON.stringify({ at: Date.now(), kept: kept }));
      else store.removeItem(NAME + base);
    } catch (e) {}
  }

  function send() {
    if (busy || !kept.length) return;
    busy = true;
    clearTimeout(timer);
    var ask = new XMLHttpRequest(), one = kept[0];
    ask.open("POST", base + "/ask");
    ask.timeout = 8000;
    ask.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    ask.onload = function () {
      var said = {};
      try { said = JSON.parse(ask.responseText); } catch (e) {}
      if (!said.to) { lost(); return; }
      busy = false;
      if (said.gone) kept = []; else kept.shift();
      write();
      if (kept.length) send(); else location.href = said.to;
    };
    ask.onerror = ask.ontimeout = lost;
    ask.send("script=1&on=" + one[0] + "&v=" + one[1] + "&more=" + one[2]);
  }
  function lost() {
    busy = false;
    timer = setTimeout(send, 5000);
    if (away || !form) return;
    away = true;
    page.className += " away";
    show(id("away"), true);
    if (tapped) step();
  }
  function tap(button) {
    if (busy && !away) return;
    kept.push([form.elements.on.value, button.value, form.elements.more.value]);
    write();
    tapped = true;
    if (away) step(); else button.setAttribute("aria-pressed", "true");
    send();
  }
  // The next question came with this page
  function step() {
    var at = 0;
    each(ahead, function (one, index) { if (one[0] === form.elements.on.value) at = index + 1; });
    var next = ahead[at], count = id("count");
    show(form, next);
    show(id("below"), next);
    show(id("away"), next);
    show(id("kept"), !next);
    window.scrollTo(0, 0);
    if (!next) { id("kept").querySelector("h1").focus(); return; }
    form.elements.on.value = next[0];
    id("question").textContent = next[1];
    each(form.querySelectorAll("button"), function (one) { one.removeAttribute("aria-pressed"); });
    each(form.querySelectorAll(".faces span"), function (one, index) { one.textContent = next[2][index]; });
    count.textContent = count.textContent.replace(/\d+/, at + 1);
    each(document.querySelectorAll(".prog s"), function (one, index) { one.className = index <= at ? "on" : ""; });
    id("question").focus();
  }

  if (base) { read(); send(); window.addEventListener("online", send); }
  if (form) {
    ahead = JSON.parse(form.getAttribute("data-ahead"));
    each(form.querySelectorAll("button"), function (one) {
      one.addEventListener("click", function (event) { event.preventDefault(); tap(one); });
    });
    id("now").addEventListener("click", send);
    id("drop").addEventListener("click", function () {
      kept = []; write(); clearTimeout(timer);
      id("kept").querySelector("h1").textContent = id("kept").getAttribute("data-dropped");
      each(id("kept").querySelectorAll("p"), function (one) { show(one, false); });
    });
  }
  if (id("hear") && window.Audio) id("hear").addEventListener("click", function (event) {
    event.preventDefault();
    new Audio(this.href).play();
  });
})();
