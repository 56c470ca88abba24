/* Bulk selection. In one <form data-bulk>: checkboxes [data-bulk-item], one [data-bulk-all], the bar [data-bulk-bar]
   with [data-bulk-count], [data-bulk-clear] and, if all pages may be chosen, [data-bulk-everything]. */
(function () {
  "use strict";
  var last = null;

  function items(form) { return Array.from(form.querySelectorAll("[data-bulk-item]")); }

  function refresh(form) {
    var all = items(form);
    var chosen = all.filter(function (item) { return item.checked; });
    var master = form.querySelector("[data-bulk-all]");
    var bar = form.querySelector("[data-bulk-bar]");
    var everything = form.querySelector('input[name="all_matching"]');
    if (everything && chosen.length < all.length) everything.value = "";
    if (master) {
      master.checked = chosen.length > 0 && chosen.length === all.length;
      master.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    all.forEach(function (item) {
      var row = item.closest("tr, [data-bulk-row]");
      if (row) row.toggleAttribute("data-chosen", item.checked);
    });
    if (!bar) return;
    var total = bar.dataset.total;
    var whole = !!(everything && everything.value);
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = whole
      ? Number(total).toLocaleString(document.documentElement.lang) : String(chosen.length);
    var more = bar.querySelector("[data-bulk-everything]");
    if (more) more.hidden = whole || chosen.length < all.length || Number(total) <= all.length;
  }

  document.addEventListener("click", function (event) {
    var form = event.target.closest("form[data-bulk]");
    if (!form) return;
    var item = event.target.closest("[data-bulk-item]");
    if (item) {
      var all = items(form);
      if (event.shiftKey && last && all.includes(last)) {
        var ends = [all.indexOf(last), all.indexOf(item)].sort(function (a, b) { return a - b; });
        all.slice(ends[0], ends[1] + 1).forEach(function (one) { one.checked = item.checked; });
      }
      last = item;
    } else if (event.target.closest("[data-bulk-all]")) {
      items(form).forEach(function (one) { one.checked = event.target.checked; });
    } else if (event.target.closest("[data-bulk-clear]")) {
      items(form).forEach(function (one) { one.checked = false; });
    } else if (event.target.closest("[data-bulk-everything]")) {
      form.querySelector('input[name="all_matching"]').value = "1";
    } else {
      return;
    }
    refresh(form);
  });

  function refreshAll() { document.querySelectorAll("form[data-bulk]").forEach(refresh); }
  document.addEventListener("htmx:afterSettle", refreshAll);
  window.addEventListener("pageshow", refreshAll);
  refreshAll();
})();
