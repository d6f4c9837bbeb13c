// SPDX-License-Identifier: Apache-2.0
// The points of a sweep and their columns, shared by all sections of the page.
"use strict";

spikeloom.sweepPoints = (model) => {
  const {text} = spikeloom;
  const points = spikeloom.objects(model.points);
  const axes = spikeloom.objects(model.axes);
  const places = new Map(axes.map(({column}, i) => [column, i]));
  const done = points.map((_, row) => row).filter((row) => points[row].status === "done");
  const columns = [...places.keys(), ...model.metrics.map(({column}) => column)];
  const value = (row, column) => points[row][column];
  // The text of the sweep file (only the last part of a path), or the number of a metric.
  const shown = (row, column) => places.has(column)
    ? model.settings[row][places.get(column)].split("/").pop() : text(value(row, column));
  const axisTexts = (row) => axes.map(({column}) => shown(row, column));

  // Spread by point and metric, if points have repetitions.
  const spread = new Map(spikeloom.objects(model.spread).map((line) =>
    [`${line.point} ${line.metric}`, line]));
  const rowOf = new Map(points.map(({point}, row) => [point, row]));

  const numbers = new Set(columns.filter((column) =>
    done.every((row) => typeof value(row, column) !== "string")));
  const isNumber = (column) => numbers.has(column);
  // The distinct texts of a column, in the order of the points.
  const names = (column) => [...new Set(done.map((row) => shown(row, column)))];
  const at = (row, column) => isNumber(column) ? value(row, column) : shown(row, column);

  return {
    points, axes, done, columns, shown, axisTexts, isNumber, names, at, rowOf,
    has: (row, ...wanted) => wanted.every((column) => value(row, column) !== null),
    varies: (column) => new Set(done.map((row) => value(row, column))).size > 1,
    spread: (row, metric) => spread.get(`${points[row].point} ${metric}`) ?? null,
    // Text shown when the pointer is over a point.
    tip: (row) => [`<b>point ${points[row].point}</b>`, ...columns.map((column) =>
      `${column}: ${shown(row, column)}`.replaceAll("<", "&lt;"))].join("<br>"),
    // An axis of a chart for a column.
    axis: (column) => ({title: {text: column, standoff: 14}, ...isNumber(column)
      ? {} : {type: "category", categoryorder: "array", categoryarray: names(column)}}),
    // Error bars of a chart, one standard deviation, if there are repetitions.
    deviations: (rows, metric, colour) => ({
      type: "data", color: colour, thickness: 1, width: 3,
      visible: rows.some((row) => spread.has(`${points[row].point} ${metric}`)),
      array: rows.map((row) => spread.get(`${points[row].point} ${metric}`)?.deviation ?? 0)}),
  };
};
