// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::base {

/// Reads an IDX file of unsigned bytes (MNIST's format), compressed by gzip or not. `sizes` tells
/// how many dimensions it must have and gets their sizes; the data follow with the last dimension
/// fastest. Throws UserError.
std::vector<std::uint8_t> read_idx(const std::string& path, std::vector<std::uint32_t>& sizes);

}  // namespace spikeloom::base
