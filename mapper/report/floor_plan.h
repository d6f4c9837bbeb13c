// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// Returns an SVG drawing of the board: the cores in their positions, coloured by layer and shaded
/// by dendrites in use, with shared cores split; the busiest links; and a legend. Follows the
/// viewer's light or dark colour scheme.
std::string floor_plan(const mapper::MappingReport& report, const arch::Deployment& deployment);

}  // namespace spikeloom::mapper
