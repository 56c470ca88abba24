/* Slide-over for forms. `<a href="…/edit/" data-panel>` loads its address into #panel-body; without this script it
   is an ordinary link. The server closes it with `HX-Trigger: {"panel:close": {}}`. Unsaved input is asked about. */
(function () {
  "use strict";
  var panel = document.getElementById("panel");
  if (!panel) return;
  var body = document.getElementById("panel-body");
  var leave = document.getElementById("leave-text");
  var opener = null;
  var dirty = false;

  function focusFirst() {
    var target = body.querySelector("[autofocus], [aria-invalid='true']")
      || body.querySelector(".tr-panel-main :is(input, select, textarea):not([type=hidden], :disabled)")
      || body.querySelector("[data-panel-close]");
    if (target) target.focus();
  }

  function close() {
    dirty = false;
    panel.close();
  }

  function askToClose() {
    if (!dirty) return close();
    return window.trichter.confirm({
      title: leave.dataset.title, yes: leave.dataset.yes, text: leave.content.textContent, danger: true,
    }).then(function (agreed) { if (agreed) close(); });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      opener = link.closest(".dropdown-menu") ? link.closest(".dropdown").querySelector("[data-bs-toggle]") : link;
      dirty = false;
      window.htmx.ajax("GET", link.getAttribute("href"), { target: "#panel-body", swap: "innerHTML", source: body });
    } else if (event.target.closest("[data-panel-close]")) {
      askToClose();
    } else if (event.target === panel) {
      askToClose();
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target !== body) return;
    if (!panel.open) panel.showModal();
    focusFirst();
  });
  panel.addEventListener("input", function () { dirty = true; });
  panel.addEventListener("cancel", function (event) {
    if (event.target !== panel) return;
    event.preventDefault();
    askToClose();
  });
  panel.addEventListener("close", function () {
    body.replaceChildren();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  });
  document.addEventListener("panel:close", close);
  window.addEventListener("beforeunload", function (event) {
    if (panel.open && dirty) event.preventDefault();
  });
  document.addEventListener("submit", function (event) {
    if (panel.contains(event.target)) dirty = event.target.hasAttribute("hx-post") ? dirty : false;
  });
})();
