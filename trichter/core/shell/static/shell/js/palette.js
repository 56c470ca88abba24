/* Ctrl/Cmd+K: jump to a page of the menu, create something, or open a search hit. */
(function () {
  "use strict";
  var palette = document.getElementById("palette");
  if (!palette) return;
  var input = document.getElementById("palette-input");
  var list = document.getElementById("palette-list");
  var hits = document.getElementById("palette-hits");
  var none = palette.querySelector(".tr-palette-none");
  var filled = false;
  var count = 0;

  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }
  function dress(link) {
    link.setAttribute("role", "option");
    link.setAttribute("tabindex", "-1");
    link.id = "palette-" + (count += 1);
  }
  function add(group, source, hint) {
    var link = document.createElement("a");
    link.className = "tr-hit";
    link.href = source.href;
    if (source.hasAttribute("data-panel")) link.setAttribute("data-panel", "");
    var icon = source.querySelector("svg");
    if (icon) link.appendChild(icon.cloneNode(true));
    [["tr-hit-label", (source.querySelector(".tr-link-label") || source).textContent.trim()], ["tr-hit-hint", hint]]
      .forEach(function (part) {
        var span = document.createElement("span");
        span.className = part[0];
        span.textContent = part[1];
        link.appendChild(span);
      });
    dress(link);
    group.appendChild(link);
  }
  function fill() {
    if (filled) return;
    filled = true;
    var pages = palette.querySelector("[data-palette-pages]");
    document.querySelectorAll(".tr-menu a").forEach(function (link) {
      var group = link.closest("details");
      add(pages, link, group ? group.querySelector("summary").textContent.trim() : "");
    });
    var create = palette.querySelector("[data-palette-create]");
    document.querySelectorAll("[data-create-links] a").forEach(function (link) { add(create, link, ""); });
  }
  function shown() {
    return Array.from(list.querySelectorAll(".tr-hit")).filter(function (link) { return !link.hidden; });
  }
  function mark(link) {
    list.querySelectorAll("[aria-selected]").forEach(function (old) { old.removeAttribute("aria-selected"); });
    if (!link) { input.removeAttribute("aria-activedescendant"); return; }
    link.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", link.id);
    link.scrollIntoView({ block: "nearest" });
  }
  function sift() {
    var words = plain(input.value).split(/\s+/).filter(Boolean);
    if (!words.length) hits.replaceChildren();
    list.querySelectorAll("[data-palette-create] .tr-hit, [data-palette-pages] .tr-hit").forEach(function (link) {
      var text = plain(link.textContent);
      link.hidden = !words.every(function (word) { return text.includes(word); });
    });
    list.querySelectorAll(".tr-hit-group").forEach(function (group) {
      group.hidden = !group.querySelector(".tr-hit:not([hidden])");
    });
    var found = shown();
    none.hidden = found.length > 0;
    mark(found[0]);
  }
  function open() {
    if (palette.open) return palette.close();
    fill();
    input.value = "";
    hits.replaceChildren();
    palette.showModal();
    sift();
    return input.focus();
  }

  input.addEventListener("input", sift);
  palette.addEventListener("keydown", function (event) {
    var found = shown();
    var at = found.findIndex(function (link) { return link.getAttribute("aria-selected") === "true"; });
    if (event.key === "ArrowDown") { event.preventDefault(); mark(found[Math.min(at + 1, found.length - 1)]); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(found[Math.max(at - 1, 0)]); }
    else if (event.key === "Enter" && found[at]) { event.preventDefault(); found[at].click(); palette.close(); }
  });
  palette.addEventListener("click", function (event) {
    if (event.target === palette || event.target.closest(".tr-hit")) palette.close();
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target !== hits) return;
    hits.querySelectorAll(".tr-hit").forEach(dress);
    hits.querySelectorAll(".tr-hit-none").forEach(function (note) { note.remove(); });
    sift();
  });
  document.addEventListener("click", function (event) { if (event.target.closest("[data-palette-open]")) open(); });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
})();
