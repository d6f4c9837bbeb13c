// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/stack_bounds.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPIKELOOM_HAS_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SPIKELOOM_HAS_ASAN
#endif

#ifdef SPIKELOOM_HAS_ASAN
#include <cstddef>

#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace spikeloom::sim {

void restore_stack_bounds() {
#ifdef SPIKELOOM_HAS_ASAN
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* bottom = nullptr;
  std::size_t size = 0;
  ::pthread_attr_getstack(&attributes, &bottom, &size);
  ::pthread_attr_destroy(&attributes);
  void* fake_stack = nullptr;
  ::__sanitizer_start_switch_fiber(&fake_stack, bottom, size);
  ::__sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

}  // namespace spikeloom::sim
