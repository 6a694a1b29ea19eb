/* What the site's addresses need and Streamlit leaves out. Runs once, on every page. */
(() => {
  if (window.cyberValleys) return;
  window.cyberValleys = true;

  /* The introduction of the start page stays closed for whoever closed it, in this browser. */
  const CLOSED = "cyber-valleys-welcome-closed";
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private */ } };
  const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const closeWelcome = () => document.documentElement.classList.add("cv-welcome-closed");
  if (recall(CLOSED)) closeWelcome();
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".cv-close")) return;
    remember(CLOSED, "yes");
    closeWelcome();
  });

  /* Escape closes a list of choices and leaves what was chosen, which Streamlit takes away in every
     box that may be empty; a browser does the same to a search. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest) return;
    const box = event.target.closest('[data-testid="stSelectbox"] [role="combobox"]');
    if (box) {
      event.stopPropagation();
      box.blur();  // which closes the list and puts back what was chosen
      box.focus();
    }
    if (event.target.closest('input[type="search"]')) event.preventDefault();
  }, true);

  /* The Tab key comes to a table and leaves it; arrows and Enter go into it. Streamlit chooses the
     first cell of each table that the key comes to and the next as it goes on, and what opens with
     a choice would take the focus away from whoever is only passing. */
  const GRID = '[data-testid="data-grid-canvas"]';
  const INTO = /^(Arrow|Enter|Home|End|Page| )/;
  let isTab = false;
  let passing = null;
  document.addEventListener("pointerdown", () => { isTab = false; }, true);
  document.addEventListener("focusin", (event) => {
    const isPassing = isTab && event.target.matches?.(GRID);
    passing = isPassing ? event.target : null;
    if (isPassing) event.stopPropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    isTab = event.key === "Tab";
    if (isTab && event.target.matches?.(GRID)) event.stopPropagation();
    if (passing === event.target && INTO.test(event.key)) {
      event.target.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    }
  }, true);

  /* What a visitor types into a box of choices finds names in any spelling: without accents and
     hyphens ("ile de france", "koln", "koeln"), by their first letters ("nrw"). Streamlit would
     take the letters of "koln" for East YorKshire and NOrthern LiNcolnshire.
     ecosystem/web/streamlit_bundle.py makes Streamlit ask here. */
  const LETTERS = { ł: "l", ø: "o", đ: "d", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th", ð: "d" };
  const GERMAN = { ä: "ae", ö: "oe", ü: "ue" };
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[łøđıßæœþð]/g, (letter) => LETTERS[letter]).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const spellings = (name) => {
    const plain = name.toLowerCase().normalize("NFC");
    const german = plain.replace(/[äöü]/g, (letter) => GERMAN[letter]);
    return german === plain ? [fold(plain)] : [fold(plain), fold(german)];
  };
  const initials = (label) => label.split(/[(·]/)
    .map((name) => spellings(name)[0].split(" ").map((word) => word[0]).join(""));
  /* From 0, how well a name has what was typed; none if it hasn't. */
  const FITS = [
    (name, typed) => name.startsWith(typed),
    (name, typed) => ` ${name}`.includes(` ${typed}`),
    (name, typed) => typed.split(" ").every((word) => ` ${name}`.includes(` ${word}`)),
    (name, typed) => name.includes(typed),
  ];
  const known = new Map();
  const names = (label) => {
    if (!known.has(label)) known.set(label, { spelt: spellings(label), initials: initials(label) });
    return known.get(label);
  };
  window.cyberValleysChoices = (options, text) => {
    const typed = fold(text.toLowerCase());
    if (!typed) return options;
    const fit = ({ label }) => {
      const name = names(label);
      if (typed.length > 1 && name.initials.includes(typed)) return 0;
      return FITS.findIndex((fits) => name.spelt.some((spelt) => fits(spelt, typed)));
    };
    return options.map((option) => ({ option, fit: fit(option) })).filter((one) => one.fit >= 0)
      .sort((one, other) => one.fit - other.fit).map((one) => one.option);
  };

  /* The button of the filters is called what it shows; Streamlit calls it "Expand sidebar". */
  const UNNAMED = '[data-testid="stExpandSidebarButton"]:not([aria-label="Filters"])';
  const nameDrawer = () => document.querySelector(UNNAMED)?.setAttribute("aria-label", "Filters");
  new MutationObserver(nameDrawer).observe(document.documentElement, { childList: true, subtree: true });

  /* On a phone the filters cover the page: a choice closes them, so that its result is seen. */
  const DRAWER = matchMedia("(max-width: 768px)");
  /* Streamlit remembers an open one, and it would cover every page that is loaded next. */
  addEventListener("pagehide", () => {
    if (!DRAWER.matches) return;
    try {
      Object.keys(localStorage).filter((name) => name.startsWith("stSidebarCollapsed-"))
        .forEach((name) => localStorage.removeItem(name));
    } catch { /* private */ }
  });
  const closeDrawer = () => {
    const drawer = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
    if (!DRAWER.matches || !drawer) return;
    document.activeElement?.blur();  // which closes a list of choices, too
    drawer.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    setTimeout(() => document.querySelector('[data-testid="stExpandSidebarButton"]')?.focus({ preventScroll: true }), 300);
  };

  /* A link to the page that is shown, under another address: Streamlit changes the page alone. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest('[data-testid="stPageLink"] a');
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere) return;
    const target = new URL(link.href);
    if (target.pathname === location.pathname && target.search !== location.search) {
      history.pushState({}, "", target);
    }
  }, true);

  /* What changes elsewhere than under the focus is said to who listens to the page: the page that a
     link inside the site led to, by its title, and how much of a list a choice leaves. */
  const SETTLED = 700;
  const FOUND = '.st-key-found [data-testid="stMarkdown"]';
  const WORKING = '[data-testid="stApp"][data-test-script-state="running"]';
  const status = document.createElement("div");
  status.setAttribute("role", "status");
  status.className = "cv-said";
  /* An open list of choices hides the rest of the page from screen readers, but for this. */
  status.dataset.liveAnnouncer = "true";
  document.body.append(status);
  const heard = { title: document.title, found: "", card: false };
  let settling = 0;
  const read = () => document.querySelector(FOUND)?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const tell = () => {
    if (document.querySelector(WORKING)) return listen();
    const found = read();
    const card = Boolean(document.querySelector(".st-key-card"));
    const isOfCard = card || heard.card;  // card_focus.js says which is selected
    if (heard.title !== document.title && !isOfCard) status.textContent = document.title;
    else if (heard.found && found && heard.found !== found) status.textContent = found;
    Object.assign(heard, { title: document.title, found, card });
  };
  const listen = () => {
    heard.found ||= read();  // what is there before a first, quick choice
    clearTimeout(settling);
    settling = setTimeout(tell, SETTLED);
  };
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => !status.contains(target))) listen();
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true });

  /* The menus at the top. Streamlit leaves one open above the page that was chosen in it, and puts
     it at the end of the document, where the keyboard would reach it after everything else. */
  const LINKS = '[data-testid="stPopoverBody"] [data-testid="stPageLink"] a';
  const openMenu = () => document.querySelector('.st-key-site-header [aria-expanded="true"]');
  const closeMenu = () => {
    const menu = openMenu();
    menu?.focus();
    menu?.click();
  };
  const focusMenu = (tries) => {
    const link = openMenu() && document.querySelector(LINKS);
    if (link) link.focus();
    else if (tries) setTimeout(focusMenu, 50, tries - 1);
  };
  document.addEventListener("click", (event) => {
    const isByKeyboard = event.detail === 0;
    if (event.target.closest(LINKS)) setTimeout(closeMenu);
    else if (isByKeyboard && event.isTrusted && event.target.closest(".st-key-site-header button")) focusMenu(20);
  });
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(LINKS);
    if (!here || !openMenu()) return;
    const links = [...document.querySelectorAll(LINKS)];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const beyond = links.indexOf(here) + (step || (event.shiftKey ? -1 : 1));
    if (step) {
      event.preventDefault();
      links.at(beyond % links.length).focus();
    } else if (event.key === "Tab" && !links[beyond]) {
      closeMenu();  // the browser goes on from the menu's button
    }
  });

  /* The page scrolls inside an element, so no browser takes a visitor who goes back to the place
     where a link was followed. Streamlit scrolls up before the address changes: what counts is
     where the page stood at the click. */
  const LONGEST_WAIT = 3000;
  const places = new Map();
  const main = () => document.querySelector('[data-testid="stMain"]');
  let left = null;
  let wanted = null;
  document.addEventListener("click", () => {
    left = { href: location.href, top: main() ? main().scrollTop : 0 };
  }, true);
  const pushState = history.pushState;
  history.pushState = function (...args) {
    if (left && left.href === location.href) places.set(left.href, left.top);
    const before = location.search;
    pushState.apply(this, args);
    if (location.search !== before) closeDrawer();
  };
  const restore = () => {
    if (!wanted) return;
    if (main()) main().scrollTop = wanted.top;
    if (Date.now() > wanted.until) wanted = null;
    else setTimeout(restore, 100);
  };
  for (const name of ["wheel", "touchstart", "keydown", "mousedown"]) {
    document.addEventListener(name, () => { wanted = null; }, { capture: true, passive: true });
  }
  window.addEventListener("popstate", () => {
    const top = places.get(location.href);
    wanted = top ? { top, until: Date.now() + LONGEST_WAIT } : null;
    restore();
  });
})();
