// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/resources.h"

namespace spikeloom::cosim {

/// Returns the files of rtl/, and those that are compiled with a Verilated module (verilated/).
const base::Resources& resources();

}  // namespace spikeloom::cosim
