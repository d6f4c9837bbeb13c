// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

namespace spikeloom::bench {

/// Returns the CPU seconds of all child processes that have ended.
inline double children_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace spikeloom::bench
