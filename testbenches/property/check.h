// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "testbenches/property/property_case.h"

namespace spikeloom::property {

/// How a case ended.
struct Outcome {
  enum class Kind { kPassed, kRefused, kFailed };
  Kind kind = Kind::kPassed;
  std::string check;  ///< if it failed: which check
  std::string text;   ///< if it did not pass: why
};

/// Takes a case all the way: network and deployment through their files, mapping, verification,
/// loading, and runs in both timings, in which every spike, count and class is compared with the
/// integer reference. A network that does not fit is tried again with larger cores, and refused in
/// the end; any other error is a failure. Forks processes.
Outcome check(const Case& c);

}  // namespace spikeloom::property
