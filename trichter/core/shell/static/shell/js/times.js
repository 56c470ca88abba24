/* <time datetime>: hovering tells the full moment in the reader's own zone; data-relative also says “3 minutes ago”. */
(function () {
  "use strict";
  var language = document.documentElement.lang || "de";
  var full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  var words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  var UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  var DAYS = 7;

  function relative(moment) {
    var seconds = (moment - Date.now()) / 1000;
    if (Math.abs(seconds) > DAYS * 86400) return null;
    var unit = UNITS.find(function (one) { return Math.abs(seconds) >= one[1]; });
    return unit ? words.format(Math.round(seconds / unit[1]), unit[0]) : words.format(0, "minute");
  }
  function dress(scope) {
    scope.querySelectorAll("time[datetime]").forEach(function (node) {
      var moment = new Date(node.dateTime);
      if (isNaN(moment) || !node.dateTime.includes("T")) return;
      node.title = full.format(moment);
      var text = "relative" in node.dataset ? relative(moment) : null;
      if (text) node.textContent = text;
    });
  }
  dress(document);
  document.addEventListener("htmx:load", function (event) { dress(event.target); });
  setInterval(dress, 60000, document);
})();
