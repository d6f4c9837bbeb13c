// SPDX-License-Identifier: Apache-2.0
// The page of one run.
"use strict";

(() => {
  const run = spikeloom.model;
  const {summary} = run;
  document.getElementById("subtitle").textContent =
    (summary.workload ? `synthetic workload, ${summary.images} ticks, `
      : `${summary.network}, ${summary.images} images of ${summary.data}, `) +
    `${summary.chip_description.clock_hz / 1e6} MHz, ${summary.chip_description.voltage_v} V, ` +
    summary.energy;
  spikeloom.headline(run);
  if (run.energy) {
    spikeloom.energySection(run);
    spikeloom.floorPlan(run);
    spikeloom.timelineSection(run);
  }
  spikeloom.latencySection(run);
  if (run.images.confusion) {
    spikeloom.classSection(run);
    spikeloom.wrongSection(run);
  }
  spikeloom.provenanceSection(run);
  spikeloom.drawCharts();
})();
