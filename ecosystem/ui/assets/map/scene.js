// Draws one scene that ecosystem/ui/map/drawing.py sends: regions below, links and symbols above.
// Register text reaches the page as text nodes and canvas text only, never as HTML.
(function (cv) {
  "use strict";

  let draws = 0;

  function draw(group, scene) {
    cv.group = group;
    cv.removeLabels();
    const arcs = cv.makeArcs(scene);
    arcs.concat(cv.makeSymbols(scene)).forEach((layer) => layer.addTo(group));
    if (scene.regions) {
      cv.whenLoaded(scene.regions.layer, (json) => {
        if (cv.group !== group) return;
        cv.addRegions(json, scene);
        arcs.concat(cv.symbolLayers()).forEach((layer) => layer.bringToFront());
      });
    }
    if (scene.fit && scene.fit.key !== cv.map._cvFit) {
      const first = cv.map._cvFit === undefined;
      cv.map._cvFit = scene.fit.key;
      if (!(first && cv.startedAtPlace)) {
        if (scene.fit.box) cv.map.fitBounds(scene.fit.box, { maxZoom: 8, padding: [40, 40], animate: !first });
        else if (!first) cv.map.fitBounds(cv.EUROPE);
      }
    }
    cv.describe(scene, cv.symbolLayers().length);
    cv.map.getContainer().dataset.drawn = String(++draws);
  }

  Object.assign(cv, { draw });
})(window.CyberValleys ??= {});
