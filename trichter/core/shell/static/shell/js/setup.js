/* htmx: CSRF header, errors as messages, the one global object. */
(function () {
  "use strict";
  window.trichter = window.trichter || {};

  document.addEventListener("htmx:configRequest", function (event) {
    var meta = document.querySelector('meta[name="csrf-token"]');
    if (meta && event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = meta.content;
    }
  });

  function text(name) {
    return document.getElementById("toasts").dataset[name];
  }
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    var name = status === 401 ? "loginText" : status === 403 ? "forbiddenText" : status === 404 ? "goneText" : "errorText";
    window.trichter.toast({ level: "error", text: text(name) });
  });
  document.addEventListener("htmx:sendError", function () {
    window.trichter.toast({ level: "error", text: text("offlineText") });
  });

  /* A log-in page inside a fragment means the session has ended: show it as a page. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var address = event.detail.xhr.responseURL || "";
    if (address && new URL(address).pathname.indexOf("/accounts/login") === 0) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });
})();
