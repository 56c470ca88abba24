/* Steps of a funnel are dragged by their grip. The order of the rows is the order of the fields, so nothing
   else has to be told to the server; numbers and preview follow. Without this script the arrows do the same. */
(function () {
  "use strict";
  function ready(root) {
    root.querySelectorAll("[data-fu-sort]").forEach(function (list) {
      if (list.dataset.fuReady || !window.Sortable) return;
      list.dataset.fuReady = "1";
      window.Sortable.create(list, {
        handle: ".fu-grip", animation: 150, ghostClass: "fu-dragged",
        onEnd: function () {
          var form = list.closest("form");
          window.htmx.ajax("POST", form.getAttribute("action"), {
            source: form, target: "#fu-editor", swap: "outerHTML", values: { "do": "refresh" },
          });
        },
      });
    });
  }
  document.addEventListener("DOMContentLoaded", function () { ready(document); });
  document.addEventListener("htmx:load", function (event) { ready(event.detail.elt.parentNode || document); });
})();
