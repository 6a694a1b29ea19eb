/* The page in plain words stands until Streamlit's own is there, whole: then it makes room. */
(() => {
  const LONGEST_REST = 8000;
  const LONGEST = 60000;
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
    const app = document.querySelector('.stApp[data-test-script-state="notRunning"]');
    const main = app?.querySelector('[data-testid="stMain"]');
    if (!main?.querySelector("h1, [data-testid=stAlert]")) return false;
    seen ||= performance.now();
    const isWhole = !app.querySelector('[data-testid="stSkeleton"]') && (!frame() || isDrawn());
    return isWhole || performance.now() - seen > LONGEST_REST;
  };

  addEventListener("DOMContentLoaded", () => {
    const plain = document.getElementById("plain");
    const root = document.getElementById("root");
    if (!plain || !root) return;
    /* What nobody sees yet, nobody should reach. */
    root.inert = true;
    const look = () => {
      const isBlocked = "cvBlocked" in document.documentElement.dataset;  // says connection.js
      if (!isThere() && (isBlocked || performance.now() - began < LONGEST)) {
        setTimeout(look, 50);
        return;
      }
      if (!document.querySelector('[data-testid="stMain"]')) return;
      root.inert = false;
      plain.remove();
    };
    look();
  });
})();
