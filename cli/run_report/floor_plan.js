// SPDX-License-Identifier: Apache-2.0
// The floor plan of the board with its cores and links, coloured by a selected quantity; and the hottest ones.
"use strict";

spikeloom.floorPlan = (run) => {
  const {number, text, percent} = spikeloom;
  const {summary} = run;
  const chip = summary.chip_description;
  const columns = chip.mesh.columns * chip.board.columns;
  const rows = chip.mesh.rows * chip.board.rows;
  const cores = spikeloom.objects(run.cores);
  const links = spikeloom.objects(run.links);
  const dendrites = chip.core.dendrites / (chip.core.synapse === "binary_pair" ? 2 : 1);
  const layers = summary.layers.slice(1).map((layer) => layer.name);
  const unit = spikeloom.unitOf(summary);

  const views = {
    layers: {title: "layer"},
    spikes: {title: "activity", unit: `spikes/${unit}`, of: (core) => core.spikes},
    sop: {title: "synaptic operations", unit: `SOP/${unit}`, of: (core) => core.sop},
    energy: {title: "energy", unit: `µJ/${unit}`, of: (core) => 1e3 * core.mj_per_image},
    dendrites: {title: "utilization", unit: "% of the dendrites",
                of: (core) => 100 * core.dendrites / dendrites},
    busy: {title: "busy time", unit: "% of the time",
           of: (core) => 100 * core.busy_cycles / summary.cycles_per_image},
    links: {title: "link load", unit: "% of the time"},
  };
  const hover = (core) => [
    `<b>chip${core.chip}.core_${core.x}_${core.y}</b>, core ${core.core}`,
    core.layers.replaceAll(";", ", ").replaceAll("<", "&lt;"),
    `${text(core.neurons)} neurons, ${text(core.dendrites)} of ${text(dendrites)} dendrites`,
    `${text(core.spikes)} spikes, ${text(core.packets)} packets, ` +
      `${text(core.sop)} SOP per ${unit}`,
    `busy ${text(core.busy_cycles)} cycles per ${unit}, ` +
      percent(core.busy_cycles / summary.cycles_per_image, 1),
    `${text(1e3 * core.mj_per_image)} µJ/${unit}`].join("<br>");
  const matrix = (of) => {
    const values = Array.from({length: rows}, () => Array(columns).fill(null));
    for (const core of cores) values[core.y][core.x] = of(core);
    return values;
  };
  const tips = matrix(hover);
  const cells = (of, extra) => ({
    type: "heatmap", z: matrix(of), text: tips, hoverinfo: "text", xgap: 1, ygap: 1,
    hoverongaps: false, ...extra});
  const bar = (unit) => ({title: {text: unit, side: "right"}, thickness: 12, outlinewidth: 0});

  const layerCells = (colours) => layers.map((layer, i) => cells(
    (core) => core.layers.split(";")[0] === layer ? i : null,
    {name: layer, showlegend: true, showscale: false,
     colorscale: [[0, colours.series(i)], [1, colours.series(i)]]}))
    .filter((trace) => trace.z.some((row) => row.some((value) => value !== null)));

  // The centre of a router: that of its core, or of its square in a quadtree.
  const centre = (level, x, y) => {
    const side = 2 ** level;
    return [Math.min((x + 0.5) * side, columns) - 0.5, Math.min((y + 0.5) * side, rows) - 0.5];
  };
  const linkText = (link) => {
    const place = (level, x, y) => level === 0 ? `(${x},${y})` : `level ${level} (${x},${y})`;
    const from = place(link.from_level, link.from_x, link.from_y);
    const to = place(link.to_level, link.to_x, link.to_y);
    return from === to ? "trunk" : `${from} to ${to}`;
  };
  // A link that closes a ring of a torus is drawn to the edge of the board only.
  const end = (link, x0, y0) => {
    const [x1, y1] = centre(link.to_level, link.to_x, link.to_y);
    const closes = link.from_level === link.to_level && Math.abs(x1 - x0) + Math.abs(y1 - y0) > 1;
    return closes ? [x0 + Math.sign(x0 - x1) / 2, y0 + Math.sign(y0 - y1) / 2] : [x1, y1];
  };
  const linkTraces = (colours) => {
    // The two directions of a link are drawn side by side, each to the right of its direction.
    const ends = links.map((link) => {
      const [x0, y0] = centre(link.from_level, link.from_x, link.from_y);
      const [x1, y1] = end(link, x0, y0);
      const far = Math.hypot(x1 - x0, y1 - y0) || 1;
      const [dx, dy] = [-0.16 * (y1 - y0) / far, 0.16 * (x1 - x0) / far];
      return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
    });
    const most = Math.max(...links.map((link) => link.utilization));
    const steps = 8;
    const step = (link) => Math.min(steps - 1, Math.floor(steps * link.utilization / most));
    const lines = Array.from({length: steps}, (_, i) => {
      const chosen = links.map((link, l) => [link, ends[l]]).filter(([link]) => step(link) === i);
      return {type: "scatter", mode: "lines", hoverinfo: "skip",
              x: chosen.flatMap(([, [x0, , x1]]) => [x0, x1, null]),
              y: chosen.flatMap(([, [, y0, , y1]]) => [y0, y1, null]),
              line: {width: 1.5 + 3 * i / steps, color: colours.shade(i / steps)}};
    });
    return [
      cells(() => 0, {showscale: false, colorscale: [[0, colours.grid], [1, colours.grid]]}),
      ...lines.filter((trace) => trace.x.length > 0),
      {type: "scatter", mode: "markers", hoverinfo: "text",
       x: ends.map(([x0, , x1]) => (x0 + x1) / 2), y: ends.map(([, y0, , y1]) => (y0 + y1) / 2),
       text: links.map((link) => `<b>${linkText(link)}</b>${link.between_chips ? ", between chips" : ""}` +
         `<br>${text(link.packets)} packets per ${unit}<br>busy ` +
         `${percent(link.utilization, 1)} of the time`),
       marker: {size: 5, color: links.map((link) => 100 * link.utilization), cmin: 0,
                cmax: 100 * most, colorscale: colours.scale, showscale: true,
                colorbar: bar(views.links.unit)}}];
  };
  const chipEdges = (colours) => Array.from({length: chip.board.columns * chip.board.rows}, (_, i) => {
    const x = i % chip.board.columns * chip.mesh.columns - 0.5;
    const y = Math.floor(i / chip.board.columns) * chip.mesh.rows - 0.5;
    return {type: "rect", x0: x, y0: y, x1: x + chip.mesh.columns, y1: y + chip.mesh.rows,
            fillcolor: colours.panel, line: {color: colours.minor, width: 1.2}, layer: "below"};
  });
  const [hostX, hostY] = centre(...run.host_router);
  const width = Math.min(660, document.getElementById("content").clientWidth - 40);
  const height = Math.max(220, Math.round(width * Math.min(1.2, rows / columns))) + 60;
  let view = "layers";
  const draw = (colours) => ({
    traces: view === "layers" ? layerCells(colours) : view === "links" ? linkTraces(colours)
      : [cells(views[view].of, {colorscale: colours.scale, zmin: 0,
                                zmax: Math.max(...cores.map(views[view].of)),
                                colorbar: bar(views[view].unit)})],
    layout: {
      shapes: chipEdges(colours), showlegend: view === "layers",
      legend: {orientation: "h", y: -0.06, font: {size: 11}},
      margin: {l: 10, r: 10, t: 10, b: 30},
      xaxis: {range: [-0.6, columns - 0.4], showgrid: false, zeroline: false, constrain: "domain",
              side: "top"},
      yaxis: {range: [rows - 0.4, -0.6], showgrid: false, zeroline: false, scaleanchor: "x",
              constrain: "domain"},
      annotations: [{x: hostX, y: hostY, text: "host", showarrow: true, arrowhead: 0, ax: -18,
                     ay: -14, arrowcolor: colours.minor, font: {size: 10, color: colours.ink}}],
    },
  });
  const plan = spikeloom.chart("floor-plan",
    `The board by core: ${columns} x ${rows} cores, ${chip.topology} of routers, chips outlined, ` +
    `values on hover. Means per ${unit}; a core shared by several layers has the colour of the first one.`,
    height, draw);
  const choice = spikeloom.choice("Coloured by", "floor-plan-view",
    Object.entries(views).map(([key, {title}]) => [key, title]), (value) => {
      view = value;
      plan.redraw();
    });

  const top = 10;
  const hottest = (list, of) => [...list].sort((a, b) => of(b) - of(a)).slice(0, top);
  const coreTable = spikeloom.table(`Hottest ${Math.min(top, cores.length)} cores, by energy`,
    [{title: "core"}, {title: "chip: x, y"}, {title: "layers"},
     ...[`µJ/${unit}`, "spikes", "SOP", "packets", "busy", "dendrites"].map((title) =>
       ({title, number: true}))],
    hottest(cores, (core) => core.mj_per_image).map((core) => [
      String(core.core), `${core.chip}: ${core.x}, ${core.y}`, core.layers.replaceAll(";", ", "),
      number(1e3 * core.mj_per_image), number(core.spikes), number(core.sop),
      number(core.packets),
      percent(core.busy_cycles / summary.cycles_per_image, 1),
      percent(core.dendrites / dendrites, 0)]));
  const linkTable = spikeloom.table(`Hottest ${Math.min(top, links.length)} links`,
    [{title: "link"}, {title: `packets/${unit}`, number: true},
     {title: "busy, % of the time", number: true}],
    hottest(links, (link) => link.utilization).map((link) => [
      linkText(link) + (link.between_chips ? ", between chips" : ""),
      number(link.packets), percent(link.utilization, 1)]));
  spikeloom.section("floor-plan-section", "Floor plan", choice, plan.figure, coreTable, linkTable);
};
