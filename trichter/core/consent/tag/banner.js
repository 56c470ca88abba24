/* Trichter's consent banner; see docs/privacy.md. Stores one key, "tr_choice", and only after a choice:
   "no:<version>", the same for everybody who refused, or "yes:<version>" with the purposes agreed to. */
((w, d) => {
  if (w.trichterConsent) return;
  const C = __CONFIG__;
  const base = new URL(".", d.currentScript ? d.currentScript.src : d.querySelector("script[src$='/c.js']").src);
  const lang = (d.documentElement.lang || navigator.language || "de").slice(0, 2) === "de" ? "de" : "en";
  const T = C.texts[lang];
  const asked = C.purposes.map((p) => Object.assign({ key: p.key }, p.words[lang] || p.words.de || p.words.en));
  let shown, back, room;

  const read = () => { try { return (localStorage.getItem("tr_choice") || "").split(":"); } catch (e) { return []; } };
  /* other scripts of ours hear of a choice at once: what is no longer allowed stops */
  const keep = (text) => {
    try { localStorage.setItem("tr_choice", text); } catch (e) { /* asked again next time */ }
    w.dispatchEvent(new Event("trichter:choice"));
  };
  const cookie = () => (d.cookie.match(/(?:^|; )tr_id=([^;]+)/) || [])[1];
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const tracker = (then, tries) => {
    if (w.trichter && w.trichter.on) then(w.trichter);
    else if ((tries || 0) < 50) setTimeout(tracker, 200, then, (tries || 0) + 1);
  };
  /* text/plain needs no preflight; nothing is sent along but what stands here */
  const tell = (decision, visitor, words) => fetch(new URL("consent/decision", base), {
    method: "POST", credentials: "omit", keepalive: true, headers: { "Content-Type": "text/plain" },
    body: JSON.stringify({ decision, visitor, page: location.origin + location.pathname, wordings: words }),
  }).then((answer) => { if (!answer.ok) throw 0; });

  const agree = (keys) => {
    const some = asked.filter((p) => keys.includes(p.key));
    const choice = C.v + ":" + some.map((p) => p.key).join(",");
    keep("yes:" + choice + ":open");
    if (!keys.includes("statistics")) {
      /* without recognition nothing else is recognised either */
      const known = cookie();
      if (known) tell("withdrawn", known, []).catch(() => {});
      tracker((t) => t.consent(false));
      return;
    }
    /* The ledger first: an id that it does not know would not be used. If the server cannot be reached the
       choice stays open, and the next page tries again. With Global Privacy Control there is no id. */
    const visitor = cookie() || uuid();
    if (!navigator.globalPrivacyControl) tracker((t) => tell("given", visitor, some.map((p) => p.id)).then(() => {
      t.consent(visitor);
      keep("yes:" + choice);
    }).catch(() => {}));
  };
  const refuse = () => {
    const before = read(), visitor = cookie();
    keep("no:" + C.v);
    if (visitor) tell("withdrawn", visitor, []).catch(() => keep("no:" + C.v + ":" + visitor));
    tracker((t) => t.consent(false));
    return before;
  };

  const make = (tag, more, ...children) => {
    const node = Object.assign(d.createElement(tag), more);
    node.append(...children);
    return node;
  };
  const button = (label, act) => make("button", { type: "button", textContent: label, onclick: () => { act(); hide(); } });
  const hide = () => {
    if (shown) {
      shown.remove();
      d.body.style.paddingBottom = room;
    }
    shown = 0;
    if (back && back.focus) back.focus();
  };
  const show = (again) => {
    if (shown || !asked.length) return;
    const host = shown = make("div", { id: "trichter-consent" });
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); /* allowed by a strict Content-Security-Policy */
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    const ticks = asked.map((p) => make("input", { type: "checkbox", value: p.key, checked: read()[0] === "yes" && (read()[2] || "").split(",").includes(p.key) }));
    const lines = asked.map((p, i) => asked.length > 1
      ? make("div", {}, make("label", {}, ticks[i], " ", make("b", { textContent: p.name })), make("p", { textContent: p.text }))
      : make("div", {}, make("b", { textContent: p.name }), make("p", { textContent: p.text })));
    const chosen = () => { const keys = ticks.filter((t) => t.checked).map((t) => t.value); keys.length ? agree(keys) : refuse(); };
    const details = make("details", { open: !!again }, make("summary", { textContent: T.more }), ...lines);
    if (asked.length > 1) details.append(button(T.some, chosen));
    const title = make("h2", { id: "t", textContent: asked.length > 1 ? T.asks.replace("%n", asked.length) : T.ask, tabIndex: -1 });
    const named = make("ul", { id: "n" }, ...asked.map((p) => make("li", {}, make("b", { textContent: p.name }), p.about ? " – " + p.about : "")));
    const box = make("section", {}, title, named, make("p", { textContent: (again ? (read()[0] === "yes" ? T.now_yes : T.now_no) + " " : "") + T.later }),
      details, make("div", { className: "acts" }, button(T.no, refuse), button(T.yes, () => agree(asked.map((p) => p.key)))));
    if (C.links.length) box.append(make("p", { className: "links" }, ...C.links.flatMap((one, i) =>
      [i ? " · " : "", make("a", { href: one.url, textContent: T[one.key] })])));
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-labelledby", "t");
    box.setAttribute("aria-describedby", "n");
    host.lang = lang;
    if (again) {
      const close = button("×", () => {});
      close.className = "x";
      close.setAttribute("aria-label", T.close);
      box.prepend(close);
      box.onkeydown = (e) => { if (e.key === "Escape") hide(); };
    }
    root.append(box);
    d.body.prepend(host); /* first in the tab order */
    /* what stands last on the page can be scrolled above the banner */
    room = d.body.style.paddingBottom;
    d.body.style.paddingBottom = `calc(${getComputedStyle(d.body).paddingBottom} + ${box.offsetHeight}px)`;
    if (again) { back = d.activeElement; title.focus(); }
  };
  const CSS = ":host{all:initial}section{position:fixed;z-index:2147483000;left:0;right:0;bottom:0;margin:0 auto;max-width:44rem;max-height:90vh;overflow:auto;box-sizing:border-box;padding:1.25rem;background:#fff;color:#1b2330;font:16px/1.5 system-ui,sans-serif;border:1px solid #667382;border-radius:10px 10px 0 0;box-shadow:0 -4px 24px #0003}h2{font-size:1.15rem;margin:0 2rem .5rem 0}h2:focus{outline:0}p{margin:.25rem 0 .75rem}ul{margin:.25rem 0 .5rem;padding-left:1.25rem}li{margin:.25rem 0}summary{cursor:pointer;padding:.5rem 0}.acts{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin-top:.75rem}button{font:inherit;font-weight:600;min-height:44px;padding:.5rem 1rem;border:2px solid #1b2330;border-radius:6px;background:#fff;color:#1b2330;cursor:pointer}.acts button{width:100%}button:hover{background:#eef1f5}:focus-visible{outline:3px solid #0054a6;outline-offset:2px}.links{margin:.75rem 0 0}a{color:inherit}.x{position:absolute;right:.75rem;top:.75rem;min-width:44px;padding:0;border:0}input{width:1.2rem;height:1.2rem;vertical-align:-.2rem}@media(prefers-color-scheme:dark){section{background:#1b2330;color:#f2f4f7}button{background:#1b2330;color:#f2f4f7;border-color:#f2f4f7}button:hover{background:#2c3747}:focus-visible{outline-color:#8ab8ff}}@media print{section{display:none}}";

  w.trichterConsent = { open: () => show(1), state: () => read()[0] || "" };
  d.addEventListener("click", (e) => {
    const link = e.target.closest && e.target.closest("[data-trichter-consent],a[href$='#cookie-einstellungen'],a[href$='#cookie-settings']");
    if (link) { e.preventDefault(); show(1); }
  });
  const begin = () => {
    const [choice, version, rest, open] = read();
    if (choice === "no" && version === C.v) {
      /* a withdrawal that could not be delivered is delivered now */
      if (rest) tell("withdrawn", rest, []).then(() => keep("no:" + C.v)).catch(() => {});
    } else if (choice === "yes" && version === C.v) {
      if (open) agree(rest.split(","));
    } else if (!navigator.globalPrivacyControl) show();
  };
  d.body ? begin() : d.addEventListener("DOMContentLoaded", begin);
})(window, document);
