/* One dialog instead of window.confirm, for hx-confirm and for plain forms and links with data-confirm.
   Optional on the element: data-confirm-title, data-confirm-yes (label), data-confirm-danger. */
(function () {
  "use strict";
  var dialog = document.getElementById("confirm");
  if (!dialog) return;
  var title = document.getElementById("confirm-title");
  var text = document.getElementById("confirm-text");
  var yes = document.getElementById("confirm-yes");

  window.trichter.confirm = function (question) {
    return new Promise(function (resolve) {
      title.textContent = question.title || title.dataset.default;
      text.textContent = question.text || "";
      yes.textContent = question.yes || yes.dataset.default;
      yes.classList.toggle("btn-danger", !!question.danger);
      yes.classList.toggle("btn-primary", !question.danger);
      dialog.returnValue = "no";
      dialog.addEventListener("close", function () { resolve(dialog.returnValue === "yes"); }, { once: true });
      dialog.showModal();
      (question.danger ? dialog.querySelector('[value="no"]') : yes).focus();
    });
  };

  function questionOf(element, words) {
    return {
      text: words,
      title: element.dataset.confirmTitle,
      yes: element.dataset.confirmYes,
      danger: "confirmDanger" in element.dataset,
    };
  }

  document.addEventListener("htmx:confirm", function (event) {
    if (!event.detail.question) return;
    event.preventDefault();
    var source = event.detail.elt;
    window.trichter.confirm(questionOf(source, event.detail.question)).then(function (agreed) {
      if (agreed) event.detail.issueRequest(true);
    });
  });

  var agreedFor = null;
  document.addEventListener("submit", function (event) {
    var asks = event.submitter && event.submitter.dataset.confirm ? event.submitter : event.target;
    if (!asks.dataset.confirm || agreedFor === event.target) { agreedFor = null; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    var submitter = event.submitter;
    window.trichter.confirm(questionOf(asks, asks.dataset.confirm)).then(function (agreed) {
      if (!agreed) return;
      agreedFor = event.target;
      event.target.requestSubmit(submitter);
    });
  }, true);

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-confirm]");
    if (!link) return;
    event.preventDefault();
    window.trichter.confirm(questionOf(link, link.dataset.confirm)).then(function (agreed) {
      if (agreed) window.location.assign(link.href);
    });
  });
})();
