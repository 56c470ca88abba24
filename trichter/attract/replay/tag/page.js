/* Counts clicks and scrolling of a page without persons, and begins a recording where there is consent.
   Source of page.min.js (scripts/build_replay.py); see docs/heatmaps.md. Nothing is stored on the device. */
((w, d, n, l) => {
  if (w.trichterHeat) return;
  w.trichterHeat = 1;
  const C = __CONFIG__;
  const tag = d.currentScript || d.querySelector("script[src$='/h.js']");
  const server = (path) => new URL(path, tag.src);
  /* a page that requires Trusted Types takes no bare address for a script */
  let policy;
  const load = (path) => {
    const script = d.createElement("script"), types = w.trustedTypes;
    if (types && !policy) policy = types.createPolicy("trichter-more", { createScriptURL: (one) => one });
    script.src = policy ? policy.createScriptURL(server(path)) : server(path);
    d.head.append(script);
    return script;
  };
  const cookie = (name) => (d.cookie.match("(?:^|; )" + name + "=([^;]*)") || [])[1];
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const meant = (patterns) => !patterns.length || patterns.some((one) =>
    new RegExp("^" + one.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*") + "$").test(l.pathname.replace(/(.)\/$/, "$1")));
  const on = (where, names, what) => names.split(" ").forEach((name) => where.addEventListener(name, what, { capture: true, passive: true }));
  const within = (value, most) => Math.max(0, Math.min(most, Math.floor(value) || 0));

  /* ---- what has happened on this page and was not sent yet ---- */
  let here, counting, viewed, deepest, told, cells, rests, queue = [], flying, pause = 0, timer;
  let reactions = 0, recent = [], burst = 0, pointer, gone;
  const height = () => Math.max(d.documentElement.scrollHeight, w.innerHeight);
  /* A page that is still being loaded is shorter than it will be, and would count as read to its end. */
  const measure = () => {
    if (d.readyState === "complete") deepest = Math.max(deepest, within(Math.round((w.scrollY + w.innerHeight) / height() * 1000) / 50, 20));
  };
  /* a page made ready before anybody wanted it is counted when it is shown, or never */
  const begin = () => {
    if (d.prerendering) return;
    here = l.origin + l.pathname;
    counting = C.heat && meant(C.pages);
    viewed = deepest = told = 0;
    cells = {};
    rests = {};
    recent = [];
    if (counting) {
      measure();
      later(3000);
    }
  };
  const gather = () => {
    if (!counting || here.length > 999) return;
    const s = [], c = Object.keys(cells).sort().slice(0, 200).map((key) => cells[key]);
    const m = Object.keys(rests).sort().slice(0, 300).map((key) => rests[key]);
    while (told < deepest) s.push(++told);
    if (viewed && !s.length && !c.length && !m.length) return;
    const batch = {
      uid: uuid(), url: here, w: Math.min(4000, Math.floor(w.innerWidth / 200) * 200), h: within(w.innerHeight, 1e6),
      p: within(height(), 1e6), v: viewed ? 0 : 1, s, c, m,
    };
    if (cookie("tr_team")) batch.team = true;
    if (queue.length < 50) queue.push(batch);
    viewed = 1;
    cells = {};
    rests = {};
  };
  /* a batch stays until the server has said 202; its number lets it count once however often it is sent */
  const transmit = () => {
    gather();
    const batch = queue[0];
    if (flying || !batch || n.onLine === false) return;
    flying = 1;
    fetch(server("/t/h"), { method: "POST", body: JSON.stringify(batch), keepalive: true, credentials: "omit" }).then((answer) => {
      if (answer.status > 428) throw 0;
      flying = pause = 0;
      queue = queue.filter((one) => one !== batch);
      if (queue.length) later(0);
    }).catch(() => {
      flying = 0;
      pause = Math.min(pause * 2 || 1000, 6e4);
      later(0);
    });
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(transmit, pause || ms);
  };
  const farewell = () => {
    gather();
    queue.forEach((batch) => n.sendBeacon(server("/t/h"), JSON.stringify(batch)));
  };

  /* ---- where ---- */
  const path = (node) => {
    const parts = [];
    for (; node && node.localName && node !== d.documentElement && parts.length < 8; node = node.parentElement) {
      /* a name with digits may be a number of somebody or of something; the place among its kind is not */
      if (/^[a-z][a-z_-]{0,30}$/i.test(node.id)) {
        parts.unshift("#" + node.id);
        break;
      }
      let kind = node.localName.replace(/[^a-z0-9-]/gi, "").slice(0, 30) || "x", place = 1, one = node;
      while ((one = one.previousElementSibling)) if (one.localName === node.localName) place++;
      parts.unshift(node === d.body ? kind : kind + ":nth-of-type(" + place + ")");
    }
    while (parts.join(">").length > 200) parts.shift();
    return parts.join(">") || "html";
  };
  const cell = (e) => {
    const target = e.target.nodeType === 1 ? e.target : d.documentElement, box = target.getBoundingClientRect();
    /* the keyboard clicks, too: in the middle of what it is on */
    const known = e.detail || e.clientX || e.clientY;
    const left = known ? e.clientX : box.left + box.width / 2, top = known ? e.clientY : box.top + box.height / 2;
    const x = within((left + w.scrollX) / d.documentElement.scrollWidth * 50, 49), y = within((top + w.scrollY) / 20, 1499);
    const inner = [within((left - box.left) / box.width * 10, 9), within((top - box.top) / box.height * 10, 9)];
    const found = [x, y, path(target), ...inner];
    const key = found.join();
    return cells[key] = cells[key] || [...found, 0, 0, 0];
  };
  const natural = "input,textarea,select,option,label,summary,video,audio,iframe,object,embed,[contenteditable]";

  on(d, "click", (e) => {
    moved();
    if (!counting || !e.isTrusted || !e.target.closest) return;
    const now = Date.now(), one = cell(e), page = here;
    one[5] = Math.min(one[5] + 1, 1000);
    const close = (other) => now - other.t < 1000 && Math.hypot(other.x - e.clientX, other.y - e.clientY) <= 30;
    recent = recent.filter(close);
    recent.push({ t: now, x: e.clientX, y: e.clientY });
    if (burst && close(burst)) burst = { t: now, x: e.clientX, y: e.clientY };
    else if (recent.length > 2) {
      one[6]++;
      burst = { t: now, x: e.clientX, y: e.clientY };
    }
    later(5000);
    if (e.target.closest(natural) || String(w.getSelection().type) === "Range") return;
    const before = reactions, link = e.target.closest("a[href]");
    let alive = 0;
    const watch = new MutationObserver(() => { alive = 1; });
    watch.observe(d, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(() => {
      watch.disconnect();
      const leads = link && !e.defaultPrevented && link.href.split("#")[0] !== l.href.split("#")[0];
      if (alive || leads || reactions > before || page !== l.origin + l.pathname || !counting) return;
      /* the batch with the click may be on its way: the dead click then goes with the next one */
      const key = one.slice(0, 5).join(), kept = cells[key] = cells[key] || [...one.slice(0, 5), 0, 0, 0];
      kept[7]++;
      later(2000);
    }, 1000);
  });
  on(w, "focusin input change submit scroll popstate hashchange pagehide blur", () => { reactions++; });
  on(d, "visibilitychange", () => {
    reactions++;
    if (d.visibilityState === "hidden") transmit();
  });
  on(w, "scroll load", () => {
    if (!counting) return;
    measure();
    if (deepest > told) later(3000);
  });
  on(w, "online", () => { pause = 0; later(0); });
  if (C.moves) {
    on(d, "mousemove", (e) => { pointer = e; });
    setInterval(() => {
      if (!counting || !pointer || d.visibilityState === "hidden") return;
      const x = within((pointer.clientX + w.scrollX) / d.documentElement.scrollWidth * 50, 49), y = within((pointer.clientY + w.scrollY) / 20, 1499);
      const one = rests[[x, y]] = rests[[x, y]] || [x, y, 0];
      one[2] = Math.min(one[2] + 1, 1000);
      pointer = 0;
      if (Object.keys(rests).length > 250) transmit();
    }, 250);
  }

  /* ---- pages of a single-page application ---- */
  const moved = () => {
    if (!here || here === l.origin + l.pathname) return;
    gather();
    begin();
    decide();
  };
  ["pushState", "replaceState"].forEach((name) => {
    const old = history[name];
    history[name] = function () {
      old.apply(this, arguments);
      reactions++;
      setTimeout(moved);
    };
  });
  on(w, "popstate", () => setTimeout(moved));
  on(w, "pagehide", () => { farewell(); gone = 1; });
  on(w, "pageshow", (e) => {
    if (!e.persisted || !gone) return;
    gone = flying = pause = 0;
    queue = [];
    begin();
  });

  /* ---- recordings: only with consent that the ledger knows, never under Global Privacy Control ---- */
  const chosen = () => {
    if (!C.record || n.globalPrivacyControl === true || cookie("tr_team") || !meant(C.recorded)) return "";
    let choice = [];
    try { choice = (localStorage.getItem("tr_choice") || "").split(":"); } catch (e) { /* no choice, no recording */ }
    const yes = choice[0] === "yes" && !choice[3] && (choice[2] || "").split(",").includes(C.purpose);
    return yes ? cookie("tr_id") || "" : "";
  };
  /* the same share of the visitors all day, without keeping a lot on the device */
  const drawn = (id) => {
    let sum = 7;
    for (const one of id + new Date().toISOString().slice(0, 10)) sum = (sum * 31 + one.charCodeAt(0)) % 1000003;
    return sum % 100 < C.sample;
  };
  const decide = () => {
    const id = chosen(), recorder = w.trichterRecorder;
    if (!id || !drawn(id)) {
      if (recorder) recorder.stop();
    } else if (recorder) recorder.start({ chosen, address: server("/t/r") });
    else if (!d.querySelector("script[data-trichter-recorder]")) {
      const script = load("/r.js");
      script.dataset.trichterRecorder = "";
      script.onload = decide;
    }
  };
  on(w, "trichter:choice", decide);

  /* ---- colleagues look at the heatmap over the page ---- */
  if (/^#trichter-heat=/.test(l.hash)) load("/heat.js");
  const start = () => {
    begin();
    decide();
  };
  if (d.prerendering) on(d, "prerenderingchange", start);
  else start();
})(window, document, navigator, location);
