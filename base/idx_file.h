// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::base {

/// Reads an IDX file of unsigned bytes (the format of MNIST), plain or compressed by gzip. The
/// length of `sizes` is the required number of dimensions; it receives their sizes. Returns the
/// data in row-major order. Throws UserError if the file cannot be read or has another format.
std::vector<std::uint8_t> read_idx(const std::string& path, std::vector<std::uint32_t>& sizes);

}  // namespace spikeloom::base
