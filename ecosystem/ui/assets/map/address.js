// The position is the map's own part of the address: at=latitude,longitude,zoom.
(function (cv) {
  "use strict";

  let home = null;

  function address() {
    try { return new URL(window.parent.location.href); } catch { return null; }  // framed elsewhere
  }

  const page = address()?.pathname;

  function goToAddress() {
    const at = (address()?.searchParams.get("at") ?? "").split(",").map(Number);
    const isPlace = at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) < 85;
    if (isPlace) cv.map.setView([at[0], at[1]], at[2], { animate: false });
    else cv.map.fitBounds(cv.EUROPE, { animate: false });
    cv.startedAtPlace = isPlace;
    home = isPlace ? null : position();
  }

  function position() {
    const centre = cv.map.getCenter();
    return [centre.lat.toFixed(2), centre.lng.toFixed(2), cv.map.getZoom()].join(",");
  }

  // replaceState: panning adds no step to the browser's history.
  function writeAddress() {
    const here = address();
    const at = position();
    // Who follows a link while the map still moves is at another page's address already.
    if (!here || here.pathname !== page || here.searchParams.get("at") === at) return;
    if (at === home && !here.searchParams.has("at")) return;
    here.searchParams.set("at", at);
    const history = window.parent.history;
    history.replaceState(history.state, "", here.toString().replaceAll("%2C", ","));
  }

  // Where the map passes on its way is no place to come back to, and may lie between two zooms.
  // Leaflet doesn't say when a press of a finger ends a flight.
  const LONGEST_PAUSE = 3000;

  function keepAddress() {
    let movedAt = -Infinity;
    cv.map.on("movestart move", () => { movedAt = performance.now(); });
    cv.map.on("moveend", () => { movedAt = -Infinity; writeAddress(); });
    // A change of filter replaces the whole address; the position is put back soon after.
    setInterval(() => { if (performance.now() - movedAt > LONGEST_PAUSE) writeAddress(); }, 500);
    try { window.parent.addEventListener("popstate", goToAddress); } catch { /* framed elsewhere */ }
  }

  Object.assign(cv, { goToAddress, keepAddress });
})(window.CyberValleys ??= {});
