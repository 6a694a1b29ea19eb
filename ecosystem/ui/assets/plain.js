/* The page in plain words stands until Streamlit's own is there, whole: then it makes room. */
(() => {
  const LONGEST_REST = 8000;
  const LONGEST = 60000;
  const LONGEST_FOR_FONTS = 300;
  const QUICK = 250;  // bytes a millisecond: fonts come in two seconds
  const began = performance.now();
  let seen = 0;  // since when the page's text has been there, without its map and widgets

  const frame = () => document.querySelector('iframe[src*="streamlit_folium"]');
  const isDrawn = () => {
    try {
      return Boolean(frame()?.contentDocument?.querySelector("[data-drawn]"));
    } catch {
      return true;
    }
  };
  const isThere = () => {
    const app = document.querySelector(".stApp");
    const isAtRest = app?.dataset.testScriptState === "notRunning";
    /* Once it is there it stays: a map that is drawn asks anew, for what is in view. */
    if (isAtRest && app.querySelector('[data-testid="stMain"] :is(h1, [data-testid="stAlert"])')) {
      seen ||= performance.now();
    }
    if (!seen || !app) return false;
    const isWhole = !app.querySelector('[data-testid="stSkeleton"]') && (!frame() || isDrawn());
    return isWhole || performance.now() - seen > LONGEST_REST;
  };

  /* On the start page typeface and icons, half a megabyte, come after the map, or on a quick line
     beside it. Until an icon's font is there its name would stand in its place, so it is hidden.
     Elsewhere they come first: tables and charts are painted once, with the font that is there. */
  const root = document.documentElement;
  const rules = document.getElementById("late-fonts");
  const isLate = rules?.media === "not all";
  if (isLate) root.dataset.cvFonts = "late";
  const isQuickLine = () => {
    const files = performance.getEntriesByType("resource");
    const first = Math.min(...files.map((file) => file.startTime));
    const last = Math.max(...files.map((file) => file.responseEnd));
    return files.reduce((bytes, file) => bytes + file.encodedBodySize, 0) > QUICK * (last - first);
  };
  const takeFonts = async () => {
    if (!isLate) return;
    rules.media = "all";
    const all = ['1em "Source Sans"', '1em "Material Symbols Rounded"'];
    await Promise.allSettled(all.map((font) => document.fonts.load(font)));
    delete root.dataset.cvFonts;
  };
  let fonts = null;
  const loadFonts = () => { fonts ??= takeFonts(); return fonts; };
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  addEventListener("DOMContentLoaded", () => {
    const plain = document.getElementById("plain");
    const app = document.getElementById("root");
    if (!plain || !app) {
      loadFonts();
      return;
    }
    /* What nobody sees yet, nobody should reach. */
    app.inert = true;
    /* Streamlit's scripts are here and nothing else is on its way. */
    const isQuick = isQuickLine();
    const look = async () => {
      const isBlocked = "cvBlocked" in document.documentElement.dataset;  // says connection.js
      const isDone = isThere();
      if (seen && isQuick) loadFonts();
      if (!isDone && (isBlocked || performance.now() - began < LONGEST)) {
        setTimeout(look, 50);
        return;
      }
      if (!document.querySelector('[data-testid="stMain"]')) return;
      /* Where they are here at once, nothing moves when they come. */
      await Promise.race([loadFonts(), pause(LONGEST_FOR_FONTS)]);
      app.inert = false;
      plain.remove();
    };
    look();
  });
})();
