// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace spikeloom::base {

/// Thrown when the user stops a command by a signal.
class Stopped : public std::runtime_error {
 public:
  explicit Stopped(int signal, const std::string& text = "stopped; nothing written")
      : std::runtime_error(text), signal_(signal) {}
  int signal() const { return signal_; }
  /// Exit status that shells report for a program terminated by a signal: 128 + signal.
  int exit_status() const { return 128 + signal_; }

 private:
  int signal_;
};

}  // namespace spikeloom::base
