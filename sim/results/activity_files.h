// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Writes activity.csv: means over the steady ticks, by core (docs/running.md).
void activity_csv(const EnergyReport& energy, const RangeResult& result,
                  const arch::Deployment& deployment, const TextSink& out);
/// Writes links.csv: likewise, by link that carried packets.
void links_csv(const EnergyReport& energy, const RangeResult& result,
               const arch::Deployment& deployment, const TextSink& out);
/// Writes timeline.csv: the timing of each part of the network in each tick.
void timeline_csv(const RangeResult& result, const arch::Deployment& deployment,
                  const TextSink& out);

}  // namespace spikeloom::sim
