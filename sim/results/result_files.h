// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Each function writes the text of the file of that name (docs/running.md). `energy` is null with
/// timing functional.
void images_csv(const RangeResult& result, const arch::Deployment& deployment,
                const EnergyReport* energy, const TextSink& out);
/// Counts over the steady ticks, without zeros (docs/energy.md).
void events_csv(const EnergyReport& energy, const TextSink& out);
void energy_csv(const EnergyReport& energy, const TextSink& out);
void cores_csv(const EnergyReport& energy, const arch::Deployment& deployment, const TextSink& out);
void power_csv(const EnergyReport& energy, const RangeResult& result,
               const arch::ChipDescription& chip, const TextSink& out);
void ticks_csv(const EnergyReport& energy, const RangeResult& result, const TextSink& out);

}  // namespace spikeloom::sim
