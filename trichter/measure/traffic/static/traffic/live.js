/* Real time: asks for the newest figures every 5 seconds, but only while the page is in sight. */
(function () {
  "use strict";
  setInterval(function () {
    var part = document.querySelector("[data-live]");
    if (part && document.visibilityState === "visible") window.htmx.trigger(part, "tf-tick");
  }, 5000);
})();
