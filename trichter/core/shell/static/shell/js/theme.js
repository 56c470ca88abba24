/* Runs before the first paint: colour scheme and sidebar width as the user left them. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored(key) {
    try { return localStorage.getItem(key); } catch (_) { return null; }
  }
  function keep(key, value) {
    try { localStorage.setItem(key, value); } catch (_) { /* private mode: lasts until the next page */ }
  }
  function choice() {
    return stored("trichter.theme") || "auto";
  }
  function apply() {
    var wanted = choice();
    var theme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    root.setAttribute("data-bs-theme", theme);
    document.querySelectorAll("[data-theme-choice]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === wanted));
    });
    document.dispatchEvent(new CustomEvent("theme:changed", { detail: { theme: theme } }));
  }
  function choose(theme) {
    keep("trichter.theme", theme);
    apply();
  }

  root.setAttribute("data-rail", stored("trichter.rail") || "off");
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-choice], [data-theme-cycle]");
    if (!button) return;
    var other = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    choose(button.dataset.themeChoice || other);
  });
})();
