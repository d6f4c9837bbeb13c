// SPDX-License-Identifier: Apache-2.0
// The inputs of a sweep's results.
"use strict";

spikeloom.sweepProvenance = (model) => {
  const {element} = spikeloom;
  const {sweep, directory} = model;
  const code = (value) => element("code", {}, value);
  spikeloom.section("provenance", "Question and provenance",
    spikeloom.table("The sweep", [{title: ""}, {title: ""}],
      [["program", `spikeloom ${sweep.version}`], ["results", code(directory)],
       ["schema", sweep.schema], ["sweep file", code(sweep.file ?? "–")]]),
    spikeloom.table("Inputs, and the UUID of their bytes",
      [{title: "role"}, {title: "path"}, {title: "UUID"}],
      model.inputs.rows.map(([role, path, content]) => [role, code(path), code(content)])),
    sweep.source ? spikeloom.details("The sweep file", element("pre", {tabindex: "0"}, sweep.text)) : null);
};
