// SPDX-License-Identifier: Apache-2.0
// Configuration and input files of the run.
"use strict";

spikeloom.provenanceSection = (run) => {
  const {element, number, text, words} = spikeloom;
  const {summary} = run;
  const code = (value) => element("code", {}, value);
  const flatten = (value, path) => value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, child]) => flatten(child, path ? `${path}.${key}` : key))
    : [[path, value]];
  const plain = (value) => typeof value === "number" ? String(value)
    : typeof value === "string" ? value : JSON.stringify(value);
  const faultsOf = ({seed, ...probabilities}) => {
    const applied = Object.entries(probabilities).filter(([, probability]) => probability > 0);
    return applied.length === 0 ? "none"
      : [...applied, ["seed", seed]].map(([name, value]) => `${name} ${value}`).join(", ");
  };
  const last = summary.first + summary.images - 1;
  const facts = [
    ["program", `spikeloom ${summary.version}`],
    ...(summary.workload ? Object.entries(summary.workload).filter(([, value]) => value !== null)
      .map(([key, value]) => [`workload: ${words(key)}`, plain(value)])
      : [["network", summary.network],
         ["data", `${summary.data}, test images ${summary.first} to ${last}`]]),
    ...(summary.preprocessing ? [["preprocessing", flatten(summary.preprocessing, "").map(
      ([key, value]) => `${key} ${plain(value)}`).join(", ")]] : []),
    ["chip", summary.chip], ["technology", summary.energy],
    ["timing", summary.workload ? summary.timing
      : `${summary.timing}, ${summary.pipeline ? "one image per tick" : "one image after the other"}`],
    ...(summary.workload ? [] : [["mapper", `objective ${summary.objective}, seed ${summary.seed}`],
                                 ["input faults", faultsOf(summary.faults)]]),
    ["settings", summary.settings.length === 0 ? "none" : code(summary.settings.join("  "))],
    ["results", code(run.directory)],
    ["loading", `${text(summary.configuration.transactions)} transactions, ` +
      `${text(summary.configuration.bytes)} bytes` +
      (summary.configuration.ms === null ? "" : `, ${text(summary.configuration.ms)} ms, ` +
        `${text(summary.configuration.mj)} mJ`)]];
  const keys = flatten(summary.chip_description, "");
  spikeloom.section("provenance", "Configuration and provenance",
    spikeloom.table("The run", [{title: ""}, {title: ""}], facts),
    spikeloom.table("Files, and the CRC-32 of their bytes",
      [{title: "role"}, {title: "path"}, {title: "CRC-32"}],
      Object.entries(summary.files).map(([role, file]) => [role, code(file.path), code(file.crc32)])),
    spikeloom.details(`Chip description: ${keys.length} keys`,
      spikeloom.table("All keys of the chip of this run", [{title: "key"}, {title: "value"}],
        keys.map(([key, value]) => [code(key), plain(value)]))),
    spikeloom.details("Energy coefficients",
      spikeloom.table("Picojoules per event or cycle at the run's voltage and clock, and their source",
        [{title: "term"}, {title: "pJ", number: true}, {title: "status"}],
        Object.entries(summary.coefficients).map(([name, {pj, status}]) =>
          [words(name), number(pj), status]))),
    spikeloom.details("Area", spikeloom.table("Area of a chip by part, mm²",
      [{title: "part"}, {title: "mm²", number: true}],
      [...Object.entries(summary.area_mm2.parts).map(([part, mm2]) => [words(part), number(mm2)]),
       ["chip", number(summary.area_mm2.chip)], ["board", number(summary.area_mm2.board)]])));
};
