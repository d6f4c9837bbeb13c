// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace spikeloom::base {

/// The user stopped a command.
class Stopped : public std::runtime_error {
 public:
  explicit Stopped(int signal, const char* text = "stopped; nothing written")
      : std::runtime_error(text), signal_(signal) {}
  /// As a shell reports a program that a signal ended.
  int exit_status() const { return 128 + signal_; }

 private:
  int signal_;
};

}  // namespace spikeloom::base
