// SPDX-License-Identifier: Apache-2.0
// The page of several runs: their figures side by side and the differences of their configurations.
"use strict";

(() => {
  const {element, number, signedPercent, words, figure, model} = spikeloom;
  const {runs} = model;
  const figures = spikeloom.figuresOf(runs.map(({summary}) => summary));
  // Directories without their common prefix.
  const paths = runs.map((run) => run.directory.replace(/\/+$/, "").split("/"));
  let shared = 0;
  while (paths.every((path) => path.length > shared + 1 && path[shared] === paths[0][shared])) ++shared;
  const names = paths.map((path, i) => {
    const name = path.slice(shared).join("/");
    return paths.some((other, j) => j < i && other.join("/") === path.join("/")) ? `${name} (${i + 1})` : name;
  });
  document.getElementById("subtitle").textContent = names.join(", ");

  const cells = ({key, factor, less}) => {
    const values = runs.map((run) => figure(run.summary, key));
    return values.flatMap((value, i) => {
      const shown = factor && value !== null
        ? element("data", {value}, (value * factor).toFixed(2)) : number(value);
      if (i === 0) return [shown];
      if (value === null || values[0] === null) return [shown, "–"];
      const share = value / values[0] - 1;
      const better = less === null || share === 0 ? null : (share < 0) === less;
      return [shown, element("span", {class: better === null ? null : better ? "better" : "worse"},
                             signedPercent(share))];
    });
  };
  const columns = [{title: ""}, ...names.flatMap((name, i) =>
    i === 0 ? [{title: name, number: true}] : [{title: name, number: true}, {title: "to the first", number: true}])];
  spikeloom.section("figures", "Figures",
    spikeloom.table("Figures of each run, and their difference to the first one", columns,
      figures.map((item) => [item.unit ? `${item.title}, ${item.unit}` : item.title, ...cells(item)])));

  const height = 60 + 34 * runs.length;
  const bars = figures.filter(({key}) => runs.some((run) => figure(run.summary, key) !== null))
    .map(({key, title, unit, factor}) => spikeloom.chart(`bars-${key.replace(".", "-")}`,
      unit ? `${title}, ${unit}` : title, height, (colours) => ({
        traces: [{type: "bar", orientation: "h", y: names,
                  x: runs.map((run) => {
                    const value = figure(run.summary, key);
                    return value === null ? null : value * (factor ?? 1);
                  }),
                  marker: {color: names.map((_, i) => colours.series(i))},
                  error_x: {type: "data", color: colours.minor, thickness: 1,
                            visible: runs.some((run) => run.summary[`${key}_ci95`]),
                            array: runs.map((run) => run.summary[`${key}_ci95`] ?? 0)},
                  hovertemplate: "%{y}: %{x:.5g}<extra></extra>"}],
        layout: {xaxis: {rangemode: "tozero", title: {text: unit}},
                 yaxis: {type: "category", autorange: "reversed"}},
      })).figure);
  spikeloom.section("bars", "Side by side", element("div", {class: "pair"}, bars));

  const timed = runs.map((run, i) => [run, names[i]]).filter(([run]) => run.summary.energy_mj_per_image);
  if (timed.length > 0) {
    const components = Object.keys(timed[0][0].summary.energy_mj_per_image)
      .filter((name) => timed.some(([run]) => run.summary.energy_mj_per_image[name] > 0));
    spikeloom.section("energy", "Energy", spikeloom.chart("energy-components",
      "Energy by component, mJ/image", height + 150, (colours) => ({
        traces: components.map((name, i) => ({
          type: "bar", orientation: "h", name: words(name), y: timed.map(([, title]) => title),
          x: timed.map(([run]) => run.summary.energy_mj_per_image[name]),
          marker: {color: colours.series(i)},
          hovertemplate: `%{y}, ${words(name)}: %{x:.4g} mJ<extra></extra>`})),
        layout: {barmode: "stack", showlegend: true, xaxis: {title: {text: "mJ/image"}},
                 yaxis: {type: "category", autorange: "reversed"},
                 legend: {orientation: "h", y: -0.4, font: {size: 11}}},
      })).figure,
      spikeloom.details("Values", spikeloom.table("mJ/image by component",
        [{title: "component"}, ...timed.map(([, title]) => ({title, number: true}))],
        components.map((name) => [words(name), ...timed.map(([run]) =>
          number(run.summary.energy_mj_per_image[name]))]))));
  }

  const plain = (value) => value === null ? "–"
    : typeof value === "number" || typeof value === "string" ? String(value) : JSON.stringify(value);
  spikeloom.section("configuration", "Configuration",
    model.differences.length === 0
      ? element("p", {}, "No key of the configurations differs.")
      : spikeloom.table("Keys that differ", [{title: "key"}, ...names.map((title) => ({title}))],
          model.differences.map(({key, values}) => [element("code", {}, key), ...values.map((value) =>
            element("code", {}, plain(value)))])));
  spikeloom.drawCharts();
})();
