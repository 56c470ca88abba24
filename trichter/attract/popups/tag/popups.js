/* Pop-ups of Trichter: one at a time, closable by keyboard, nothing that moves the page. Without consent nothing is
   stored on the device; see docs/forms.md. */
((w, d, l, config, ask) => {
  if (w.trichterPopups) return;
  w.trichterPopups = 1;
  const base = new URL(d.currentScript ? d.currentScript.src : "/p.js", l.href).origin;
  const de = (d.documentElement.lang || navigator.language || "").toLowerCase().startsWith("de");
  const made = (name, attributes, text) => {
    const node = d.createElement(name);
    Object.entries(attributes || {}).forEach(([key, value]) => node.setAttribute(key, value));
    if (text) node.textContent = text;
    return node;
  };
  const cookie = (name) => (d.cookie.match("(?:^|; )" + name + "=([^;]*)") || [])[1] || "";
  const consented = () => !navigator.globalPrivacyControl && !!cookie("tr_id");
  const track = (name, one) => { if (w.trichter) w.trichter(name, { props: { popup: one.id } }); };
  /* the button is a call to action of the list; here always its default */
  const offered = (name, one) => { if (one.cta && w.trichter) w.trichter(name, { props: { cta: one.cta, variant: 0 } }); };
  const words = (one, name) => one[name][de ? "de" : "en"] || one[name][de ? "en" : "de"];

  /* ---- how often: with consent a cookie with numbers and days, without it only this page ---- */
  const today = Math.floor(Date.now() / 864e5);
  const read = () => {
    const found = {};
    cookie("tr_pop").split("_").forEach((part) => {
      const [id, count, day] = part.split("-").map(Number);
      if (id) found[id] = { count, day };
    });
    return found;
  };
  const often = (one) => {
    const last = read()[one.id];
    return !!last && today - last.day < one.days && last.count >= one.cap;
  };
  const remember = (one, done) => {
    if (!consented()) return;
    const known = read(), last = known[one.id];
    const fresh = !last || today - last.day >= one.days;
    known[one.id] = { count: done ? 999 : fresh ? 1 : last.count + 1, day: fresh ? today : last.day };
    const text = Object.entries(known).slice(-20).map(([id, { count, day }]) => [id, count, day].join("-")).join("_");
    d.cookie = "tr_pop=" + text + ";path=/;SameSite=Lax;max-age=7776000" + (l.protocol > "http:" ? ";Secure" : "");
  };
  /* without consent only where the visit begins: the page before tells that, nothing need be stored */
  const begins = () => {
    try { return !d.referrer || new URL(d.referrer).host !== l.host; } catch (e) { return true; }
  };

  /* ---- which ---- */
  const like = (patterns) => patterns.some((one) =>
    new RegExp("^" + one.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*") + "$").test(l.pathname));
  const fits = (one) => (!one.from || Date.now() >= one.from) && (!one.to || Date.now() < one.to)
    && (!one.pages.length || like(one.pages)) && !like(one.not) && (consented() ? !often(one) : begins());

  /* ---- showing ---- */
  let shown = false;
  const open = (one, now) => {
    /* nothing lies over the question for consent; once it is answered there is room */
    if (!now && d.getElementById("trichter-consent")) {
      w.addEventListener("trichter:choice", () => setTimeout(open, 300, one), { once: true });
      return;
    }
    if (shown || d.querySelector("dialog[open]")) return;
    shown = true;
    const modal = one.kind === "popup", before = d.activeElement, ident = "tr-popup-" + one.id;
    const box = made(modal ? "dialog" : "section", { class: "trp trp-" + one.kind, "aria-labelledby": ident, "data-trp": one.id });
    const close = made("button", { type: "button", class: "trp-close", "aria-label": de ? "Schließen" : "Close" }, "×");
    const body = made("div", { class: "trp-body" });
    body.append(made("h2", { id: ident, class: "trp-title" }, words(one, "title") || one.name));
    (words(one, "text") || "").split("\n").forEach((line) => { if (line.trim()) body.append(made("p", {}, line)); });
    let ended = false;
    const end = (how) => {
      if (ended) return;
      ended = true;
      if (how) track(how, one);
      if (modal && box.open) box.close();
      box.remove();
      if (modal && before && before.focus) before.focus();
    };
    if (one.link) {
      const link = made("a", { class: "trp-button", href: one.link }, words(one, "button") || (de ? "Mehr erfahren" : "Find out more"));
      link.addEventListener("click", () => { track("popup.clicked", one); offered("cta.clicked", one); remember(one, true); });
      body.append(link);
    }
    close.addEventListener("click", () => end("popup.closed"));
    box.addEventListener("cancel", () => setTimeout(() => end("popup.closed")));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      end("popup.closed");
    });
    box.addEventListener("trichter:submitted", () => { track("popup.submitted", one); remember(one, true); });
    box.append(close, body);
    const show = () => {
      d.body.append(box);
      if (modal) { box.showModal(); close.focus(); }
      track("popup.shown", one);
      offered("cta.shown", one);
      remember(one);
    };
    if (!one.form) return show();
    const place = made("div", { "data-trp-form": "" });
    body.append(place);
    const mount = () => w.trichterForms.mount(place, one.form, base).then((form) => { if (form) show(); });
    if (w.trichterForms) return mount();
    const script = made("script", { src: base + "/f/" + one.form + ".js" });
    script.onload = mount;
    d.head.append(script);
  };
  const wait = (one) => {
    if (one.trigger === "time") return setTimeout(() => open(one), one.value * 1000);
    if (one.trigger === "exit") {
      return d.addEventListener("mouseout", (event) => { if (!event.relatedTarget && event.clientY <= 0) open(one); });
    }
    const look = () => {
      const room = d.documentElement.scrollHeight - w.innerHeight;
      if (room > 0 && w.scrollY / room * 100 >= one.value) { w.removeEventListener("scroll", look); open(one); }
    };
    return w.addEventListener("scroll", look, { passive: true });
  };
  /* those under a condition: the server knows whether it holds, and answers with what is to be shown. `ask`: 0 there are
     none, 1 only for browsers that consented, 2 for all. A server that is slow or away keeps nobody else waiting. */
  const more = (number) => {
    if (!ask || (ask < 2 && !consented() && !number)) return Promise.resolve([]);
    const question = { page: l.href.slice(0, 2000), referrer: d.referrer.slice(0, 2000), lang: d.documentElement.lang || navigator.language, number };
    if (consented()) question.id = cookie("tr_id");
    return Promise.race([
      fetch(base + "/p/show", { method: "POST", body: JSON.stringify(question) }).then((answer) => answer.ok ? answer.json() : { show: [] }).then((found) => found.show),
      new Promise((done) => setTimeout(done, 3000, [])),
    ]).catch(() => []);
  };
  const start = () => {
    const asked = l.hash.match(/^#trichter-popup-(\d+)$/), number = asked ? Number(asked[1]) : 0;
    more(number).then((found) => begin([...config, ...found].sort((a, b) => b.priority - a.priority || a.id - b.id), number));
  };
  const begin = (list, number) => {
    const asked = !!number;
    const chosen = asked ? list.filter((one) => one.id === number) : list.filter(fits);
    if (!chosen.length) return;
    d.head.append(made("link", { rel: "stylesheet", href: base + "/static/popups/popups.css" }));
    if (asked) open(chosen[0], 1); else chosen.forEach(wait);
  };
  if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start); else start();
})(window, document, location, __CONFIG__);
