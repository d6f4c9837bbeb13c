// SPDX-License-Identifier: Apache-2.0
// Spread of the repetitions of each point of a sweep.
"use strict";

spikeloom.repetitionSection = (model, sweep) => {
  const {element, number} = spikeloom;
  const lines = spikeloom.objects(model.spread);
  if (lines.length === 0) return;
  const metrics = [...new Set(lines.map((line) => line.metric))];
  let chosen = metrics.find((metric) => lines.some((line) =>
    line.metric === metric && line.deviation > 0)) ?? metrics[0];
  const of = (metric) => lines.filter((line) => line.metric === metric);
  const name = (line) => `${line.point}: ${sweep.axisTexts(sweep.rowOf.get(line.point)).join(", ")}`;
  const chart = spikeloom.chart("repetitions",
    "Mean over a point's repetitions with +/- one standard deviation, and the range from the " +
    "minimum to the maximum (thin).", 420, (colours) => {
      const all = of(chosen);
      const shared = {type: "scatter", mode: "markers", x: all.map(({point}) => String(point)),
                      y: all.map(({mean}) => mean)};
      const bars = (color, thickness, width, up, down) => ({
        type: "data", color, thickness, width, symmetric: false, array: all.map(up),
        arrayminus: all.map(down)});
      return {
        traces: [
          {...shared, hoverinfo: "skip", marker: {size: 1, color: colours.minor},
           error_y: bars(colours.minor, 1, 0, ({max, mean}) => max - mean, ({min, mean}) => mean - min)},
          {...shared, hoverinfo: "text", marker: {size: 8, color: colours.accent},
           error_y: bars(colours.accent, 2, 4, ({deviation}) => deviation, ({deviation}) => deviation),
           text: all.map((line) => sweep.tip(sweep.rowOf.get(line.point)))}],
        layout: {hovermode: "closest", xaxis: {type: "category", title: {text: "point"}},
                 yaxis: {title: {text: chosen}}},
      };
    });
  const list = element("div", {});
  const show = () => list.replaceChildren(
    spikeloom.table(`${chosen} over each point's repetitions`,
      [{title: "point"}, ...["runs", "mean", "deviation", "min", "max"].map((title) =>
        ({title, number: true}))],
      of(chosen).map((line) => [name(line), number(line.runs), number(line.mean),
        number(line.deviation), number(line.min), number(line.max)])));
  show();
  spikeloom.section("repetition-section", "Repetitions",
    element("div", {class: "controls", id: "repetition-metric"}, spikeloom.select("metric",
      metrics.map((metric) => [metric, metric]), chosen, (metric) => {
        chosen = metric;
        show();
        chart.redraw();
      })),
    chart.figure, spikeloom.details("Values", list),
    element("p", {class: "note"}, "As a table: ",
            element("code", {}, `spikeloom sweep ${model.directory} --spread`)));
};
