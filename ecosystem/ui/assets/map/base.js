// The constant base of the map: panes, land, the way back to Europe. Everything else hangs on it.
//
// Each file of this folder adds to one object, cv, what the others need of it; the site serves
// them as one script, /assets/map.js, in any order.
(function (cv) {
  "use strict";

  const PALETTES = {
    light: { land: "#f4f2ec", coast: "#cfc9ba", neighbour: "#e9e6dd", sea: "#dbe7f0",
             region: "#4b3f9e", ink: "#1f2430", halo: "#ffffff", mark: "#c2185b" },
    dark: { land: "#2a2f3a", coast: "#4a5160", neighbour: "#232833", sea: "#151a23",
            region: "#a79bff", ink: "#f2f4f8", halo: "#10141b", mark: "#ff7eb3" },
  };

  const EUROPE = [[35.2, -10], [63.5, 32.5]];
  const EAST = 49.9;

  // Whoever wants no motion gets none: the map jumps.
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const { panBy } = L.Map.prototype;
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
    L.Map.include({
      panBy(offset, options) { return panBy.call(this, offset, { ...options, animate: false }); },
      flyTo(centre, zoom) { return this.setView(centre, zoom, { animate: false }); },
    });
  }

  function start(map, options) {
    cv.map = map;
    cv.options = options;
    cv.palette = PALETTES[options.dark ? "dark" : "light"];
    map.getContainer().style.background = cv.palette.sea;
    document.body.classList.toggle("cv-dark", options.dark);
    map.createPane("cv-land").style.zIndex = 150;
    map.createPane("cv-labels").style.zIndex = 620;
    map.getPane("cv-labels").style.pointerEvents = "none";
    cv.canvas = L.canvas({ padding: 0.3, tolerance: 4 });
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);
    fitFrame(map);
    cv.goToAddress();
    if (options.land) addLand();
    addHomeButton();
    cv.addWayToList();
    cv.leavePageToOneFinger();
    map.on("zoomend", cv.regroupSymbols);
    map.on("zoomend moveend resize", cv.placeLabels);
    cv.keepAddress();
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") cv.choose("", ""); });
    // Leaflet focuses the map when it is clicked; only the keyboard needs to see where it is.
    const container = map.getContainer();
    document.addEventListener("keydown", () => container.classList.remove("cv-by-pointer"));
    document.addEventListener("pointerdown", () => container.classList.add("cv-by-pointer"), true);
  }

  // On a phone the page makes the frame lower than the map asked for.
  function fitFrame(map) {
    const { style } = map.getContainer();
    const asked = parseFloat(style.height);
    const fit = () => {
      const height = Math.min(asked, window.innerHeight || asked);
      if (`${height}px` === style.height) return;
      style.height = `${height}px`;
      map.invalidateSize({ animate: false });
    };
    fit();
    window.addEventListener("resize", fit);
  }

  function addLand() {
    const renderer = L.canvas({ pane: "cv-land", padding: 0.3 });
    // The neighbours' outlines end here; a wide window sees further, and it is land there too.
    L.rectangle([[28, EAST], [74, 180]], {
      renderer, interactive: false, pane: "cv-land",
      stroke: false, fillColor: cv.palette.neighbour, fillOpacity: 1,
    }).addTo(cv.map);
    cv.whenLoaded("land", (json) => L.geoJSON(json, {
      renderer, interactive: false, pane: "cv-land",
      style: (feature) => feature.properties.neighbour
        ? { stroke: false, fillColor: cv.palette.neighbour, fillOpacity: 1 }
        : { color: cv.palette.coast, weight: 0.8, fillColor: cv.palette.land, fillOpacity: 1 },
    }).addTo(cv.map));
  }

  function addHomeButton() {
    const Home = L.Control.extend({
      onAdd() {
        const bar = L.DomUtil.create("div", "leaflet-bar");
        const link = L.DomUtil.create("a", "cv-home", bar);
        link.href = "#";
        link.role = "button";
        link.title = "Back to Europe";
        link.setAttribute("aria-label", "Back to Europe");
        link.textContent = "⌂";
        L.DomEvent.disableClickPropagation(bar);
        L.DomEvent.on(link, "click", (event) => {
          L.DomEvent.preventDefault(event);
          cv.map.fitBounds(EUROPE);
          cv.choose("", "");
        });
        return bar;
      },
    });
    new Home({ position: "topleft" }).addTo(cv.map);
  }

  Object.assign(cv, { EUROPE, start });
})(window.CyberValleys ??= {});
