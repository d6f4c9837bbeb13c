// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/chip.h"

namespace spikeloom::hw {

Chip::Chip(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
           int number, const CoreFactory& make_core)
    : sc_module(name), cores_("core") {
  cores_.init(static_cast<std::size_t>(description.mesh.cores()),
              [&](const char* core_name, std::size_t unit) {
                const int core = description.core_at({number, static_cast<int>(unit)}).value();
                return new Core(core_name, core, make_core(description, core));
              });
}

}  // namespace spikeloom::hw
