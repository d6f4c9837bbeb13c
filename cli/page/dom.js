// SPDX-License-Identifier: Apache-2.0
// Creates elements of the page. Text is inserted as text, never as HTML.
"use strict";

const spikeloom = {model: JSON.parse(document.getElementById("model").textContent)};

// element("td", {class: "number"}, "4"): attributes that are null or false are left out.
spikeloom.element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
};

// Adds a section to the page and to its table of contents.
spikeloom.section = (id, title, ...children) => {
  const {element} = spikeloom;
  document.getElementById("content").append(
    element("section", {id, "aria-labelledby": `${id}-title`},
            element("h2", {id: `${id}-title`}, title), ...children));
  document.getElementById("sections").append(
    element("li", {}, element("a", {href: `#${id}`}, title)));
};

// Rows of a table. Columns: {title, number, kind}: kind "name" does not wrap, kind "prose" has a
// minimum width. A cell is text or an element.
spikeloom.tableRows = (columns, rows) => {
  const {element} = spikeloom;
  const cell = (value, i) => i === 0
    ? element("th", {scope: "row"}, value)
    : element("td", {class: columns[i].number ? "number" : columns[i].kind}, value);
  return rows.map((row) => element("tr", {}, row.map(cell)));
};

// A table in a box that scrolls horizontally.
spikeloom.table = (caption, columns, rows) => {
  const {element} = spikeloom;
  return element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, columns.map((column) =>
        element("th", {scope: "col", class: column.number ? "number" : null}, column.title)))),
      element("tbody", {}, spikeloom.tableRows(columns, rows))));
};

spikeloom.details = (title, ...children) =>
  spikeloom.element("details", {}, spikeloom.element("summary", {}, title), ...children);

// Radio buttons; `change` is called with the selected value.
spikeloom.choice = (title, name, options, change) => {
  const {element} = spikeloom;
  return element("fieldset", {}, element("legend", {}, title), options.map(([value, text], i) => {
    const input = element("input", {type: "radio", name, value, checked: i === 0});
    input.addEventListener("change", () => change(value));
    return element("label", {}, input, ` ${text}`);
  }));
};

// A drop-down list of [value, text]; `change` is called with the selected value.
spikeloom.select = (title, options, chosen, change) => {
  const {element} = spikeloom;
  const list = element("select", {}, options.map(([value, text]) =>
    element("option", {value, selected: value === chosen}, text)));
  list.addEventListener("change", () => change(list.value));
  return element("label", {}, `${title} `, list);
};

// Converts a table of the model, {columns, rows}, to objects with the columns as keys.
spikeloom.objects = (table) => table.rows.map((row) =>
  Object.fromEntries(table.columns.map((column, i) => [column, row[i]])));
