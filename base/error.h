// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace spikeloom::base {

/// What to tell the user of std::bad_alloc.
inline constexpr const char* kOutOfMemory = "out of memory; fewer workers (-j) need less";

/// An error that the user can cause and fix. Its text says what was found, where, and what is
/// allowed. Programs print it and exit with status kUserErrorStatus.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline constexpr int kUserErrorStatus = 2;

}  // namespace spikeloom::base
