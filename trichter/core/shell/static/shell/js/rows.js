/* Lists: j/k walk the rows of [data-rows], Enter or a click opens a row's [data-row-link], x ticks it. */
(function () {
  "use strict";
  function rows() {
    return Array.from(document.querySelectorAll("[data-rows] tbody tr")).filter(function (row) {
      return row.offsetParent && row.querySelector("[data-row-link], [data-bulk-item]");
    });
  }
  function link(row) { return row.querySelector("[data-row-link]"); }
  function step(by) {
    var all = rows();
    if (!all.length) return;
    var at = all.findIndex(function (row) { return row.contains(document.activeElement); });
    var next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if (window.trichter.busy(event)) return;
    var row = document.activeElement && document.activeElement.closest("[data-rows] tbody tr");
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "x" && row && row.querySelector("[data-bulk-item]")) row.querySelector("[data-bulk-item]").click();
    else if (event.key === "Enter" && row === document.activeElement && link(row)) { event.preventDefault(); link(row).click(); }
  });

  document.addEventListener("click", function (event) {
    var row = event.target.closest("[data-rows] tbody tr");
    if (!row || !link(row) || event.target.closest("a, button, input, select, label, summary, [popover], dialog")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(link(row).href, "_blank", "noopener");
    else link(row).click();
  });

  /* The head of a long list sticks only where the whole table is visible; see tables.css. */
  var watch = new ResizeObserver(function (entries) {
    entries.forEach(function (entry) {
      var box = entry.target;
      box.toggleAttribute("data-fits", box.firstElementChild.scrollWidth <= box.clientWidth);
    });
  });
  function observe() {
    document.querySelectorAll(".tr-table-sticky").forEach(function (box) { watch.observe(box); });
  }
  document.addEventListener("htmx:load", observe);
  observe();
})();
