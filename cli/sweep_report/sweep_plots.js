// SPDX-License-Identifier: Apache-2.0
// Points of a sweep by two of their columns: the Pareto front of two metrics, and any scatter plot.
"use strict";

spikeloom.paretoSection = (model, sweep) => {
  const {element, number} = spikeloom;
  const metrics = model.metrics.filter(({column}) => sweep.varies(column));
  if (metrics.length < 2) return;
  const place = (column) => model.metrics.findIndex((metric) => metric.column === column);
  const wished = ["ms_per_image", "mj_per_image"];
  const [x, y] = [...wished.filter((name) => metrics.some(({column}) => column === name)),
                  ...metrics.map(({column}) => column).filter((name) => !wished.includes(name))];
  const chosen = {x, y, more: Object.fromEntries(metrics.map(({column, more}) => [column, more]))};

  const objective = (column) => chosen.more[column] ? `${column}:max` : column;
  // Rows of the points on the Pareto front, the best in x first.
  const front = () => {
    const pair = [chosen.x, chosen.y];
    const turned = place(chosen.x) > place(chosen.y);
    if (turned) pair.reverse();
    const rows = model.fronts[pair.map(objective).join()];
    return turned ? [...rows].reverse() : rows;
  };
  const chart = spikeloom.chart("pareto",
    "All points that are done; the joined ones are the Pareto front: no other point is at least as good in " +
    "both metrics and better in one. Labels are point numbers; values on hover.", 460, (colours) => {
      const best = front();
      const others = sweep.done.filter((row) =>
        sweep.has(row, chosen.x, chosen.y) && !best.includes(row));
      const marks = (rows, colour) => ({
        type: "scatter", hoverinfo: "text", text: rows.map(sweep.tip),
        x: rows.map((row) => sweep.at(row, chosen.x)), y: rows.map((row) => sweep.at(row, chosen.y)),
        error_x: sweep.deviations(rows, chosen.x, colour),
        error_y: sweep.deviations(rows, chosen.y, colour)});
      return {
        traces: [
          {...marks(others, colours.muted), mode: "markers", marker: {size: 7, color: colours.muted}},
          {...marks(best, colours.accent), mode: "lines+markers",
           marker: {size: 10, color: colours.accent},
           line: {shape: "hv", width: 1.5, color: colours.accent}}],
        layout: {
          hovermode: "closest", xaxis: sweep.axis(chosen.x), yaxis: sweep.axis(chosen.y),
          annotations: best.map((row) => ({
            x: sweep.at(row, chosen.x), y: sweep.at(row, chosen.y), showarrow: false, xshift: 12,
            yshift: 10, text: String(sweep.points[row].point),
            font: {size: 11, color: colours.ink}})),
        }};
    });
  const list = element("div", {id: "front"});
  const show = () => {
    const shownMetrics = [chosen.x, chosen.y];
    list.replaceChildren(
      spikeloom.table("The Pareto front, best in the first metric first",
        [{title: "point"}, ...sweep.axes.map(({column}) => ({title: column})),
         ...shownMetrics.map((title) => ({title, number: true}))],
        front().map((row) => [String(sweep.points[row].point), ...sweep.axisTexts(row),
                              ...shownMetrics.map((column) => number(sweep.points[row][column]))])),
      element("p", {class: "note"}, "As a table: ", element("code", {},
        `spikeloom sweep ${model.directory} --pareto ${shownMetrics.map(objective).join()}`)));
  };
  const change = () => { show(); chart.redraw(); };
  const metricList = (way) => spikeloom.select(way, metrics.map(({column}) => [column, column]),
    chosen[way], (column) => {
      const other = way === "x" ? "y" : "x";
      if (chosen[other] === column) chosen[other] = chosen[way];
      chosen[way] = column;
      rebuild();
      change();
    });
  const betterList = (way) => spikeloom.select("", [["less", "less is better"], ["more", "more is better"]],
    chosen.more[chosen[way]] ? "more" : "less", (better) => {
      chosen.more[chosen[way]] = better === "more";
      change();
    });
  const controls = element("div", {class: "controls", id: "pareto-axes"});
  // Keeps the keyboard focus.
  const rebuild = () => {
    const focused = [...controls.querySelectorAll("select")].indexOf(document.activeElement);
    controls.replaceChildren(metricList("x"), betterList("x"), metricList("y"), betterList("y"));
    controls.querySelectorAll("select")[focused]?.focus();
  };
  rebuild();
  show();
  spikeloom.section("pareto-section", "Pareto front", controls, chart.figure, list);
};

spikeloom.scatterSection = (model, sweep) => {
  const {element} = spikeloom;
  const columns = sweep.columns.filter(sweep.varies);
  if (columns.length < 2) return;
  const axes = columns.filter((column) => sweep.axes.some((axis) => axis.column === column));
  const metrics = columns.filter((column) => !axes.includes(column));
  const chosen = {x: axes[0] ?? columns[0], y: metrics[0] ?? columns[1], colour: axes[1] ?? ""};
  // A few values have a colour each, more of them a colour scale.
  const maxColours = 8;

  const coloured = (rows, colours) => {
    const {colour} = chosen;
    if (colour === "") return [{rows, marker: {color: colours.series(0)}}];
    const numbers = sweep.isNumber(colour);
    const values = [...new Set(rows.map((row) => sweep.at(row, colour)))];
    if (numbers) values.sort((a, b) => a - b);
    if (numbers && values.length > maxColours) {
      return [{rows, marker: {color: rows.map((row) => sweep.at(row, colour)), showscale: true,
                              colorscale: colours.scale,
                              colorbar: {title: {text: colour, side: "right"}, thickness: 12,
                                         outlinewidth: 0}}}];
    }
    return values.map((value, i) => {
      const group = rows.filter((row) => sweep.at(row, colour) === value);
      return {rows: group, name: sweep.shown(group[0], colour), marker: {color: colours.series(i)}};
    });
  };
  const chart = spikeloom.chart("scatter", "All points that are done, by any two columns.", 460,
    (colours) => {
      const rows = sweep.done.filter((row) =>
        sweep.has(row, chosen.x, chosen.y, ...(chosen.colour ? [chosen.colour] : [])));
      const groups = coloured(rows, colours);
      return {
        traces: groups.map((group) => ({
          type: "scatter", mode: "markers", name: group.name, hoverinfo: "text",
          text: group.rows.map(sweep.tip),
          x: group.rows.map((row) => sweep.at(row, chosen.x)),
          y: group.rows.map((row) => sweep.at(row, chosen.y)),
          error_y: sweep.deviations(group.rows, chosen.y, colours.minor),
          marker: {size: 9, line: {width: 0.5, color: colours.minor}, ...group.marker}})),
        layout: {hovermode: "closest", xaxis: sweep.axis(chosen.x), yaxis: sweep.axis(chosen.y),
                 showlegend: groups.length > 1,
                 legend: {title: {text: `${chosen.colour}:`}, orientation: "h", y: 1.02, yanchor: "bottom"}},
      };
    });
  const control = (title, way, options) => spikeloom.select(title,
    options.map((column) => [column, column || "none"]), chosen[way], (column) => {
      chosen[way] = column;
      chart.redraw();
    });
  spikeloom.section("scatter-section", "Scatter plot",
    element("div", {class: "controls", id: "scatter-axes"}, control("x", "x", columns),
            control("y", "y", columns), control("colour", "colour", ["", ...columns])),
    chart.figure);
};
