// Counts the letters, and does not lose them when the office cannot be reached. For old browsers: no new syntax.
(function () {
  "use strict";
  var say = document.getElementById("say"), text = document.getElementById("text"), busy = false;
  var left = document.getElementById("left"), words = left.getAttribute("data-left");

  function count() {
    left.textContent = words.replace(/\d+/, Math.max(0, text.maxLength - text.value.length));
  }
  // A form that is sent into nothing leaves a page of the browser's own, and the words may be gone
  function send(event) {
    var ask = new XMLHttpRequest();
    event.preventDefault();
    if (busy) return;
    busy = true;
    ask.open("GET", "/say/find");
    ask.timeout = 8000;
    ask.onload = function () { busy = false; say.submit(); };
    ask.onerror = ask.ontimeout = function () {
      busy = false;
      document.getElementById("away").hidden = false;
      window.scrollTo(0, 0);
    };
    ask.send();
  }
  text.addEventListener("input", count);
  say.addEventListener("submit", send);
  count();
})();
