// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/base/npy.h"

namespace spikeloom::base {

/// Reads an IDX file (the format of MNIST) of any of its types, plain or compressed by gzip. Throws
/// UserError if the file cannot be read or has another format.
NpyArray read_idx(const std::string& path);

/// Likewise for unsigned bytes. The length of `sizes` is the required number of dimensions; it
/// receives their sizes. Returns the data in row-major order.
std::vector<std::uint8_t> read_idx(const std::string& path, std::vector<std::uint32_t>& sizes);

}  // namespace spikeloom::base
