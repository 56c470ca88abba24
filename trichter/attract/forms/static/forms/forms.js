/* Forms of Trichter: steps and conditions in place, the calculation against programs, sending without leaving the
   page, and putting a form into pages of other sites. Stores nothing on the device; see docs/forms.md. */
(() => {
  const own = document.currentScript;
  const all = (node, what) => Array.from(node.querySelectorAll(what));
  const made = (name, attributes, text) => {
    const node = document.createElement(name);
    Object.entries(attributes || {}).forEach(([key, value]) => node.setAttribute(key, value));
    if (text) node.textContent = text;
    return node;
  };
  const track = (name, props) => { if (window.trichter) window.trichter(name, { props }); };
  const cookie = () => navigator.globalPrivacyControl ? "" : (document.cookie.match(/(?:^|; )tr_id=([^;]*)/) || [])[1] || "";

  /* ---- SHA-256, for pages without a secure context, too ---- */
  const K = [], H = [];
  for (let n = 2; K.length < 64; n++) {
    let prime = true;
    for (let i = 2; i * i <= n; i++) if (n % i === 0) prime = false;
    if (!prime) continue;
    const part = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
    if (H.length < 8) H.push(part(Math.sqrt(n)));
    K.push(part(Math.cbrt(n)));
  }
  /* first 32 bits of the digest of a text shorter than 56 bytes */
  const first = (text) => {
    const w = new Int32Array(64), h = H.slice();
    for (let i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    w[text.length >> 2] |= 128 << (24 - (text.length % 4) * 8);
    w[15] = text.length * 8;
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
    }
    let [a, b, c, d, e, f, g, z] = h;
    for (let i = 0; i < 64; i++) {
      const t = (z + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      z = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
    }
    return (h[0] + a) >>> 0;
  };
  const solve = (challenge, bits) => new Promise((done) => {
    let n = 0;
    const some = () => {
      for (const end = n + 2000; n < end; n++) if (first(challenge + ":" + n) >>> (32 - bits) === 0) return done(String(n));
      setTimeout(some);
    };
    some();
  });

  /* ---- conditions: the same rules as on the server ---- */
  const fold = (text) => text.trim().toLowerCase();
  const number = (text) => {
    const plain = text.replace(/\s/g, "");
    const value = Number(plain.includes(",") ? plain.replace(/\./g, "").replace(",", ".") : plain);
    return plain && isFinite(value) ? value : null;
  };
  const met = (op, wanted, given) => {
    const values = given.filter((one) => one.trim()).map(fold), target = fold(wanted);
    if (op === "is") return values.includes(target);
    if (op === "is_not") return !values.includes(target);
    if (op === "contains") return !!target && values.some((one) => one.includes(target));
    if (op === "filled") return values.length > 0;
    if (op === "empty") return !values.length;
    const limit = number(wanted), value = number(given[0] || "");
    if (limit === null || value === null) return false;
    return op === "more" ? value > limit : value < limit;
  };

  const start = (form) => {
    if (form.dataset.trfOn) return;
    form.dataset.trfOn = "1";
    const texts = JSON.parse(form.dataset.trfTexts);
    const steps = all(form, "[data-trf-step]"), fields = all(form, "[data-trf-field]");
    const problems = form.querySelector(".trf-problems"), state = form.querySelector("[data-trf-state]");
    const value = (name) => new FormData(form).getAll(name).filter((one) => typeof one === "string");
    const set = (name, text) => { const input = form.querySelector(`input[name="${name}"]`); if (input) input.value = text; };
    let here = Math.max(0, steps.findIndex((one) => !one.hidden)), proof, busy;
    form.append(made("input", { type: "hidden", name: "_js", value: "1" }), made("input", { type: "hidden", name: "_id", value: cookie() }));
    if (!form.elements._ref.value) set("_ref", document.referrer);
    const preview = "trfPreview" in form.dataset;
    if (!preview) {
      const seen = new IntersectionObserver((found) => {
        if (!found.some((one) => one.isIntersecting)) return;
        seen.disconnect();
        track("form.viewed", { form: form.dataset.form });
      });
      seen.observe(form);
    }
    const ask = () => {
      const visible = {};
      fields.forEach((field) => {
        const rule = field.dataset.trfIf && JSON.parse(field.dataset.trfIf);
        const source = rule && fields.find((one) => one.dataset.trfField === rule.f);
        field.hidden = !!source && (source.hidden || !met(rule.o, rule.v, value(rule.f)));
        visible[field.dataset.trfField] = !field.hidden;
      });
      set("_shown", Object.keys(visible).filter((key) => visible[key]).join(" "));
    };
    const complain = (field, text) => {
      const error = field.querySelector(".trf-error");
      const inputs = all(field, "input, select, textarea, fieldset");
      error.textContent = text || "";
      error.hidden = !text;
      const target = inputs[0];
      if (!target) return;
      if (text) target.setAttribute("aria-invalid", "true"); else target.removeAttribute("aria-invalid");
      const described = (target.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== error.id);
      if (text) described.push(error.id);
      if (described.length) target.setAttribute("aria-describedby", described.join(" ")); else target.removeAttribute("aria-describedby");
    };
    const show = (index, focus) => {
      here = index;
      steps.forEach((step, i) => { step.hidden = i !== index; });
      set("_step", String(index));
      const legend = steps[index].querySelector("legend");
      if (focus && legend) { legend.setAttribute("tabindex", "-1"); legend.focus(); }
    };
    const summary = (list) => {
      problems.textContent = "";
      problems.hidden = !list.length;
      if (!list.length) return;
      const items = made("ul");
      list.forEach(([field, text]) => {
        const target = field.querySelector("input, select, textarea, fieldset");
        const name = field.querySelector(".trf-label, .trf-option span");
        const link = made("a", { href: "#" + (target && target.id) }, (name ? name.firstChild.textContent : "").trim().slice(0, 80));
        const item = made("li");
        item.append(link, ": " + text);
        items.append(item);
      });
      problems.append(made("p", {}, texts.check), items);
      problems.focus();
    };
    const complete = (step) => {
      const missing = [];
      all(step, "[data-trf-field]").forEach((field) => {
        const filled = new FormData(form).getAll(field.dataset.trfField).some((one) => typeof one === "string" ? one.trim() : one.size);
        const lacks = !field.hidden && field.dataset.trfRequired !== undefined && !filled;
        complain(field, lacks ? texts.required : "");
        if (lacks) missing.push([field, texts.required]);
      });
      summary(missing);
      return !missing.length;
    };
    const calculate = () => { proof = proof || solve(form.dataset.trfChallenge, Number(form.dataset.trfBits)); };
    const thank = (answer) => {
      const box = made("div", { class: "trf trf-thanks", tabindex: "-1", role: "status" });
      answer.thanks.split("\n").forEach((line) => { if (line.trim()) box.append(made("p", {}, line)); });
      form.dispatchEvent(new CustomEvent("trichter:submitted", { bubbles: true, detail: { form: form.dataset.form } }));
      if (answer.page) location.assign(answer.page);
      else { form.replaceWith(box); box.focus(); }
    };
    const refuse = (errors) => {
      const list = [];
      fields.forEach((field) => {
        const text = errors[field.dataset.trfField];
        complain(field, text);
        if (text) list.push([field, text]);
      });
      if (list.length) show(steps.findIndex((one) => one.contains(list[0][0])));
      summary(list);
    };
    const send = async () => {
      if (busy || !complete(steps[here])) return;
      busy = true;
      const button = form.querySelector("[data-trf-send]");
      button.disabled = true;
      state.textContent = texts.sending;
      try {
        calculate();
        set("_proof", await proof);
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin" });
        const told = await answer.json();
        if (told.ok) thank(told);
        else if (told.form) {
          const fresh = made("div");
          fresh.innerHTML = told.form;
          const next = fresh.querySelector("form");
          form.replaceWith(next);
          start(next);
          next.querySelector(".trf-problems").focus();
        } else refuse(told.errors || {});
        state.textContent = "";
      } catch (error) {
        state.textContent = texts.failed;
      }
      button.disabled = busy = false;
    };
    /* not a submit: the tracker counts those as attempts */
    all(form, "[data-trf-next]").forEach((button) => {
      button.type = "button";
      button.addEventListener("click", () => { if (complete(steps[here])) show(here + 1, true); });
    });
    all(form, "[data-trf-back]").forEach((button) => {
      button.type = "button";
      button.addEventListener("click", () => { summary([]); show(here - 1, true); });
    });
    form.addEventListener("input", ask);
    form.addEventListener("change", ask);
    form.addEventListener("focusin", calculate, { once: true });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT" || here === steps.length - 1) return;
      event.preventDefault();
      if (complete(steps[here])) show(here + 1, true);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!preview) send();
    });
    ask();
  };

  /* ---- putting forms into pages ---- */
  const styled = (base) => {
    if (own && own.dataset.style === "none") return;
    if (document.querySelector("link[data-trf-style]")) return;
    document.head.append(made("link", { rel: "stylesheet", href: base + "/static/forms/forms.css", "data-trf-style": "" }));
  };
  const mount = async (place, slug, base) => {
    if (place.dataset.trfOn) return null;
    place.dataset.trfOn = "1";
    styled(base);
    const asked = { page: location.href, id: cookie(), lang: place.dataset.lang || document.documentElement.lang || navigator.language };
    const answer = await fetch(`${base}/f/${slug}/form`, { method: "POST", body: JSON.stringify(asked), credentials: "omit" });
    if (!answer.ok) return null;
    place.innerHTML = (await answer.json()).form;
    const form = place.querySelector("form");
    if (form) start(form);
    return form;
  };
  window.trichterForms = window.trichterForms || { mount, start };
  const source = own && own.src.match(/^(.*)\/f\/([-\w]+)\.js/);
  const ready = () => {
    all(document, "form[data-trf]").forEach(start);
    if (!source) return;
    all(document, "[data-trichter-form]").forEach((place) => {
      const wanted = place.dataset.trichterForm || source[2];
      if (wanted === source[2]) mount(place, source[2], source[1]).catch(() => {});
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready); else ready();
})();
