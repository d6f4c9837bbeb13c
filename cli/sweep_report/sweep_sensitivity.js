// SPDX-License-Identifier: Apache-2.0
// Sensitivity of each metric of a sweep to each axis.
"use strict";

spikeloom.sensitivitySection = (model) => {
  const {element, number} = spikeloom;
  const percent = (share) => share === null ? "–" : share.toFixed(1);
  const lines = spikeloom.objects(model.sensitivities);
  // Metrics that vary between points.
  const metrics = [...new Set(lines.filter((line) => line["share %"] !== null).map((line) => line.metric))];
  const axes = [...new Set(lines.map((line) => line.axis))];
  if (metrics.length === 0) return;
  const shares = metrics.map((metric) => axes.map((axis) =>
    lines.find((line) => line.metric === metric && line.axis === axis)["share %"]));
  const chart = spikeloom.chart("sensitivity",
    "Share of a metric's variance that lies between the means of an axis' values, %; the " +
    "remainder to 100 over all axes is their interaction. With few points, shares are overestimated.",
    110 + 34 * metrics.length, (colours) => ({
      traces: [{type: "heatmap", x: axes, y: metrics, z: shares, zmin: 0, zmax: 100, xgap: 2, ygap: 2,
                colorscale: colours.scale, showscale: false,
                hovertemplate: "%{y} by %{x}: %{z} %<extra></extra>"}],
      layout: {
        xaxis: {type: "category", side: "top", showgrid: false, fixedrange: true},
        yaxis: {type: "category", autorange: "reversed", showgrid: false, fixedrange: true},
        margin: {l: 10, r: 10, t: 30, b: 10},
        annotations: metrics.flatMap((metric, i) => axes.map((axis, j) => ({
          x: axis, y: metric, showarrow: false, text: percent(shares[i][j]),
          font: {size: 12, color: shares[i][j] === null ? colours.ink : colours.onScale(shares[i][j] / 100)}}))),
      },
    }));
  chart.figure.firstChild.style.maxWidth = `${190 + 130 * axes.length}px`;
  spikeloom.section("sensitivity-section", "Sensitivity", chart.figure,
    spikeloom.table("Means of the values of an axis, at the minimum and maximum of the metric",
      [{title: "metric"}, {title: "axis", kind: "name"}, {title: "share, %", number: true},
       {title: "min", number: true}, {title: "at", kind: "name"}, {title: "max", number: true},
       {title: "at", kind: "name"}],
      lines.map((line) => [element("code", {}, line.metric), element("code", {}, line.axis),
        percent(line["share %"]),
        number(line.min), line["at min"], number(line.max), line["at max"]])),
    element("p", {class: "note"}, "As a table: ",
            element("code", {}, `spikeloom sweep ${model.directory} --sensitivity`)));
};
