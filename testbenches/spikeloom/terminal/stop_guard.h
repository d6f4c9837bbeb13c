// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace spikeloom::program {

/// While it lives, Ctrl-C and SIGTERM are noted in place of ending the program, so that what was
/// begun can be taken back. Guards may be nested; the note lasts as long as the outermost one.
class StopGuard {
 public:
  StopGuard();
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;

  /// The signal that came, or 0.
  static int signal();
  /// Throws Stopped where one came.
  static void check();
  /// Signals do again what they did before: for a child process.
  void restore() const;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace spikeloom::program
