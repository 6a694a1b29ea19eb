// Outlines of land and regions, each layer fetched once.
(function (cv) {
  "use strict";

  const geometry = new Map();

  function load(layer) {
    if (!geometry.has(layer)) {
      const entry = { json: null };
      entry.promise = fetch(cv.options.geometry + layer + ".json")
        .then((response) => response.json())
        .then((json) => { entry.json = json; return json; });
      geometry.set(layer, entry);
    }
    return geometry.get(layer);
  }

  function whenLoaded(layer, use) {
    const entry = load(layer);
    if (entry.json) use(entry.json);
    else entry.promise.then(use);
  }

  Object.assign(cv, { whenLoaded });
})(window.CyberValleys ??= {});
