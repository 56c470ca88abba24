/* The figures renew themselves, but not under the eyes of somebody who has opened an error to read it. */
(function () {
  "use strict";
  var screen = document.getElementById("system-status");
  if (!screen) return;
  screen.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target === screen && screen.querySelector("details[open]")) event.preventDefault();
  });
})();
