/* Sidebar: drawer on phones, narrow rail on desktops, groups that stay closed. */
(function () {
  "use strict";
  var root = document.documentElement;
  var sidebar = document.getElementById("sidebar");
  if (!sidebar) return;
  var phone = window.matchMedia("(max-width: 991.98px)");
  var toggle = document.querySelector("[data-drawer-toggle]");

  function read(key) {
    try { return localStorage.getItem(key); } catch (_) { return null; }
  }
  function write(key, value) {
    try { localStorage.setItem(key, value); } catch (_) { /* not kept */ }
  }

  function drawer(open) {
    root.toggleAttribute("data-drawer", open);
    if (open) root.setAttribute("data-drawer", "open");
    if (toggle) toggle.setAttribute("aria-expanded", String(open));
    document.querySelector(".tr-main").inert = open;
    if (open) {
      (sidebar.querySelector("[aria-current]") || sidebar.querySelector("a")).focus();
    } else if (toggle && sidebar.contains(document.activeElement)) {
      toggle.focus();
    }
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-drawer-toggle]")) drawer(root.getAttribute("data-drawer") !== "open");
    else if (event.target.closest("[data-drawer-close]")) drawer(false);
    else if (event.target.closest("[data-rail-toggle]")) {
      var next = root.getAttribute("data-rail") === "on" ? "off" : "on";
      root.setAttribute("data-rail", next);
      write("trichter.rail", next);
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && root.getAttribute("data-drawer") === "open") drawer(false);
  });
  phone.addEventListener("change", function () { drawer(false); });

  var closed = new Set((read("trichter.menu.closed") || "").split(",").filter(Boolean));
  sidebar.querySelectorAll("[data-menu-group]").forEach(function (group) {
    var key = group.dataset.menuGroup;
    if (closed.has(key) && !group.querySelector("[aria-current]")) group.open = false;
    group.addEventListener("toggle", function () {
      if (group.open) closed.delete(key); else closed.add(key);
      write("trichter.menu.closed", Array.from(closed).join(","));
    });
  });
  // Only the menu: scrollIntoView would move a long page along.
  var menu = sidebar.querySelector("nav"), current = menu && menu.querySelector("[aria-current]");
  if (current) {
    var below = current.getBoundingClientRect().top - menu.getBoundingClientRect().top;
    if (below > menu.clientHeight - 40) menu.scrollTop += below - menu.clientHeight / 2;
  }
})();
