// One finger on the map moves the page and two move the map, as on other maps.
(function (cv) {
  "use strict";

  const HINT_MS = 1500;
  // Pixels that a finger moves while it only taps.
  const STILL = 10;

  function leavePageToOneFinger() {
    const container = cv.map.getContainer();
    const hint = addHint(container);
    let start = null, timer = 0;

    // A finger tells the browser first and then Leaflet, which by then drags no more. Two fingers
    // are its own zoom, which moves the map along with them.
    container.addEventListener("pointerdown", ({ pointerType }) => {
      if (pointerType === "touch") cv.map.dragging.disable();
      else cv.map.dragging.enable();
    }, true);

    container.addEventListener("touchstart", ({ touches }) => {
      start = touches.length === 1 ? touches[0] : null;
      if (!start) hint.hidden = true;
    }, { passive: true });
    container.addEventListener("touchmove", ({ touches }) => {
      if (!start || touches.length > 1) return;
      if (Math.hypot(touches[0].clientX - start.clientX, touches[0].clientY - start.clientY) < STILL) return;
      start = null;
      hint.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => { hint.hidden = true; }, HINT_MS);
    }, { passive: true });
  }

  function addHint(container) {
    const hint = L.DomUtil.create("div", "cv-hint", container);
    hint.textContent = "Use two fingers to move the map";
    hint.hidden = true;
    return hint;
  }

  Object.assign(cv, { leavePageToOneFinger });
})(window.CyberValleys ??= {});
