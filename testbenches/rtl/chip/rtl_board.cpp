// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/rtl_board.h"

#include <dlfcn.h>

#include "spikeloom/base/error.h"

namespace spikeloom::rtl {

std::unique_ptr<RtlBoard> load_rtl_board(const std::string& library, const char* name,
                                         double frequency_hz) {
  // It is never unloaded, since its objects live until the program ends.
  void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) throw base::UserError(std::string(::dlerror()) + "\n");
  const auto make = reinterpret_cast<RtlBoardFactory*>(::dlsym(loaded, kRtlBoardFactory));
  if (make == nullptr) throw base::UserError(library + ": is not the RTL of a chip\n");
  return std::unique_ptr<RtlBoard>(make(name, frequency_hz));
}

}  // namespace spikeloom::rtl
