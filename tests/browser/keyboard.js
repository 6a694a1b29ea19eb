/* Notes each stop of the Tab key; see keyboard.py. */
() => {
  /* What a mouse can press. Of a group of choices the Tab key reaches one, arrows the others; a
     button that only changes what is in the field beside it is for the mouse, the field for keys. */
  const CONTROLS = 'a[href], button, input, select, textarea, summary, canvas[tabindex], '
    + '[role=button], [role=tab], [role=slider], [role=checkbox], [role=switch], [role=combobox], '
    + '[onclick]';
  const GROUPS = '[role=radiogroup], [role=toolbar], [role=group], [role=tablist], '
    + '[data-testid=stButtonGroup], [data-testid=stNumberInput], .react-aria-ComboBox';
  const seen = new Set();
  const isThere = (e) => {
    const { width, height } = e.getBoundingClientRect();
    return e.isConnected && width > 0 && height > 0 && !e.disabled
      && getComputedStyle(e).visibility !== 'hidden' && !e.closest('[aria-hidden=true], [inert]');
  };
  const atFirst = [...document.querySelectorAll(CONTROLS)].filter(isThere);
  const name = (e) => [e.tagName, e.getAttribute('role'), e.getAttribute('aria-label') || e.innerText
    || e.dataset.testid].filter(Boolean).join(' ').replace(/\s+/g, ' ').slice(0, 80);
  /* The element that has the focus, in whatever frame or component it stands, and what holds it here. */
  const focused = () => {
    const holder = document.activeElement;
    let e = holder;
    for (;;) {
      const inner = (e.shadowRoot || e.contentDocument)?.activeElement;
      if (!inner || inner === e.contentDocument?.body) return [e, holder];
      e = inner;
    }
  };
  /* An outline or shadow around the element, or around the box that it is the field of. */
  const ring = (e) => {
    const view = e.ownerDocument.defaultView;
    for (let box = e, up = 0; box?.nodeType === 1 && up < 6; box = box.parentElement, up++) {
      for (const part of [null, '::before', '::after']) {
        const style = view.getComputedStyle(box, part);
        if (part && style.content === 'none') continue;
        const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
        if (outline || style.boxShadow !== 'none') return true;
      }
    }
    return false;
  };
  const isShown = (e) => {
    for (let box = e; box; box = box.parentElement) {
      if (parseFloat(getComputedStyle(box).opacity) < 0.3) return box === e && e.matches('input');
    }
    return true;
  };
  const isBefore = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  let last = null, first = null;
  window.keyboardStop = () => {
    const [e, holder] = focused();
    /* Past the end Chromium looks for a stop in its own window, finds none, and begins again. What
       is in between, the body, may have come and gone. */
    if (e === document.body || e === first) return null;
    first ??= e;
    const again = seen.has(e);
    seen.add(e);
    seen.add(holder);
    const { left, top, right, bottom } = holder.getBoundingClientRect();
    const found = {
      name: name(e),
      again,
      ring: ring(e),
      inView: isShown(holder) && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      backwards: Boolean(last?.isConnected && isBefore(holder, last)),
    };
    last = holder;
    return found;
  };
  window.keyboardMissed = () => atFirst.filter((e) => {
    if (seen.has(e) || !isThere(e)) return false;
    const group = e.closest(GROUPS);
    return !group || ![...seen].some((other) => group.contains(other));
  }).map(name);
}
