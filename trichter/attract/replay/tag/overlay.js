/* Draws a heatmap over the page itself; opened by a colleague with an address that is valid for some minutes.
   Source of overlay.min.js (scripts/build_replay.py); see docs/heatmaps.md. */
((w, d, l) => {
  const tag = d.currentScript, token = l.hash.slice("#trichter-heat=".length);
  history.replaceState(history.state, "", l.pathname + l.search);
  const place = (node, style) => Object.assign(node.style, style) && node;
  const say = (text) => {
    const box = place(d.createElement("div"), {
      position: "fixed", left: "1rem", bottom: "1rem", zIndex: 2147483001, background: "#1b2330", color: "#fff",
      font: "14px/1.5 system-ui,sans-serif", padding: ".5rem .75rem", borderRadius: "6px", maxWidth: "24rem" });
    box.setAttribute("role", "status");
    box.textContent = text;
    d.body.append(box);
  };
  fetch(new URL("/heat/data?token=" + encodeURIComponent(token), tag.src), { credentials: "omit" }).then((answer) => {
    if (!answer.ok) throw 0;
    return answer.json();
  }).then((data) => {
    say(data.text);
    const canvas = place(d.createElement("canvas"), { position: "absolute", left: 0, top: 0, zIndex: 2147483000, pointerEvents: "none" });
    d.body.append(canvas);
    const draw = () => {
      const width = canvas.width = d.documentElement.scrollWidth, high = canvas.height = Math.min(16000, d.documentElement.scrollHeight);
      const ink = canvas.getContext("2d");
      data.elements.forEach(([path, x, y, share]) => {
        let node;
        try { node = d.querySelector(path); } catch (e) { return; }
        if (!node) return;
        const box = node.getBoundingClientRect();
        if (!box.width) return;
        const left = box.left + w.scrollX + (x + .5) / 10 * box.width, top = box.top + w.scrollY + (y + .5) / 10 * box.height;
        const glow = ink.createRadialGradient(left, top, 0, left, top, 24);
        glow.addColorStop(0, "rgba(220,38,38," + (.25 + .6 * share) + ")");
        glow.addColorStop(1, "rgba(245,158,11,0)");
        ink.fillStyle = glow;
        ink.fillRect(left - 24, top - 24, 48, 48);
      });
      ink.font = "600 13px system-ui,sans-serif";
      data.scroll.forEach(([percent, reached]) => {
        const top = percent / 100 * high;
        ink.fillStyle = "rgba(27,35,48,.85)";
        ink.fillRect(0, top - 1, width, 1);
        ink.fillRect(0, top - 20, 90, 20);
        ink.fillStyle = "#fff";
        ink.fillText(reached, 6, top - 6);
      });
    };
    draw();
    w.addEventListener("resize", draw);
  }).catch(() => say(d.documentElement.lang.slice(0, 2) === "en" ? "The heatmap’s link has expired. Open it anew in Trichter." : "Der Link zur Heatmap ist abgelaufen. Bitte in Trichter neu öffnen."));
})(window, document, location);
