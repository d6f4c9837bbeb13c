// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/chip.h"

#include <string>

#include "spikeloom/arch/names.h"

namespace spikeloom::hw {

Chip::Chip(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
           int number, const CoreFactory& make_core)
    : sc_module(name), cores_("cores") {
  cores_.init(static_cast<std::size_t>(description.mesh.cores()),
              [&](const char*, std::size_t unit) {
                const int core = description.core_at({number, static_cast<int>(unit)}).value();
                const arch::MeshDescription grid = description.grid();
                const std::string core_name = arch::local_core_name(grid.x(core), grid.y(core));
                return new Core(core_name.c_str(), core, make_core(description, core));
              });
}

}  // namespace spikeloom::hw
