// What is clicked goes back to Python; what is pointed at says its name.
(function (cv) {
  "use strict";

  // streamlit-folium reports the clicked layer's toGeoJSON; the counter tells two clicks on the
  // same thing apart.
  let clicks = 0;

  function answer(kind, id) {
    return () => ({ type: "Feature", geometry: null, properties: { kind, id, click: `${Date.now()}-${++clicks}` } });
  }

  function choose(kind, id) {
    if (cv.group) cv.group.fire("click", { layer: { toGeoJSON: answer(kind, id) } });
  }

  function tooltip(layer, lines) {
    layer.bindTooltip(() => {
      const box = document.createElement("div");
      lines().forEach((line, i) => {
        const element = document.createElement(i ? "div" : "strong");
        element.textContent = line;
        box.append(element);
      });
      return box;
    }, { sticky: true, direction: "top", className: "cv-tooltip" });
  }

  // A list of what lies at one point, whatever the zoom.
  function chooseAmong(latlng, rows, kind) {
    const list = document.createElement("ul");
    list.className = "cv-among";
    rows.forEach(({ id, name, n }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${name} (${n.toLocaleString("en")})`;
      button.addEventListener("click", () => { cv.map.closePopup(); choose(kind, id); });
      list.appendChild(document.createElement("li")).append(button);
    });
    L.popup({ maxHeight: 240 }).setLatLng(latlng).setContent(list).openOn(cv.map);
    list.querySelector("button")?.focus();
  }

  Object.assign(cv, { answer, choose, chooseAmong, tooltip });
})(window.CyberValleys ??= {});
