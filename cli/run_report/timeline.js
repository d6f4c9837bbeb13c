// SPDX-License-Identifier: Apache-2.0
// Ticks by layer, and what determines the length of each.
"use strict";

spikeloom.timelineSection = (run) => {
  const {element, number, text, percent} = spikeloom;
  const {summary, timeline} = run;
  const parts = summary.layers.map((layer) => layer.name);
  const {ticks} = timeline;
  const ms = 1e3 / summary.chip_description.clock_hz;
  const column = Object.fromEntries(timeline.columns.map((name, i) => [name, i]));
  const what = (part, bound) => bound === "core" ? `${parts[part]}: a core`
    : part === 0 ? "host port: input packets"
      : part === parts.length - 1 && !summary.workload ? `${parts[part]}: packets to the host` : `${parts[part]}: packets`;

  // Bars of one kind for all ticks and parts, from the start of each tick, in milliseconds.
  const bars = (from, to, chosen, tip) => {
    const found = ticks.flatMap((tick) => tick.parts.map((row, part) => ({tick, row, part})))
      .filter(({row, part}) => chosen(row, part) && to(row) > from(row));
    return {y: found.map(({part}) => parts[part]),
            base: found.map(({tick, row}) => tick.start_ms + from(row) * ms),
            x: found.map(({row}) => (to(row) - from(row)) * ms), text: found.map(tip)};
  };
  const cores = (row) => row[column.core_cycles];
  const packets = (row) => row[column.packet_cycles];
  const last = (row) => Math.max(cores(row), packets(row));
  const tip = ({tick, row, part}) => [
    `<b>${parts[part].replaceAll("<", "&lt;")}</b>, tick ${tick.tick} of ${text(tick.cycles)} cycles, ` +
      (summary.workload ? `number ${tick.image}` : `image ${tick.image} enters`),
    part === 0 ? null : `cores done at ${text(cores(row))}, last core ${row[column.core]}`,
    `packets done at ${text(packets(row))}`,
    row[column.bound] ? `<b>sets the tick's length: ${what(part, row[column.bound])}</b>` : null,
  ].filter((line) => line !== null).join("<br>");

  const shown = 10;
  let first = 0;
  let all = ticks.length <= shown;
  const end = (i) => ticks[i].start_ms + ticks[i].cycles * ms;
  const range = () => all ? [ticks[0].start_ms, end(ticks.length - 1)]
    : [ticks[first].start_ms, end(Math.min(first + shown, ticks.length) - 1)];
  const draw = (colours) => {
    const kind = (name, color, data) => ({type: "bar", orientation: "h", name, marker: {color},
                                          hovertemplate: "%{text}<extra></extra>",
                                          textposition: "none", ...data});
    const starts = ticks.map((tick) => tick.start_ms);
    return {
      traces: [
        kind("cores busy", colours.series(0),
             bars(() => 0, cores, (row, part) => part > 0 && row[column.bound] === "", tip)),
        kind("packets in transit", colours.series(4),
             bars(cores, packets, (row) => row[column.bound] === "", tip)),
        kind("sets the tick's length", colours.series(5),
             bars(() => 0, last, (row) => row[column.bound] !== "", tip)),
        {type: "scatter", mode: "lines", name: "start of a tick", hoverinfo: "skip",
         x: starts.flatMap((start) => [start, start, null]),
         y: starts.flatMap(() => [parts[0], parts[parts.length - 1], null]),
         line: {color: colours.minor, width: 1, dash: "dot"}},
      ],
      layout: {barmode: "overlay", bargap: 0.35, showlegend: true,
               legend: {orientation: "h", y: -0.28, font: {size: 11}},
               xaxis: {title: {text: "ms"}, range: range()},
               yaxis: {type: "category", categoryarray: [...parts].reverse(), fixedrange: true}},
    };
  };
  const cut = timeline.total > ticks.length
    ? ` The first ${ticks.length} of ${text(timeline.total)} steady ticks; the table covers all of them.` : "";
  const chart = spikeloom.chart("timeline",
    `Ticks by layer, in ms from the first ${spikeloom.unitOf(summary)} on: from a tick's start ` +
    "until the layer's last core " +
    `and last packet are done.${cut}`, 130 + 26 * parts.length, draw);

  const earlier = element("button", {type: "button"}, "Earlier");
  const later = element("button", {type: "button"}, "Later");
  const whole = element("button", {type: "button", "aria-pressed": "false"}, "All");
  const show = () => {
    earlier.disabled = all || first === 0;
    later.disabled = all || first + shown >= ticks.length;
    whole.disabled = ticks.length <= shown;
    whole.setAttribute("aria-pressed", String(all));
    chart.redraw();
  };
  earlier.addEventListener("click", () => { first = Math.max(0, first - shown); show(); });
  later.addEventListener("click", () => {
    first = Math.min(ticks.length - 1, first + shown);
    show();
  });
  whole.addEventListener("click", () => { all = !all; show(); });
  earlier.disabled = true;
  later.disabled = whole.disabled = ticks.length <= shown;

  const bounds = [...timeline.bounds].sort((a, b) => b.ticks - a.ticks);
  const most = 15;
  const table = bounds.length === 0
    ? element("p", {}, "Ticks have a fixed length: nothing else bounds them.")
    : spikeloom.table(`What set the length of the ${text(timeline.total)} steady ticks` +
        (bounds.length > most ? `, the ${most} most frequent` : ""),
        [{title: "what"}, {title: "core", number: true}, {title: "ticks", number: true},
         {title: "share", number: true}],
        bounds.slice(0, most).map(({part, bound, core, ticks: count}) => [
          what(part, bound), core < 0 ? "" : String(core), number(count),
          percent(count / timeline.total, 1)]));
  spikeloom.section("timeline-section", "Timeline",
    element("div", {class: "buttons", role: "group", "aria-label": "Ticks shown"}, earlier, later, whole),
    chart.figure, table);
};
