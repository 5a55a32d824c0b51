// The board: a fresh call blinks twice, softly, and may be heard; a server that is away is told of.
"use strict";
(() => {
  const fit = () => {
    const page = document.documentElement;
    page.style.zoom = 1;
    page.style.zoom = Math.min(page.clientWidth / 1920, window.innerHeight / 1080);
  };
  fit();
  addEventListener("resize", fit);

  const away = document.querySelector(".away"), head = document.getElementById("head");
  const BLINKING = 3200;
  let freshUntil = 0, last = (document.querySelector(".calling") || { dataset: {} }).dataset.call || "", sound = false;
  const button = document.querySelector("[data-sound]");
  const play = async (address) => {
    const audio = new Audio(address);
    await audio.play();
    await new Promise((done) => { audio.onended = done; audio.onerror = done; });
  };
  let queue = Promise.resolve();
  // One after another: a call never cuts the one before it
  const speak = (id) => {
    queue = queue.then(() => play("/board/sound/chime")).then(() => play(`/board/sound/${id}.wav`)).catch(() => {});
  };
  if (button) button.addEventListener("click", () => { sound = true; button.hidden = true; queue = play("/board/sound/chime").catch(() => {}); });

  document.addEventListener("live:show", () => {
    const panel = document.querySelector(".calling"), id = panel.dataset.call;
    if (id && id !== last) {
      freshUntil = performance.now() + BLINKING;
      if (sound) speak(id);
    }
    if (id) last = id;
    // The panel may be drawn anew while it blinks
    panel.classList.toggle("fresh", Boolean(id) && performance.now() < freshUntil);
  });
  document.addEventListener("live:lost", () => {
    // The office's own time as it stands here: a television's clock may be wrong
    const time = head.querySelector(".clock b").textContent;
    away.querySelector("span").textContent = away.dataset.text.replace("%", time);
    away.hidden = false; head.hidden = true;
  });
  document.addEventListener("live:back", () => { away.hidden = true; head.hidden = false; });
})();
