/* Forms: data-autosubmit sends filters when they change, empty filters stay out of the address,
   and a form is not sent twice. */
(function () {
  "use strict";
  var WAIT = 300;
  var AGAIN = 5000; /* a form that answers with a download stays on the page */
  var timers = new WeakMap();

  function send(form) {
    clearTimeout(timers.get(form));
    form.requestSubmit();
  }
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-autosubmit") && !event.target.matches("[type=text], [type=search]")) send(form);
  });
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.hasAttribute("data-autosubmit") || !event.target.matches("[type=text], [type=search]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(send, WAIT, form));
  });

  document.addEventListener("formdata", function (event) {
    if (event.target.method !== "get") return;
    Array.from(event.formData.entries()).forEach(function (pair) {
      if (pair[1] === "") event.formData.delete(pair[0]);
    });
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, AGAIN);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      if (button.dataset.copied) window.trichter.toast({ level: "success", text: button.dataset.copied });
    });
  });
})();
