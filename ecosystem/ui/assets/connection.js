/* Tells a visitor when the connection to the site is gone and when it is back, and lets a page
   sleep that nobody looks at. Runs before Streamlit's own scripts and needs no connection itself. */
(() => {
  const STREAM = "/_stcore/stream";
  const PINGS = /\/_stcore\/(health|host-config)/;
  const IDLE_CODE = 4001;  // as in ecosystem/web/visitors.py
  const BLOCKED_MS = 8000;
  const GONE_MS = 3000;
  const BACK_MS = 5000;
  const WORDS = {
    asleep: "This page was left alone for a while and is asleep. Touch it, and it goes on.",
    back: "The connection is back.",
    blocked: "This page can’t open its lasting connection to the site. Some company networks block it, " +
      "and a busy server may refuse it. You see the page in plain words. These need no connection, either:",
    calendar: "Events, as a calendar",
    close: "Close",
    directory: "The directory, in plain words",
    feed: "What is new, as a feed",
    gone: "The connection to the site is lost. What you have typed stays here; this page tries to " +
      "connect again by itself.",
    organisation: "This organisation",
  };
  const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"];

  let wasOpen = false;
  let isOpen = false;
  let isLeaving = false;
  let timer = 0;
  let asleep = null;
  let notice = null;

  const box = () => {
    if (!notice) {
      notice = document.createElement("div");
      notice.id = "cv-connection";
      notice.setAttribute("role", "status");
      document.body.append(notice);
    }
    return notice;
  };
  const say = (text, links = []) => {
    const lines = [document.createElement("p")];
    lines[0].textContent = text;
    if (links.length) {
      const list = document.createElement("ul");
      for (const [label, address] of links) {
        const link = document.createElement("a");
        link.textContent = label;
        link.href = address;
        const item = document.createElement("li");
        item.append(link);
        list.append(item);
      }
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = WORDS.close;
      close.onclick = () => notice.replaceChildren();
      lines.push(list, close);
    }
    box().replaceChildren(...lines);
  };
  const beSilent = () => notice?.replaceChildren();
  const isSpeaking = () => Boolean(notice?.firstChild);
  const later = (act, ms) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };

  /* The pages that need no lasting connection; the organisation itself, where one is shown. */
  const plainPages = () => {
    const organisation = new URL(location.href).searchParams.get("org");
    const own = organisation ? [[WORDS.organisation, `profile/${encodeURIComponent(organisation)}`]] : [];
    return [
      ...own,
      [WORDS.directory, "directory?plain=1"],
      [WORDS.feed, "feed.xml"],
      [WORDS.calendar, "events.ics"],
    ];
  };

  const opened = () => {
    isOpen = wasOpen = true;
    delete document.documentElement.dataset.cvBlocked;
    clearTimeout(timer);
    if (!isSpeaking()) return;
    say(WORDS.back);
    later(beSilent, BACK_MS);
  };
  const closed = ({ code }) => {
    const wasConnected = isOpen;
    isOpen = false;
    if (isLeaving || !wasConnected) return;
    if (code === IDLE_CODE) sleep();
    else later(() => say(WORDS.gone), GONE_MS);
  };

  /* The server lets go of a page that was silent for long. Streamlit would connect again at once:
     its first questions wait until somebody is there. */
  const sleep = () => {
    const sleeping = {};
    sleeping.over = new Promise((wake) => { sleeping.wake = wake; });
    asleep = sleeping;
    say(WORDS.asleep);
    const awaken = () => {
      if (document.hidden) return;
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, awaken, true);
      document.removeEventListener("visibilitychange", awaken);
      asleep = null;
      sleeping.wake();
    };
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, awaken, { capture: true, passive: true });
    document.addEventListener("visibilitychange", awaken);
  };
  const ask = window.fetch;
  window.fetch = (...request) => {
    const address = String(request[0]?.url ?? request[0]);
    if (!asleep || !PINGS.test(address)) return ask(...request);
    return asleep.over.then(() => ask(...request));
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...about) {
      super(...about);
      if (!String(about[0]).includes(STREAM)) return;
      this.addEventListener("open", opened);
      this.addEventListener("close", closed);
    }
  };

  addEventListener("pagehide", () => { isLeaving = true; });
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("DOMContentLoaded", () => {
    box();
    later(() => {
      if (wasOpen) return;
      document.documentElement.dataset.cvBlocked = "";
      say(WORDS.blocked, plainPages());
    }, BLOCKED_MS);
  });
})();
