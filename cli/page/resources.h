// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/resources.h"

namespace spikeloom::cli {

/// Returns the files of the reports' pages.
const base::Resources& resources();

}  // namespace spikeloom::cli
