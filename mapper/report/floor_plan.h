// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// The board as an SVG drawing: its cores in their places, coloured by layer, shaded by dendrites
/// in use, shared ones split; the busiest links; a legend. It follows the viewer's light or dark
/// scheme.
std::string floor_plan(const mapper::MappingReport& report, const arch::Deployment& deployment);

}  // namespace spikeloom::mapper
