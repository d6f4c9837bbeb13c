// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/sim/inputs/data_set.h"

namespace spikeloom::sim {

/// Reads images, and labels if there are any, from the files of `source`. Throws base::UserError
/// for a file that cannot be read or whose array is not one of images or labels.
DataSet load_image_files(const DataSource& source);

}  // namespace spikeloom::sim
