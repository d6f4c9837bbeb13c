// SPDX-License-Identifier: Apache-2.0
// Charts by plotly.js, in figures with a caption; redrawn when the page's colours change.
"use strict";

spikeloom.charts = [];

// `draw(colours)` gives {traces, layout}; `caption` describes the content and the units; `hover` is
// called with the mark under the pointer, and with null when the pointer leaves it. Returns {figure, redraw}.
spikeloom.chart = (id, caption, height, draw, hover) => {
  const {element} = spikeloom;
  const plot = element("div", {id, class: "chart", role: "img", "aria-label": caption,
                               style: `height: ${height}px`});
  // Touch gestures on a chart scroll the page.
  const touched = matchMedia("(pointer: coarse)").matches;
  const figure = element("figure", {}, plot, element("figcaption", {}, caption));
  const redraw = () => {
    const colours = spikeloom.theme.colours();
    const {traces, layout} = draw(colours);
    const axis = {gridcolor: colours.grid, linecolor: colours.rule, zerolinecolor: colours.rule,
                  tickcolor: colours.rule, automargin: true};
    const axes = Object.fromEntries(["xaxis", "yaxis"].map((name) =>
      [name, {...axis, ...layout[name]}]));
    const paper = document.body.classList.contains("paper");
    return Plotly.react(plot, traces, {
      paper_bgcolor: colours.page, plot_bgcolor: colours.page, dragmode: touched ? false : "zoom",
      font: {family: getComputedStyle(document.body).fontFamily, size: 12, color: colours.ink},
      hoverlabel: {align: "left", bgcolor: colours.panel, bordercolor: colours.rule,
                   font: {color: colours.ink}},
      margin: {l: 10, r: 10, t: 10, b: 40}, autosize: !paper,
      width: paper ? plot.clientWidth : undefined, showlegend: false, ...layout, ...axes,
    }, {responsive: true, displaylogo: false, displayModeBar: false, showTips: false,
        doubleClick: "reset"}).then(() => {
      if (hover && !plot.dataset.drawings) {
        plot.on("plotly_hover", ({points}) => hover(points[0], plot));
        plot.on("plotly_unhover", () => hover(null, plot));
      }
      plot.dataset.drawings = Number(plot.dataset.drawings ?? 0) + 1;
    });
  };
  spikeloom.charts.push(redraw);
  return {figure, redraw};
};

// To be called once all elements are on the page.
spikeloom.drawCharts = () => {
  const drawAll = () => Promise.all(spikeloom.charts.map((redraw) => redraw()));
  spikeloom.theme.onChange(drawAll);
  return drawAll().then(() => { document.documentElement.dataset.drawn = "yes"; });
};
