/* Messages at the lower edge: from the server's page, from `HX-Trigger: {"toast": {...}}`, or by trichter.toast().
   {level: success|info|warning|error, text, action: {label, url}}; an action posts to its url (undo). */
(function () {
  "use strict";
  var box = document.getElementById("toasts");
  var template = document.getElementById("toast-template");
  var STAY = 6000;

  /* A popover lies above open dialogs; showing it again moves it to the top. */
  function raise() {
    if (!box.showPopover) return;
    box.setAttribute("popover", "manual");
    if (box.matches(":popover-open")) box.hidePopover();
    box.showPopover();
  }

  function remove(toast) {
    toast.remove();
    if (!box.querySelector("[data-toast]") && box.matches(":popover-open")) box.hidePopover();
  }

  function start(toast) {
    var level = toast.dataset.level;
    if (level === "error" || level === "warning") return;
    var timer = setTimeout(remove, STAY, toast);
    ["mouseenter", "focusin"].forEach(function (name) {
      toast.addEventListener(name, function () { clearTimeout(timer); });
    });
    toast.addEventListener("mouseleave", function () { timer = setTimeout(remove, STAY / 2, toast); });
  }

  window.trichter.toast = function (message) {
    var toast = template.content.firstElementChild.cloneNode(true);
    var level = message.level || "info";
    toast.dataset.level = level;
    toast.setAttribute("role", level === "error" || level === "warning" ? "alert" : "status");
    toast.querySelector(".tr-toast-text").textContent = message.text;
    if (message.action) {
      var button = toast.querySelector(".tr-toast-action");
      button.hidden = false;
      button.textContent = message.action.label;
      button.addEventListener("click", function () {
        remove(toast);
        window.htmx.ajax("POST", message.action.url, { swap: "none" });
      });
    }
    raise();
    box.appendChild(toast);
    start(toast);
  };

  document.addEventListener("toast", function (event) {
    window.trichter.toast(event.detail);
  });
  document.addEventListener("click", function (event) {
    var close = event.target.closest("[data-toast-close]");
    if (close) remove(close.closest("[data-toast]"));
  });

  var given = box.querySelectorAll("[data-toast]");
  if (given.length) raise();
  given.forEach(start);
})();
