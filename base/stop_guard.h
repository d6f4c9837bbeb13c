// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <vector>

#include <poll.h>

namespace spikeloom::base {

/// While a guard exists, Ctrl-C and SIGTERM are recorded instead of ending the program, so that the
/// program can clean up. Guards may be nested; the record is kept until the outermost one ends.
class StopGuard {
 public:
  StopGuard();
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;

  /// Returns the signal received, or 0.
  static int signal();
  /// Throws Stopped if a signal was received.
  static void check();
  /// Waits like poll(), without a timeout if there is no `timeout`. Returns at once on a signal,
  /// also on one received before the call. Returns the number of descriptors with events.
  static int poll(std::vector<pollfd>& polled,
                  std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  /// For a child process whose parent handles these signals: from now on they are ignored here, and
  /// guards have no effect.
  static void ignore_in_child();

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace spikeloom::base
