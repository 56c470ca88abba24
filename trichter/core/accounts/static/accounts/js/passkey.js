/* Passkeys: forms with data-passkey="login|get|create" ask the browser for a credential, then submit it.
   login fetches its challenge from the form's address; the others find theirs in #passkey-data. */
(function () {
  "use strict";
  var forms = document.querySelectorAll("form[data-passkey]");
  var works = window.isSecureContext && window.PublicKeyCredential && window.webauthnJSON;

  function show(selector) {
    document.querySelectorAll(selector).forEach(function (element) { element.hidden = false; });
  }

  function stored() {
    return Promise.resolve(JSON.parse(document.getElementById("passkey-data").textContent));
  }

  function fetched(form) {
    return fetch(form.action, { headers: { Accept: "application/json" } }).then(function (response) {
      if (!response.ok) throw new Error("no challenge");
      return response.json();
    });
  }

  function ask(form) {
    if (form.dataset.passkey === "login") {
      return fetched(form).then(function (data) { return window.webauthnJSON.get(data.request_options); });
    }
    return stored().then(function (data) {
      if (form.dataset.passkey === "get") return window.webauthnJSON.get(data.request_options);
      var wanted = data.creation_options;
      var without = form.querySelector("[name=passwordless]");
      var choice = wanted.publicKey.authenticatorSelection;
      choice.requireResidentKey = !!(without && without.checked);
      choice.residentKey = choice.requireResidentKey ? "required" : "discouraged";
      if (choice.requireResidentKey) choice.userVerification = "required";
      return window.webauthnJSON.create(wanted);
    });
  }

  forms.forEach(function (form) {
    if (!works) {
      form.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
      return;
    }
    form.hidden = false;
    /* Before the guard against sending twice, which would count the question as sent. */
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopPropagation();
      ask(form).then(function (credential) {
        form.querySelector("[data-passkey-credential]").value = JSON.stringify(credential);
        form.submit();
      }, function () { show("[data-passkey-error]"); });
    });
  });
  if (!works) show("[data-passkey-missing]");
  if (!works || !forms.length) {
    document.querySelectorAll(".tr-plain-or").forEach(function (line) {
      var next = line.nextElementSibling;
      if (next && next.hidden) line.hidden = true;
    });
  }
})();
