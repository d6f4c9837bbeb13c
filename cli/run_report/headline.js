// SPDX-License-Identifier: Apache-2.0
// The figures of a run and the published figures.
"use strict";

// Figures of a summary: key, title, unit, and whether less is better.
spikeloom.figures = [
  {key: "accuracy", title: "accuracy", unit: "%", factor: 100, less: false},
  {key: "ms_per_image", title: "time per image", unit: "ms", less: true},
  {key: "mj_per_image", title: "energy per image", unit: "mJ", less: true},
  {key: "latency_ms", title: "latency, one image alone", unit: "ms", less: true},
  {key: "average_power_mw", title: "power, mean", unit: "mW", less: true},
  {key: "peak_power_mw", title: "peak power of a tick", unit: "mW", less: true},
  {key: "energy_delay_mj_ms", title: "energy-delay product", unit: "mJ ms", less: true},
  {key: "spikes_per_image", title: "spikes per image", unit: "", less: null},
  {key: "sop_per_image", title: "synaptic operations per image", unit: "", less: null},
  {key: "paper_sop_per_image", title: "paper SOP per image", unit: "", less: null},
  {key: "packets_per_image", title: "packets per image", unit: "", less: null},
  {key: "cores_used", title: "cores in use", unit: "", less: true},
  {key: "area_mm2.board", title: "area of the board", unit: "mm²", less: true},
];

// What the figures of a run are of, and those that it has: the ticks of a workload count as images,
// and have neither classes nor an output.
spikeloom.unitOf = (summary) => summary.workload ? "tick" : "image";
spikeloom.figuresOf = (summaries) => spikeloom.figures.filter(({key}) =>
  !["accuracy", "latency_ms", "paper_sop_per_image"].includes(key) ||
  summaries.some((summary) => !summary.workload));

spikeloom.figure = (summary, key) =>
  key.split(".").reduce((value, part) => value?.[part] ?? null, summary);

spikeloom.headline = (run) => {
  const {element, number, text, figure} = spikeloom;
  const {summary} = run;
  const unitOf = spikeloom.unitOf(summary);
  const description = summary.chip_description;
  const chips = description.board.columns * description.board.rows;
  const cores = description.mesh.columns * description.mesh.rows * chips;
  const notes = {
    accuracy: `${text(summary.correct)} of ${text(summary.images)} images`,
    cores_used: `of ${text(cores)}, on ${summary.chips_used} of ${chips} chip${chips > 1 ? "s" : ""}`,
    ms_per_image: `${text(summary.cycles_per_image)} cycles, mean of ${text(summary.steady_ticks)} ` +
      (summary.workload ? "ticks" : summary.pipeline ? "full ticks" : "images"),
    peak_power_mw: `${summary.workload ? "in" : "with"} ${unitOf} ${summary.peak_power_image}`,
    spikes_per_image: summary.workload ? null : `of these ${text(summary.input_spikes_per_image)} input`,
    "area_mm2.board": `${text(summary.area_mm2.core)} per core`,
  };
  const items = spikeloom.figuresOf([summary]).map(({key, title, unit, factor}) => {
    const value = figure(summary, key);
    const spread = summary[`${key}_ci95`];
    const shown = factor && value !== null
      ? element("data", {value}, (value * factor).toFixed(2)) : number(value);
    return element("div", {}, element("dt", {}, title.replace("per image", `per ${unitOf}`)),
      element("dd", {}, element("span", {class: "main", "data-key": key}, shown),
        value === null ? null : element("span", {class: "unit"}, ` ${unit}`),
        spread ? element("span", {class: "note"}, `± ${text(spread)} (95 %)`) : null,
        value !== null && notes[key] ? element("span", {class: "note"}, notes[key]) : null,
        value === null && key === "accuracy" ? element("span", {class: "note"}, "no labels") : null));
  });
  const missing = summary.timing === "functional"
    ? "Timing functional: no time, energy or floor plan; run it with timing cycle for those."
    : summary.steady_ticks === 0
      ? "Too few images: the pipeline was never full, so there are no means of time and energy."
      : null;
  spikeloom.section("figures", "Figures", missing ? element("p", {}, missing) : null,
                    element("dl", {class: "figures"}, items),
                    run.published ? spikeloom.publishedTable(run) : null);
};

spikeloom.publishedTable = (run) => {
  const {number, signedPercent, percent} = spikeloom;
  const {summary, published} = run;
  const difference = (own, other) =>
    own === null || own === undefined ? "–" : signedPercent(own / other - 1);
  const counted = (title, key) => [title, number(published[key]), number(summary[key]),
                                   difference(summary[key], published[key]), ""];
  const measured = (title, key) => {
    const figure = published[key];
    return [title, number(figure.published), number(summary[key]),
            difference(summary[key], figure.published),
            figure.fitted ? "a parameter was fitted to it" : "predicted"];
  };
  return spikeloom.table(
    `Comparison with published silicon: ${published.source}. The published networks have other weights, ` +
    "and spike differently; spikeloom validate compares the authors' own network.",
    [{title: ""}, ...["published", "this run", "difference"].map(
      (title) => ({title, number: true})), {title: ""}],
    [["accuracy", percent(published.accuracy), summary.accuracy === null ? "–" : percent(summary.accuracy),
      summary.accuracy === null ? "–"
        : `${(100 * (summary.accuracy - published.accuracy)).toFixed(2)} points`, ""],
     measured("ms/image", "ms_per_image"), measured("mJ/image", "mj_per_image"),
     counted("spikes per image", "spikes_per_image"),
     counted("paper SOP per image", "paper_sop_per_image")]);
};
