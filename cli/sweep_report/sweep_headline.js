// SPDX-License-Identifier: Apache-2.0
// The question of a sweep, its progress, and the minimum and maximum of each metric.
"use strict";

spikeloom.sweepHeadline = (model, sweep) => {
  const {element, number, text} = spikeloom;
  const {question, file, sampling} = model.sweep;
  const code = (value) => element("code", {}, value);
  const states = Object.fromEntries(model.state.rows);
  const runs = model.runs.rows.reduce((sum, [, count]) => sum + count, 0);
  const total = sweep.points.length;
  const waiting = states.waiting ?? 0;
  const figure = (key, title, value, note) => element("div", {}, element("dt", {}, title),
    element("dd", {}, element("span", {class: "main", "data-key": key}, number(value)),
            note ? element("span", {class: "note"}, note) : null));
  const repeated = question.repeat.count > 1;
  const command = `spikeloom sweep ${file ?? "SWEEP.yaml"} -o ${model.directory}`;

  const list = (column) => {
    const all = [...new Set(sweep.points.map((_, row) => sweep.shown(row, column)))];
    const maxValues = 12;
    return all.length <= maxValues ? all.join(", ")
      : `${text(all.length)} values, ${all.slice(0, maxValues - 1).join(", ")}, …`;
  };
  const facts = [
    ["base run", code(question.run)],
    ...Object.entries(question.set).map(([key, value]) => ["set", code(`${key}: ${value}`)]),
    ...sweep.axes.map(({key, column}) => [code(key), list(column)]),
    ["sampling", sampling ?? "–"],
    repeated ? ["repetitions", `${question.repeat.count} of each point, over ${question.repeat.over}`]
      : null,
    ["seed", model.seeds.rows.length === 0 ? "–" : model.seeds.rows.flat().join(", ")],
    ["command", code(command)],
  ].filter((fact) => fact !== null);

  const extreme = (metric, way) => {
    const row = metric[way];
    return row === null ? ["–", ""]
      : [number(sweep.points[row][metric.column]),
         `point ${sweep.points[row].point}: ${sweep.axisTexts(row).join(", ")}`];
  };
  spikeloom.section("figures", "Figures",
    model.sweep.title ? element("p", {class: "question"}, model.sweep.title) : null,
    waiting > 0 ? element("p", {}, `Not finished: ${text(total - waiting)} of ${text(total)} points ` +
      "are done; the same command continues with the others.") : null,
    element("dl", {class: "figures"},
      figure("points", "points", total, repeated ? `${text(runs)} runs` : null),
      figure("done", "done", states.done ?? 0, `${(100 * (states.done ?? 0) / total).toFixed(0)} %`),
      figure("failed", "failed", states.failed ?? 0, states.failed ? "reasons: see the points" : null),
      figure("refused", "refused", states.refused ?? 0, states.refused ? "not a valid chip" : null),
      waiting > 0 ? figure("waiting", "waiting", waiting) : null),
    spikeloom.table("The question", [{title: ""}, {title: ""}], facts),
    spikeloom.table("Minimum and maximum of each metric, and the first point that has it",
      [{title: "metric"}, {title: "min", number: true}, {title: "at", kind: "name"},
       {title: "max", number: true}, {title: "at", kind: "name"}],
      model.metrics.map((metric) => [code(metric.column), ...extreme(metric, "min"),
                                     ...extreme(metric, "max")])));
};
