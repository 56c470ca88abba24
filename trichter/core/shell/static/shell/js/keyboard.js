/* Single keys outside of fields: / searches, ? helps. Ctrl+Enter saves the form the cursor is in. */
(function () {
  "use strict";
  var help = document.getElementById("help");

  /* Also used by rows.js: true while a key belongs to a field, a menu or a dialog. */
  window.trichter.busy = function (event) {
    return event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented
      || !!document.querySelector("dialog[open]")
      || event.target.isContentEditable
      || !!event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, .dropdown-menu");
  };

  function showHelp() { if (help && !help.open) help.showModal(); }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = event.target.closest("form");
      if (form && form.method !== "dialog") { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (window.trichter.busy(event)) return;
    if (event.key === "/") {
      var search = document.getElementById("search");
      if (search && search.offsetParent) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") {
      event.preventDefault();
      showHelp();
    }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-help-open]")) showHelp();
    else if (event.target === help) help.close();
  });
})();
