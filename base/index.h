// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace spikeloom::base {

/// Returns a size or an index, which is not negative, as the standard containers take it.
constexpr std::size_t to_size(std::ptrdiff_t value) { return static_cast<std::size_t>(value); }

/// The same by a short name, for the many indices of an expression.
constexpr std::size_t at(std::ptrdiff_t index) { return to_size(index); }

}  // namespace spikeloom::base
