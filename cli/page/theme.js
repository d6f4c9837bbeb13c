// SPDX-License-Identifier: Apache-2.0
// Light and dark themes: reads the colours of the style sheet for the charts.
"use strict";

spikeloom.theme = (() => {
  const root = document.documentElement;
  const select = document.getElementById("theme");
  const listeners = [];
  const changed = () => listeners.forEach((listener) => listener());

  // Colour-blind safe colours (Okabe and Ito), then darker and lighter ones.
  const series = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a600",
                  "#7f7f7f", "#5e3c99", "#8c510a", "#01665e", "#c51b7d", "#b8d8e8", "#fdb863",
                  "#a6dba0", "#b2abd2", "#bdbdbd"];
  const scales = {
    light: [[0, "#eef4f9"], [0.25, "#a9cbe3"], [0.5, "#4f97c6"], [0.75, "#0f5f97"], [1, "#06304f"]],
    dark: [[0, "#22303c"], [0.25, "#1f5278"], [0.5, "#2f83bd"], [0.75, "#7cbdea"], [1, "#e3f3ff"]],
  };

  const variable = (name) => {
    const probe = spikeloom.element("span", {style: `color: var(--${name})`});
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };

  // Returns the colour of a scale at 0..1.
  const shade = (scale, at) => {
    const after = Math.max(1, scale.findIndex(([stop]) => stop >= at));
    const [[from, low], [to, high]] = [scale[after - 1], scale[after]];
    const part = (text, i) => parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16);
    const parts = [0, 1, 2].map((i) =>
      Math.round(part(low, i) + (at - from) / (to - from) * (part(high, i) - part(low, i))));
    return `rgb(${parts.join()})`;
  };

  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const set = (name) => {
    if (name) root.dataset.theme = name; else delete root.dataset.theme;
    changed();
  };
  select.addEventListener("change", () => set(select.value));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  // Printed pages are white and as wide as body.paper.
  const print = (on) => {
    document.body.classList.toggle("paper", on);
    set(on ? "light" : select.value);
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));

  return {
    onChange: (listener) => listeners.push(listener),
    colours: () => {
      const scale = scales[isDark() ? "dark" : "light"];
      const names = Object.fromEntries(["page", "panel", "ink", "minor", "rule", "grid", "muted",
                                        "accent", "bad"].map((name) => [name, variable(name)]));
      return {
        ...names, scale,
        series: (i) => series[i % series.length],
        // Colour of a line, which must stay visible on the page.
        shade: (at) => shade(scale, 0.3 + 0.7 * at),
        // Colour of text on the scale: dark text on the lighter end in the light theme, and
        // the reverse in the dark theme.
        onScale: (at) => at > 0.5 ? names.page : names.ink,
      };
    },
  };
})();
