/* Drives rrweb's recorder. Source of recorder.min.js (scripts/build_replay.py); see docs/heatmaps.md.
   What people read and type is made unreadable here, before anything leaves the browser, twice: by rrweb's own
   masks, and once more over everything it hands out, where only what is known to be harmless is kept. */
((w, d, l) => {
  if (w.trichterRecorder) return;
  const SHOWN = "\u0001", MASK = "*****", FEW = 5000, MUCH = 150000, HOUR = 36e5, REST = 18e5, MOST = 5e6;
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const masked = (text) => String(text).replace(/\S/g, "*");
  /* only texts that the company marked with data-tr-show keep their letters; input never does */
  const mark = (text, node) => node && node.closest && node.closest("[data-tr-show]") && !node.closest("textarea,select,option,[contenteditable]")
    ? SHOWN + text : masked(text);
  const shown = (text) => text && text[0] === SHOWN ? text.slice(1) : masked(text || "");
  const silent = (text) => String(text).replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const css = (text) => String(text).replace(/\/\*[\s\S]*?\*\//g, "").replace(/@import[^;]*;?/gi, "")
    .replace(/url\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)/gi, "none")
    .replace(/(content|quotes|--[\w-]+)\s*:\s*([^;}]*)/gi, (all, name, value) => name + ":" + silent(value));
  const KEPT = /^(class|id|type|rel|width|height|size|rows|cols|colspan|rowspan|span|align|valign|role|hidden|disabled|checked|selected|open|dir|lang|multiple|viewbox|d|points|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|dx|dy|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|fill-rule|clip-rule|transform|opacity|offset|stop-color|xmlns|preserveaspectratio|media|data-theme|data-bs-theme|rr_width|rr_height|rr_scrollLeft|rr_scrollTop|rr_open_mode)$/i;
  const attributes = (all) => {
    const found = {};
    Object.keys(all || {}).forEach((name) => {
      const value = all[name];
      if (name === "style" && value && typeof value === "object") {
        found.style = {};
        Object.keys(value).forEach((key) => {
          const one = value[key], hush = /^(content|quotes|--)/.test(key) ? silent : css;
          found.style[key] = Array.isArray(one) ? one.map((part) => hush(part)) : one === false ? false : hush(one);
        });
      } else if (name === "style" || name === "_cssText") found[name] = value === null ? null : css(value);
      else if (name === "value") found.value = value ? MASK : value;
      else if (KEPT.test(name)) found[name] = typeof value === "string" ? value.slice(0, 20000) : value;
    });
    return found;
  };
  const walk = (node, parent) => {
    if (node.type === 2) node.attributes = attributes(node.attributes);
    if (node.type === 3) node.textContent = parent === "style" || node.isStyle ? css(node.textContent) : parent === "script" ? "" : shown(node.textContent);
    if (node.type > 3) node.textContent = "";
    (node.childNodes || []).forEach((child) => walk(child, node.tagName));
    return node;
  };
  const rules = (list) => (list || []).forEach((one) => { if (one.rule) one.rule = css(one.rule); });
  const SOURCES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15];
  /* an event with nothing readable in it, or nothing */
  const clean = (e) => {
    const data = e.data;
    if (e.type < 2) return { type: e.type, data: {}, timestamp: e.timestamp };
    if (e.type === 2) walk(data.node);
    else if (e.type === 4) data.href = l.origin + l.pathname;
    else if (e.type !== 3 || !SOURCES.includes(data.source)) return;
    else if (data.source === 0) {
      (data.adds || []).forEach((one) => walk(one.node, "style" === styles.get(one.parentId) ? "style" : ""));
      (data.texts || []).forEach((one) => { one.value = one.value === null ? null : styles.get(one.id) ? css(one.value) : shown(one.value); });
      (data.attributes || []).forEach((one) => { one.attributes = attributes(one.attributes); });
    } else if (data.source === 5) data.text = data.text ? MASK : "";
    else if (data.source === 8) { rules(data.adds); ["replace", "replaceSync"].forEach((name) => { if (data[name]) data[name] = css(data[name]); }); }
    else if (data.source === 13) { if (data.set) data.set.value = data.set.value ? css(data.set.value) : data.set.value; }
    else if (data.source === 15) (data.styles || []).forEach((one) => rules(one.rules));
    return e;
  };
  /* texts of styles arrive later by their number alone */
  const styles = new Map();
  const note = (node) => {
    if (node.tagName === "style") {
      styles.set(node.id, "style");
      (node.childNodes || []).forEach((child) => styles.set(child.id, "text"));
    }
    (node.childNodes || []).forEach(note);
  };

  let end, conf, take, number, buffer = [], size = 0, sent = 0, begun, timer, queue = [], flying, pause = 0, clicks = 0, rage = 0, recent = [];
  const key = () => {
    let old = [];
    try { old = (sessionStorage.getItem("tr_rec") || "").split(":"); } catch (e) { /* each page by itself then */ }
    const name = old[1] > Date.now() - REST ? old[0] : uuid();
    try { sessionStorage.setItem("tr_rec", name + ":" + Date.now()); } catch (e) { /* as above */ }
    return name;
  };
  const envelope = () => {
    const id = conf.chosen();
    if (!id || !buffer.length) return;
    const part = { id, rec: key(), take, n: number++, url: l.origin + l.pathname, clicks, rage };
    const first = buffer[0].timestamp, last = buffer[buffer.length - 1].timestamp, text = JSON.stringify(buffer);
    buffer = [];
    size = clicks = rage = 0;
    return { part, first, last, text };
  };
  const stamped = (one) => JSON.stringify(Object.assign({}, one.part, one.content, {
    ago: Math.max(0, Math.min(864e5, Date.now() - one.first)), until: Math.max(0, Math.min(864e5, Date.now() - one.last)) }));
  const packed = (text) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob()
    .then((blob) => new Promise((done, fail) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1]);
      reader.onerror = fail;
      reader.readAsDataURL(blob);
    }));
  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    if (!conf.chosen()) return stop();
    const one = envelope();
    if (!one) return;
    sent += one.text.length;
    queue.push(one);
    packed(one.text).then((ev) => {
      one.content = { ev };
      transmit();
    }, stop);
    if (sent > MOST * 8 || Date.now() - begun > HOUR) stop(1);
  };
  const transmit = () => {
    const one = queue[0];
    if (flying || !one || !one.content) return;
    if (!conf.chosen()) return stop();
    flying = 1;
    const content = stamped(one);
    fetch(conf.address, { method: "POST", body: content, keepalive: content.length < 5e4, credentials: "omit" }).then((answer) => {
      if (answer.status > 428) throw 0;
      flying = pause = 0;
      if (answer.status === 205) return stop();
      queue = queue.filter((other) => other !== one);
      transmit();
    }).catch(() => {
      flying = 0;
      pause = Math.min(pause * 2 || 1000, 6e4);
      if (queue.length > 20) stop();
      setTimeout(transmit, pause);
    });
  };
  const stop = (kept) => {
    if (end) end();
    end = 0;
    buffer = [];
    clearTimeout(timer);
    if (kept !== 1) {
      queue = [];
      try { sessionStorage.removeItem("tr_rec"); } catch (e) { /* there is none */ }
    }
  };
  const emit = (e) => {
    if (!conf.chosen()) return stop();
    if (e.type === 2) note(e.data.node);
    if (e.type === 3 && e.data.source === 0) (e.data.adds || []).forEach((one) => {
      if (styles.get(one.parentId) === "style") styles.set(one.node.id, "text");
      note(one.node);
    });
    const safe = clean(e);
    if (!safe) return;
    if (e.type === 3 && e.data.source === 2 && e.data.type === 2) {
      clicks++;
      recent = recent.filter((at) => e.timestamp - at < 1000).concat(e.timestamp);
      if (recent.length === 3) rage++;
    }
    buffer.push(safe);
    size += e.type === 2 ? MUCH / 2 : 200;
    if (size > MUCH) flush();
    else if (!timer) timer = setTimeout(flush, FEW);
  };
  const start = (asked) => {
    if (end || !w.CompressionStream || !w.rrwebRecord) return;
    conf = asked;
    take = uuid();
    number = sent = 0;
    begun = Date.now();
    end = rrwebRecord.record({
      emit, maskAllInputs: true, maskInputFn: (text) => text ? MASK : "", maskTextSelector: "*", maskTextFn: mark,
      blockSelector: "img,picture,video,audio,canvas,iframe,object,embed,map,portal,[data-tr-block]",
      slimDOMOptions: "all", inlineStylesheet: true, inlineImages: false, recordCanvas: false, collectFonts: false,
      recordCrossOriginIframes: false, sampling: { mousemove: 100, scroll: 150, input: "last", media: 800 }, errorHandler: () => true,
    });
  };
  /* the page may never run again: what is left goes as it is, if it is small enough */
  w.addEventListener("pagehide", () => {
    if (!end || !conf.chosen()) return;
    const one = envelope();
    if (one && one.text.length < 5e4) {
      one.content = { raw: one.text };
      navigator.sendBeacon(conf.address, stamped(one));
    }
  });
  d.addEventListener("visibilitychange", () => { if (end && d.visibilityState === "hidden") flush(); });
  w.trichterRecorder = { start, stop };
})(window, document, location);
