/* The “i” beside a number: opens the card that follows the button, near it and inside the window. */
(function () {
  "use strict";
  var GAP = 6;
  function place(button, card) {
    var at = button.getBoundingClientRect();
    var left = Math.min(Math.max(GAP, at.left), window.innerWidth - card.offsetWidth - GAP);
    var below = at.bottom + GAP;
    var fits = below + card.offsetHeight < window.innerHeight;
    card.style.left = Math.max(GAP, left) + "px";
    card.style.top = (fits ? below : Math.max(GAP, at.top - card.offsetHeight - GAP)) + "px";
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-info]");
    if (!button) return;
    var card = button.nextElementSibling;
    card.togglePopover();
    if (card.matches(":popover-open")) place(button, card);
  });
  document.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches(".tr-info-card")) return;
    event.target.previousElementSibling.setAttribute("aria-expanded", String(event.newState === "open"));
  }, true);
  window.addEventListener("scroll", function () {
    document.querySelectorAll(".tr-info-card:popover-open").forEach(function (card) { card.hidePopover(); });
  }, { passive: true, capture: true });
})();
