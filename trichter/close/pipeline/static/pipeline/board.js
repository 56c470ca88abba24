/* The board: SortableJS moves cards by mouse and touch, Alt+arrows by keyboard; without this script the buttons do. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var dragging = false;

  function move(card, stage, focus) {
    var values = { stage: stage, seen: card.dataset.seen };
    var owner = card.querySelector('input[name="owner"]');
    if (owner) values.owner = owner.value;
    window.htmx
      .ajax("POST", card.dataset.move, { target: "#board", swap: "innerHTML", values: values, source: board })
      .then(function () {
        if (!focus) return;
        var link = board.querySelector('[data-deal="' + card.dataset.deal + '"] .tr-deal-name');
        if (link) link.focus();
      });
  }

  function start() {
    if (!window.Sortable) return;
    board.querySelectorAll("[data-lane]").forEach(function (lane) {
      if (!board.querySelector("[data-move]")) return;
      window.Sortable.create(lane, {
        group: "deals", draggable: "[data-move]", animation: 120, delay: 150, delayOnTouchOnly: true,
        ghostClass: "tr-deal-ghost", filter: "button", preventOnFilter: false, scrollSensitivity: 80,
        onStart: function () { dragging = true; },
        onEnd: function (event) {
          setTimeout(function () { dragging = false; }, 0);
          if (event.to !== event.from) move(event.item, event.to.dataset.lane, false);
        },
      });
    });
  }

  board.addEventListener("keydown", function (event) {
    if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    var card = event.target.closest("[data-move]");
    if (!card) return;
    event.preventDefault();
    var button = card.querySelector('[data-step="' + (event.key === "ArrowLeft" ? "-1" : "1") + '"]');
    if (button) move(card, button.value, true);
  });
  board.addEventListener("click", function (event) {
    var button = event.target.closest("[data-step]");
    if (button) {
      event.preventDefault();
      move(button.closest("[data-move]"), button.value, true);
    } else if (dragging) {
      event.preventDefault();
    }
  });
  /* A refused or failed move: show how things really are. */
  document.addEventListener("htmx:responseError", function () { window.location.reload(); });
  document.addEventListener("htmx:afterSwap", function (event) { if (event.detail.target === board) start(); });
  start();
})();
