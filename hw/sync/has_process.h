// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

/// Names the module's class for SC_METHOD and SC_THREAD. SystemC 2.3 needs SC_HAS_PROCESS for that;
/// SystemC 3.0 deprecates it, with a warning from clang.
#if IEEE_1666_SYSTEMC < 202301L
#define SPIKELOOM_HAS_PROCESS(Module) SC_HAS_PROCESS(Module)
#else
#define SPIKELOOM_HAS_PROCESS(Module) static_assert(true)
#endif
