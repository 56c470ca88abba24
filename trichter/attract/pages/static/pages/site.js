/* What the public pages do beyond HTML. Everything works without it. */
(() => {
  const d = document;
  window.trichter = window.trichter || function () { (window.trichter.q = window.trichter.q || []).push(arguments); };

  const tell = (name, offer) => window.trichter(name, {
    props: { cta: Number(offer.dataset.offer), variant: Number(offer.dataset.variant) },
  });

  /* A call to action counts as seen when half of it was in view for a second, once per page view. */
  if (window.IntersectionObserver) {
    const timers = new Map();
    const watch = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => {
        if (d.visibilityState === "hidden") return;
        watch.unobserve(target);
        tell("cta.shown", target);
      }, 1000));
    }), { threshold: 0.5 });
    d.querySelectorAll("[data-offer]").forEach((offer) => watch.observe(offer));
  }

  d.addEventListener("click", (event) => {
    const target = event.target.closest && event.target.closest("a");
    if (!target) return;
    const offer = target.closest("[data-offer]");
    if (offer) tell("cta.clicked", offer);
    if (target.dataset.cta) window.trichter("CTA clicked", { props: { cta: target.dataset.cta, page: location.pathname } });
    if (target.dataset.embed) {
      event.preventDefault();
      const frame = d.createElement("iframe");
      const address = target.dataset.embed;
      frame.src = address + (address.includes("?") ? "&" : "?") + "autoplay=1";
      frame.title = target.dataset.embedTitle;
      frame.allow = "autoplay; fullscreen; picture-in-picture";
      frame.allowFullscreen = true;
      const box = target.closest(".embed");
      box.replaceChildren(frame);
      frame.focus();
    }
  });

  /* The server's clock decides; the page only counts on from what it was told. */
  for (const box of d.querySelectorAll("[data-countdown]")) {
    const end = Number(box.dataset.countdown) * 1000;
    const shift = Number(box.dataset.now) * 1000 - Date.now();
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now() - shift) / 60000);
      if (left <= 0) {
        clearInterval(timer);
        location.reload();
        return;
      }
      const parts = { days: Math.floor(left / 1440), hours: Math.floor(left / 60) % 24, minutes: left % 60 };
      for (const part of box.querySelectorAll("[data-part]")) part.textContent = parts[part.dataset.part];
    }, 5000);
  }

  /* The menu on a phone closes with Escape and with a click beside it. */
  const drawer = d.querySelector(".drawer");
  if (drawer) {
    d.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && drawer.open) {
        drawer.open = false;
        drawer.querySelector("summary").focus();
      }
    });
    d.addEventListener("click", (event) => {
      if (drawer.open && !drawer.contains(event.target)) drawer.open = false;
    });
  }
})();
