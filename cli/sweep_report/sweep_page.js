// SPDX-License-Identifier: Apache-2.0
// The page of a sweep.
"use strict";

(() => {
  const {model} = spikeloom;
  const sweep = spikeloom.sweepPoints(model);
  const axes = sweep.axes.map(({column}) => column).join(", ");
  document.getElementById("subtitle").textContent =
    `${sweep.points.length} points of ${model.sweep.question.run.split("/").pop()}: ${axes}`;
  spikeloom.sweepHeadline(model, sweep);
  if (sweep.done.length > 0) {
    spikeloom.paretoSection(model, sweep);
    spikeloom.parallelSection(model, sweep);
    spikeloom.sensitivitySection(model);
    spikeloom.scatterSection(model, sweep);
    spikeloom.repetitionSection(model, sweep);
  }
  spikeloom.pointsSection(model, sweep);
  spikeloom.sweepProvenance(model);
  spikeloom.drawCharts();
})();
