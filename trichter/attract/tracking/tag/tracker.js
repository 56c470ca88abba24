/* Trichter's tracker. Source of tracker.min.js (scripts/build_tracker.py); see docs/tracking.md.
   Nothing is stored on the device unless consent was given; then one cookie, tr_id. */
((w, d, n, l) => {
  if (w.trichter && w.trichter.on) return;
  const tag = d.currentScript || d.querySelector("[src$='/t.js']");
  const address = new URL("/t/e", tag.src);
  const asked = (w.trichter && w.trichter.q) || [];
  const gpc = n.globalPrivacyControl === true;
  const survives = "keepalive" in Request.prototype;
  const FILES = /\.(pdf|docx?|xlsx?|pptx?|od[tsp]|csv|txt|rtf|zip|rar|7z|t?gz|dmg|exe|msi|apk|mp[34]|epub|ics)$/i;
  const AGE = 34128000; /* 395 days: thirteen months */
  const written = JSON.stringify, clock = Date.now, most = Math.max, round = Math.round;
  const seen = () => d.visibilityState > "hidden";
  let queue = [], flying = 0, pause = 0, timer, gone, here = l.href, previous = d.referrer;
  let since = 0, attention = 0, deepest = 0, told = 0, begun, marks, figures, sent, came;
  let first, last, shift, front = seen();

  const cookie = (name) => (d.cookie.match("(?:^|; )" + name + "=([^;]*)") || [])[1];
  const keep = (name, value, age) => {
    d.cookie = name + "=" + value + ";path=/;SameSite=Lax;max-age=" + age + (l.protocol > "http:" ? ";Secure" : "");
  };
  /* crypto.randomUUID exists on secure pages only */
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  /* ---- queue: an event stays until the server has said 202 ---- */
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(transmit, pause || ms);
  };
  const add = (kind, data, more) => {
    if (queue.length > 499) queue.shift();
    queue.push({ t: clock(), e: { uid: uuid(), kind, url: here, data, ...more } });
    later(1000);
  };
  const packed = (list) => {
    const content = { events: list.map((one) => ({ ago: most(0, clock() - one.t), ...one.e })) };
    if (gpc) content.gpc = true;
    else if (cookie("tr_id")) content.id = cookie("tr_id");
    if (cookie("tr_team")) content.team = true;
    return written(content);
  };
  /* a browser lets 64 kB survive the page; an event may have 5 kB, most have 300 bytes */
  const part = (list) => {
    let size = 0;
    return list.filter((one, i) => (size += written(one.e).length) < 5e4 || !i);
  };
  const drop = (list) => { queue = queue.filter((one) => !list.includes(one)); };
  const transmit = () => {
    if (!came || flying || !queue.length || !n.onLine) return;
    const list = flying = part(queue);
    fetch(address, { method: "POST", body: packed(list), keepalive: true, credentials: "omit" }).then((answer) => {
      /* 4xx will not get better by repeating; 429 and 5xx will */
      if (answer.status > 428) throw 0;
      /* taken, but the consent was withdrawn elsewhere: the id goes */
      if (answer.status === 205) api.consent();
      flying = pause = 0;
      drop(list);
      if (queue.length) later(0);
    }).catch(() => {
      flying = 0;
      pause = Math.min(pause * 2 || 1000, 6e4);
      later(0);
    });
  };
  /* The page may never run again: what is not on its way goes as a beacon. */
  const farewell = () => {
    let list = queue.filter((one) => !survives || !flying || !flying.includes(one)), some;
    while (n.onLine && (some = part(list)).length && n.sendBeacon(address, packed(some))) {
      drop(some);
      list = list.filter((one) => !some.includes(one));
    }
  };

  /* ---- pages ---- */
  const tick = () => {
    if (since) attention += clock() - since;
    since = seen() && d.hasFocus() ? clock() : 0;
  };
  const measure = () => {
    deepest = most(deepest, Math.min(100, round((w.scrollY + w.innerHeight) / d.documentElement.scrollHeight * 100) || 0));
  };
  const leave = (more) => {
    tick();
    measure();
    const seconds = round(attention / 1000);
    if (more || seconds > 0 || deepest > told) add("page.left", { engaged: seconds, scroll: deepest }, more);
    attention -= seconds * 1000;
    told = deepest;
    /* put aside again: the same figures, as they are now; the report takes the last of a page view */
    if (sent !== (sent = written(figures))) add("web_vitals.measured", figures);
  };
  const view = () => {
    here = l.href.slice(0, 2000);
    begun = [];
    marks = {};
    attention = deepest = told = since = 0;
    figures = "LayoutShift" in w ? { cls: 0 } : {};
    sent = "{}";
    first = -1e4;
    tick();
    came = { referrer: previous.slice(0, 2000), uid: uuid() };
    add("page.viewed", { heading: d.title.slice(0, 300) }, came);
    previous = here;
    later(0);
  };
  const moved = () => {
    if (came && l.href.split("#")[0] !== here.split("#")[0]) {
      leave();
      view();
    }
  };
  const on = (where, names, what) => names.split(" ").forEach((name) => where.addEventListener(name, what, true));
  ["pushState", "replaceState"].forEach((name) => {
    const old = history[name];
    history[name] = function () {
      old.apply(this, arguments);
      setTimeout(moved); /* the page sets its title first */
    };
  });
  on(w, "popstate", () => setTimeout(moved));
  on(w, "focus blur", tick);
  on(w, "scroll", measure);
  on(w, "online", () => { pause = 0; later(0); });
  on(d, "visibilitychange", () => {
    /* hidden, and perhaps ended without a word: what waits behind a request goes now, and that once more with it */
    if (seen()) tick();
    else front = leave(), flying = gone && flying;
    survives ? transmit() : farewell();
  });
  on(w, "pagehide", () => {
    leave();
    farewell();
    gone = 1;
  });
  on(w, "pageshow", (e) => {
    if (!e.persisted || !gone) return;
    flying = pause = gone = 0;
    view();
  });

  /* ---- what people do ---- */
  on(d, "click auxclick", (e) => {
    const a = e.target.closest && e.target.closest("a[href]");
    if (!a || e.button > 1 || !/^http/.test(a.protocol)) return;
    if (FILES.test(a.pathname)) add("file.downloaded", { asset: a.pathname.slice(-500) });
    else if (a.host !== l.host) add("link.clicked", { target: (a.origin + a.pathname).slice(0, 500) });
  });
  const label = (node, get) => {
    const f = node.form || node;
    get = (name) => f.getAttribute(name);
    return f.tagName === "FORM" && (get("data-form") || get("name") || get("id") || get("action") || "form").slice(0, 160);
  };
  on(d, "input", (e) => {
    const name = label(e.target);
    if (name && !begun.includes(name)) {
      begun.push(name);
      add("form.started", { form: name });
    }
  });
  on(d, "submit", (e) => {
    add("form.attempted", { form: label(e.target) });
    later(0);
  });
  on(d, "timeupdate ended", (e) => {
    const v = e.target;
    const name = (v.getAttribute("data-video") || v.currentSrc.split(/[?#]/)[0]).slice(-160);
    if (v.tagName === "VIDEO" && name) [10, 25, 50, 75, 90, 100].forEach((mark) => {
      if (v.currentTime / v.duration * 100 >= mark && !(marks[name] >= mark)) {
        marks[name] = mark;
        add("video.progressed", { video: name, percent: mark });
      }
    });
  });
  const watch = (type, read) => {
    try {
      new PerformanceObserver((list) => list.getEntries().forEach(read))
        .observe({ type, buffered: true, durationThreshold: 16 });
    } catch (e) { /* this browser does not measure it */ }
  };
  /* a page loaded in the background was painted when somebody looked, not when it was ready */
  const painted = (name) => (e) => { if (front) figures[name] = round(e.startTime); };
  watch("paint", painted("fcp"));
  watch("largest-contentful-paint", painted("lcp"));
  watch("navigation", (e) => { figures.ttfb = round(e.responseStart); });
  /* CLS: the worst window of shifts less than 1 s apart, 5 s at most */
  watch("layout-shift", (e) => {
    if (e.hadRecentInput) return;
    shift = e.startTime - last < 1e3 && e.startTime - first < 5e3 ? shift + e.value : (first = e.startTime, e.value);
    last = e.startTime;
    figures.cls = most(figures.cls, round(shift * 1000));
  });
  ["event", "first-input"].forEach((type) => watch(type, (e) => {
    if (e.interactionId) figures.inp = most(figures.inp || 0, round(e.duration));
  }));

  /* ---- for the page's own scripts ---- */
  const api = w.trichter = (name, o) => {
    o = o || {};
    const money = o.value == null ? 0 : { value: round(o.value), currency: o.currency || "EUR" };
    if (name === "submitted") add("form.submitted", { form: o.form, goal: o.goal || "" }, money);
    else add("custom.happened", { name: name, props: o.props || {} }, money);
  };
  api.on = address; /* and where it came from, for the script that is loaded after this one */
  /* yes: true, or the id that the banner has already told the ledger. The view of this page was counted without
     the id; which one it was goes along, so that its visit goes on, and once more what led the way to it. */
  api.consent = (yes) => {
    const known = cookie("tr_id");
    yes && !gpc ? keep("tr_id", yes.at ? yes : known || uuid(), AGE) : keep("tr_id", "", 0);
    if (came && !known && cookie("tr_id")) {
      leave({ referrer: came.referrer, view: came.uid });
      later(0);
    }
  };
  const team = l.hash.match(/^#trichter-team(-off)?$/);
  if (team) keep("tr_team", 1, team[1] ? 0 : AGE);
  if (gpc && cookie("tr_id")) api.consent();
  asked.forEach((call) => call[0] === "consent" ? api.consent(call[1]) : api(...call));
  /* a page made ready before anybody wanted it is viewed when it is shown, or never */
  if (d.prerendering) on(d, "prerenderingchange", view);
  else view();
})(window, document, navigator, location);
