// SPDX-License-Identifier: Apache-2.0
// Energy by part of the network and by component.
"use strict";

spikeloom.energySection = (run) => {
  const {element, number, text, percent, words} = spikeloom;
  const lines = spikeloom.objects(run.energy);
  const parts = [...new Set(lines.map((line) => line.part))];
  const whole = run.summary.mj_per_image;
  const unit = `mJ/${spikeloom.unitOf(run.summary)}`;
  const components = Object.entries(run.summary.energy_mj_per_image)
    .filter(([, mj]) => mj > 0).sort((a, b) => b[1] - a[1]);
  const of = (part, component) => lines
    .filter((line) => line.part === part && line.component === component)
    .reduce((sum, line) => sum + line.mj_per_image, 0);
  const height = (bars) => 70 + 24 * bars;

  const byComponent = spikeloom.chart("energy-components", `Energy by component, ${unit}`,
    height(components.length), (colours) => ({
      traces: [{type: "bar", orientation: "h", y: components.map(([name]) => words(name)),
                x: components.map(([, mj]) => mj),
                marker: {color: components.map((_, i) => colours.series(i))},
                text: components.map(([, mj]) => percent(mj / whole, 1)), textposition: "auto",
                hovertemplate: "%{y}: %{x:.4g} mJ, %{text}<extra></extra>"}],
      layout: {xaxis: {title: {text: unit}}, yaxis: {autorange: "reversed"}},
    }));
  const byPart = spikeloom.chart("energy-parts",
    `Energy by layer, ${unit}, in the components' colours. A core shared by layers counts by ` +
    "their neurons.", height(parts.length), (colours) => ({
      traces: components.map(([name], i) => ({
        type: "bar", orientation: "h", name: words(name), y: parts,
        x: parts.map((part) => of(part, name)), marker: {color: colours.series(i)},
        hovertemplate: `%{y}, ${words(name)}: %{x:.4g} mJ<extra></extra>`})),
      layout: {barmode: "stack", xaxis: {title: {text: unit}},
               yaxis: {autorange: "reversed", type: "category"}},
    }));
  const rows = parts.map((part) => {
    const mj = components.reduce((sum, [name]) => sum + of(part, name), 0);
    return [part, number(mj), percent(mj / whole, 1)];
  });
  spikeloom.section("energy", "Energy", element("div", {class: "pair"}, byComponent.figure,
                                                byPart.figure),
    spikeloom.details("Values",
      spikeloom.table(`${unit} by layer`, [{title: "part"}, {title: "mJ", number: true},
                                              {title: "share", number: true}], rows),
      spikeloom.table(`${unit} by component`,
        [{title: "component"}, {title: "mJ", number: true}, {title: "share", number: true}],
        components.map(([name, mj]) => [words(name), number(mj), percent(mj / whole, 1)]))),
    element("p", {class: "note"},
      `The parts add up to ${text(whole)} ${unit}. Loading the configuration, ` +
      `${text(run.summary.configuration.mj)} mJ once, is not included.`));
};
