// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "testbenches/property/isolated.h"

namespace spikeloom::property {

/// Writes a failed case, with what people want to know of it, as a text file.
void write_reproducer(const std::string& path, std::uint64_t seed, std::uint64_t number,
                      const Tried& failed);

/// Returns the choices of such a file. Throws base::UserError if there are none.
test::Choices read_reproducer(const std::string& path);

}  // namespace spikeloom::property
