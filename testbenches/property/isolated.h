// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "testbenches/property/check.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::property {

/// What a case is made from: a random seed, or choices.
using Source = std::variant<std::uint64_t, test::Choices>;

Case make_case(const Source& source, test::Choices& made);

struct Tried {
  Outcome outcome;
  test::Choices choices;  ///< that were made
  std::vector<std::string> features;
};

/// Checks a case in a process of its own: one that ends by a signal, or does not end, has failed. A
/// case has a limit of CPU time and, much longer, of time. Throws base::Stopped after Ctrl-C.
Tried try_case(const Source& source);

}  // namespace spikeloom::property
