// SPDX-License-Identifier: Apache-2.0
// A table of all points of a sweep that can be sorted by any column.
"use strict";

spikeloom.pointsSection = (model, sweep) => {
  const {element, number, text} = spikeloom;
  const metrics = model.metrics.map(({column}) => column);
  const repeated = model.sweep.question.repeat.count > 1;
  const plain = (title) => ({title, of: (row) => sweep.points[row][title],
                             show: (row) => sweep.points[row][title] ?? ""});
  const columns = [
    {title: "point", of: (row) => sweep.points[row].point, show: (row) => String(sweep.points[row].point)},
    ...sweep.axes.map(({column}) => ({title: column, number: sweep.isNumber(column),
      of: (row) => sweep.points[row][column], show: (row) => sweep.shown(row, column)})),
    ...metrics.map((column) => ({title: column, number: true,
      of: (row) => sweep.points[row][column], show: (row) => number(sweep.points[row][column])})),
    ...(repeated ? [{...plain("runs"), number: true, show: (row) => String(sweep.points[row].runs)}] : []),
    {...plain("status"), show: (row) => element("span",
      {class: sweep.points[row].status === "done" ? null : "worse"}, sweep.points[row].status)},
    ...(sweep.points.some(({reason}) => reason !== null) ? [{...plain("reason"), kind: "prose"}] : [])];
  const maxRows = 200;
  const order = sweep.points.map((_, row) => row);
  let shown = maxRows;

  const table = spikeloom.table(
    "Click a column's name to sort by it" + (repeated ? "; means over the repetitions" : ""),
    columns.map((column) => ({...column, title: element("button", {type: "button"},
      // Names may wrap, which leaves room for reasons.
      column.title.split(/(?<=_)/).flatMap((part, i) => i === 0 ? [part] : [element("wbr"), part]))})), []);
  table.id = "points-table";
  const body = table.querySelector("tbody");
  const heads = [...table.querySelectorAll("thead th")];
  const fill = () => {
    body.replaceChildren(...spikeloom.tableRows(columns,
      order.slice(0, shown).map((row) => columns.map((column) => column.show(row)))));
  };
  // Missing values come last in either order.
  const compare = (a, b) => a === b ? 0 : a === null ? 1 : b === null ? -1
    : typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;
  const sort = (i) => {
    const way = heads[i].getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const sign = way === "ascending" ? 1 : -1;
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[i].setAttribute("aria-sort", way);
    const {of} = columns[i];
    order.sort((a, b) => {
      const nothing = of(a) === null || of(b) === null;
      return (nothing ? compare(of(a), of(b)) : sign * compare(of(a), of(b))) || a - b;
    });
    fill();
  };
  heads.forEach((head, i) => head.firstChild.addEventListener("click", () => sort(i)));
  sort(0);
  const all = element("button", {type: "button"}, `All ${text(order.length)}`);
  all.addEventListener("click", () => { shown = order.length; fill(); all.remove(); });
  spikeloom.section("points", "Points",
    order.length > maxRows ? element("p", {}, `The first ${maxRows} in this order. `, all) : null,
    table,
    element("p", {class: "note"}, "As a table: ",
            element("code", {}, `spikeloom sweep ${model.directory} --query 1`), ". One line per run: ",
            element("code", {}, "results.csv"), "."));
};
