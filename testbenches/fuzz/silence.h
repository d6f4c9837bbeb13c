// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iostream>
#include <sstream>

namespace spikeloom::fuzz {

/// Takes what is printed on standard output during its lifetime.
class SilentOutput {
 public:
  SilentOutput() : before_(std::cout.rdbuf(taken_.rdbuf())) {}
  ~SilentOutput() { std::cout.rdbuf(before_); }
  SilentOutput(const SilentOutput&) = delete;
  SilentOutput& operator=(const SilentOutput&) = delete;

 private:
  std::ostringstream taken_;
  std::streambuf* before_;
};

}  // namespace spikeloom::fuzz
