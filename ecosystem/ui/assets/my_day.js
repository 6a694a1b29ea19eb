/* Shows the day that the address holds after its #. All of it is text from a stranger: it is only
   ever put into text nodes and, escaped, into a calendar file. Nothing is asked of a server. */
(() => {
  const LONGEST = 40000, MOST_BYTES = 200000, MOST_ENTRIES = 300, MOST_LETTERS = 400;
  const LAST_MINUTE = 121000000;  // in the year 2200
  const SEQUENCE_EPOCH_MS = Date.UTC(2020, 0, 1);
  const WORDS = {
    broken: "This link is damaged: a part of it got lost on the way. Open it again from where you " +
      "have it, or ask the organiser for it.",
    empty: "There is nothing in it.",
    noLink: "A link of the organiser shows your day here: open it whole, with all that follows the #.",
    oldBrowser: "This browser is too old to read the link; use the sheet or the calendar file instead.",
    table: (number) => `Table ${number}`,
    zone: (name) => `Times are those of ${name}.`,
  };
  const at = (id) => document.getElementById(id);

  async function unpack(fragment) {
    const binary = atob(fragment.replace(/-/g, "+").replace(/_/g, "/"));
    const packed = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const reader = new Blob([packed]).stream()
      .pipeThrough(new DecompressionStream("deflate")).getReader();
    const parts = [];
    let bytes = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > MOST_BYTES) throw new Error("too long");
      parts.push(value);
    }
    return JSON.parse(await new Blob(parts).text());
  }

  const isText = (value) => typeof value === "string" && value.length <= MOST_LETTERS;
  const isMinute = (value) => Number.isInteger(value) && value >= 0 && value <= LAST_MINUTE;

  function isEntry(entry) {
    if (!Array.isArray(entry) || entry.length !== 6) return false;
    const [start, end, what, table, about, uid] = entry;
    return isMinute(start) && isMinute(end) && start <= end && [what, table, about].every(isText)
      && typeof uid === "string" && /^[0-9a-f]{16}$/.test(uid);
  }

  function check(day) {
    const isSound = day && day.version === 1
      && [day.title, day.place, day.zone, day.name].every(isText)
      && isMinute(day.sequence) && Array.isArray(day.entries)
      && day.entries.length <= MOST_ENTRIES && day.entries.every(isEntry);
    if (!isSound) throw new Error("not a day");
    new Intl.DateTimeFormat("en-GB", { timeZone: day.zone });  // throws where there is no such zone
    return day;
  }

  function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function show(day) {
    const zone = { timeZone: day.zone };
    const clock = new Intl.DateTimeFormat(
      "en-GB", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const dates = new Intl.DateTimeFormat(
      "en-GB", { ...zone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
    at("name").textContent = day.name;
    at("title").textContent = day.title;
    at("place").textContent = day.place;
    at("zone").textContent = WORDS.zone(day.zone);
    at("dates").replaceChildren();
    let shown = "", list;
    for (const [start, end, what, table, about] of day.entries) {
      const date = dates.format(start * 60000);
      if (date !== shown) {
        shown = date;
        list = document.createElement("ol");
        at("dates").append(element("h2", date), list);
      }
      const item = document.createElement("li");
      item.dataset.start = start;
      item.dataset.end = end;
      const title = element("span", what, "what");
      if (about) title.append(element("span", about, "about"));
      const from = element("time", clock.format(start * 60000));
      from.append(element("span", `–${clock.format(end * 60000)}`));
      item.append(from, title, element("span", table && WORDS.table(table), "table"));
      list.append(item);
    }
    if (!day.entries.length) at("dates").append(element("p", WORDS.empty));
    at("calendar").onclick = () => save(day);
    at("day").hidden = false;
    at("trouble").hidden = true;
    document.title = `${day.name}: ${day.title}`;
    mark();
  }

  /* What is on now, or comes next. */
  function mark() {
    const now = Date.now() / 60000;
    const items = [...document.querySelectorAll("li[data-end]")];
    const current = items.find((item) => now < item.dataset.end);
    for (const item of items) {
      if (item === current && now > item.dataset.start - 12 * 60) item.setAttribute("aria-current", "time");
      else item.removeAttribute("aria-current");
    }
  }

  // RFC 5545: escaped text, times in UTC, lines of at most 75 octets.
  const escaped = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replace(/[\\;,]/g, "\\$&");
  const utc = (ms) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");

  function fold(line) {
    const encoder = new TextEncoder();
    let folded = "", octets = 0;
    for (const letter of line) {
      const more = encoder.encode(letter).length;
      if (octets + more > 75) {
        folded += "\r\n ";
        octets = 1;
      }
      folded += letter;
      octets += more;
    }
    return folded;
  }

  function calendar(day) {
    const stamp = utc(SEQUENCE_EPOCH_MS + day.sequence * 60000);
    const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cyber Valleys//Investor day//EN",
      "METHOD:PUBLISH"];
    for (const [start, end, what, table, about, uid] of day.entries) {
      const where = [table && WORDS.table(table), day.place].filter(Boolean).join(", ");
      lines.push("BEGIN:VEVENT", `UID:${uid}@cyber-valleys`, `DTSTAMP:${stamp}`,
        `SEQUENCE:${day.sequence}`, `DTSTART:${utc(start * 60000)}`, `DTEND:${utc(end * 60000)}`,
        `SUMMARY:${escaped(what)}`, `LOCATION:${escaped(where)}`,
        `DESCRIPTION:${[day.title, about].filter(Boolean).map(escaped).join("\\n")}`, "END:VEVENT");
    }
    return [...lines, "END:VCALENDAR", ""].map(fold).join("\r\n");
  }

  function save(day) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([calendar(day)], { type: "text/calendar" }));
    link.download = "my-investor-day.ics";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function say(sentence) {
    at("day").hidden = true;
    at("trouble").hidden = false;
    at("reason").textContent = sentence;
  }

  async function read() {
    const fragment = location.hash.slice(1);
    if (!fragment) {
      say(WORDS.noLink);
    } else if (typeof DecompressionStream === "undefined") {
      say(WORDS.oldBrowser);
    } else {
      try {
        if (fragment.length > LONGEST) throw new Error("too long");
        show(check(await unpack(fragment)));
      } catch {
        say(WORDS.broken);
      }
    }
  }

  at("print").onclick = () => window.print();
  window.addEventListener("hashchange", read);
  setInterval(mark, 30000);
  read();
})();
