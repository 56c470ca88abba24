/* Search in the top bar: arrow keys walk the hits, Escape closes them. */
(function () {
  "use strict";
  var form = document.querySelector("[data-search]");
  if (!form) return;
  var input = form.querySelector("input");
  var drop = document.getElementById("search-results");

  function clear() { drop.replaceChildren(); }

  form.addEventListener("keydown", function (event) {
    var hits = Array.from(drop.querySelectorAll("a"));
    if (event.key === "Escape") {
      clear();
      input.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && hits.length) {
      event.preventDefault();
      var at = hits.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (at < 0) input.focus(); else hits[Math.min(at, hits.length - 1)].focus();
    }
  });
  input.addEventListener("input", function () { if (!input.value.trim()) clear(); });
  document.addEventListener("click", function (event) { if (!form.contains(event.target)) clear(); });
  form.addEventListener("focusout", function (event) {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) clear();
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target === drop && !input.value.trim()) event.detail.shouldSwap = false;
  });
})();
