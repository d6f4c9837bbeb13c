// SPDX-License-Identifier: Apache-2.0
// A line for each point of a sweep across all axes and metrics, each scaled from its minimum to its maximum.
"use strict";

spikeloom.parallelSection = (model, sweep) => {
  const {element, text} = spikeloom;
  const columns = sweep.columns.filter(sweep.varies);
  const rows = sweep.done;
  if (columns.length < 2) return;
  const metric = columns.find((column) => model.metrics.some((each) => each.column === column));
  let colour = metric ?? columns[0];
  const colourSteps = 16;

  // Position of a row's value in each column, 0..1, and its tick labels.
  const scales = Object.fromEntries(columns.map((column) => {
    if (!sweep.isNumber(column)) {
      const names = sweep.names(column);
      const height = (name) => names.length < 2 ? 0.5 : names.indexOf(name) / (names.length - 1);
      return [column, {of: (row) => height(sweep.at(row, column)),
                       marks: names.map((name) => [height(name), name])}];
    }
    const values = rows.filter((row) => sweep.has(row, column));
    values.sort((a, b) => sweep.at(a, column) - sweep.at(b, column));
    const [first, last] = [values[0], values[values.length - 1]];
    const [low, high] = [sweep.at(first, column), sweep.at(last, column)];
    return [column, {of: (row) => sweep.has(row, column) ? (sweep.at(row, column) - low) / (high - low) : null,
                     marks: [[0, sweep.shown(first, column)], [1, sweep.shown(last, column)]]}];
  }));
  // Breaks a long name into lines.
  const wrapped = (name) => name.split("_").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (lines.length > 0 && last.length + word.length < 13) lines[lines.length - 1] = `${last}_${word}`;
    else lines.push(word);
    return lines;
  }, []).join("_<br>");
  const line = (row) => columns.map((column) => scales[column].of(row));

  const linesOf = (chosen, paint) => ({
    type: "scatter", mode: "lines", hoverinfo: "skip", line: {width: 1.4, color: paint}, opacity: 0.8,
    x: chosen.flatMap(() => [...columns.keys(), null]), y: chosen.flatMap((row) => [...line(row), null])});
  const lines = (colours) => {
    if (!sweep.isNumber(colour)) {
      return sweep.names(colour).map((name, i) =>
        linesOf(rows.filter((row) => sweep.at(row, colour) === name), colours.series(i)));
    }
    const step = (row) => Math.min(colourSteps - 1, Math.floor(colourSteps * scales[colour].of(row)));
    return [...Array(colourSteps).keys()].map((i) =>
      linesOf(rows.filter((row) => sweep.has(row, colour) && step(row) === i),
              colours.shade(i / (colourSteps - 1)))).filter((trace) => trace.x.length > 0);
  };
  const draw = (colours) => ({
    traces: [
      ...lines(colours),
      {type: "scatter", mode: "markers", hoverinfo: "text", marker: {size: 6, color: colours.minor, opacity: 0.01},
       x: rows.flatMap(() => [...columns.keys()]), y: rows.flatMap(line),
       text: rows.flatMap((row) => columns.map(() => sweep.tip(row))),
       customdata: rows.flatMap((row) => columns.map(() => row))},
      // The point under the pointer.
      {type: "scatter", mode: "lines+markers", hoverinfo: "skip", x: [], y: [],
       line: {width: 3, color: colours.ink}, marker: {size: 7, color: colours.ink}}],
    layout: {
      hovermode: "closest", margin: {l: 30, r: 30, t: 10, b: 80},
      xaxis: {tickvals: [...columns.keys()], ticktext: columns.map(wrapped), showgrid: false, zeroline: false,
              showline: false,
              tickfont: {size: document.body.classList.contains("paper") ? 9 : 12},
              range: [-0.4, columns.length - 0.6], fixedrange: true, tickangle: 0, ticklen: 22,
              tickcolor: "transparent"},
      yaxis: {range: [-0.08, 1.08], visible: false, fixedrange: true},
      shapes: columns.map((_, x) => ({type: "line", x0: x, x1: x, y0: 0, y1: 1, layer: "below",
                                      line: {color: colours.muted, width: 1}})),
      annotations: columns.flatMap((column, x) => scales[column].marks.map(([y, mark]) => ({
        x, y, text: mark, showarrow: false, font: {size: 11, color: colours.ink},
        bgcolor: colours.page, borderpad: 1,
        yshift: y === 0 ? -12 : y === 1 ? 12 : 0}))),
    },
  });
  const highlight = (mark, plot) => {
    const last = plot.data.length - 1;
    const row = mark?.customdata;
    Plotly.restyle(plot, {x: [row === undefined ? [] : [...columns.keys()]],
                          y: [row === undefined ? [] : line(row)]}, [last]);
  };
  const chart = spikeloom.chart("parallel",
    `${text(rows.length)} points, one line each, over the columns that vary; the one ` +
    "under the pointer is highlighted, with its values.", 420, draw, highlight);
  chart.figure.firstChild.style.minWidth = `${92 * columns.length}px`;
  spikeloom.section("parallel-section", "Parallel coordinates",
    element("div", {class: "controls", id: "parallel-colour"}, spikeloom.select("coloured by",
      columns.map((column) => [column, column]), colour, (column) => {
        colour = column;
        chart.redraw();
      })),
    element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Parallel coordinates"},
            chart.figure));
};
