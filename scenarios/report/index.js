"use strict";
// The page is whole without this: it shows frames when they come into view,
// and adds a filter by words and two buttons.
(() => {
  const show = (frame) => {
    const later = frame.querySelector("noscript");
    if (later) frame.innerHTML = later.textContent;
  };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      show(entry.target);
    }
  }, { rootMargin: "600px" });
  const frames = [...document.querySelectorAll(".frame")];
  for (const frame of frames) near.observe(frame);
  addEventListener("beforeprint", () => {
    for (const frame of frames) if (frame.closest(".mail") || frame.checkVisibility()) show(frame);
  });
})();
(() => {
  const scenarios = [...document.querySelectorAll(".scenario")];
  const groups = [...document.querySelectorAll(".group")];
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  if (!find) return;
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

  const texts = new Map();
  const textOf = (scenario) => {
    if (!texts.has(scenario)) {
      let text = "";
      const walk = document.createTreeWalker(scenario, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) if (walk.currentNode.parentElement.localName !== "noscript") text += walk.currentNode.data + " ";
      texts.set(scenario, text.toLowerCase());
    }
    return texts.get(scenario);
  };
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const scenario of scenarios) {
      const match = words.every((word) => textOf(scenario).includes(word));
      scenario.hidden = !match;
      if (match) shown++;
    }
    for (const group of groups) group.hidden = !group.querySelector(".scenario:not([hidden])");
    found.textContent = words.length ? `${shown} of ${scenarios.length} scenarios` : "";
  };
  find.addEventListener("input", filter);
  filter();

  const fold = (open) => {
    for (const scenario of scenarios) if (!scenario.hidden) scenario.open = open;
  };
  document.getElementById("open").addEventListener("click", () => fold(true));
  document.getElementById("close").addEventListener("click", () => fold(false));

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let up = target; up; up = up.parentElement) if (up.localName === "details") up.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
