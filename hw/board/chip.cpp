// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/chip.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "spikeloom/arch/names.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::hw {

Chip::Chip(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
           int number, const CoreFactory& make_core)
    : sc_module(name), tick("tick"), cores_("cores") {
  cores_.init(static_cast<std::size_t>(description.mesh.cores()),
              [&](const char*, std::size_t unit) {
                const int core = description.core_at({number, static_cast<int>(unit)}).value();
                const arch::MeshDescription grid = description.grid();
                const std::string core_name = arch::local_core_name(grid.x(core), grid.y(core));
                return new Core(core_name.c_str(), core, make_core(description, core),
                                [this, unit] { wake(unit); });
              });
  wake_all();
  SPIKELOOM_HAS_PROCESS(Chip);
  SC_METHOD(on_tick);
  sensitive << tick;
  dont_initialize();
}

void Chip::wake_all() {
  awake_.resize(cores_.size());
  std::iota(awake_.begin(), awake_.end(), std::size_t{0});
}

void Chip::wake(std::size_t unit) {
  const auto place = std::lower_bound(awake_.begin(), awake_.end(), unit);
  if (place == awake_.end() || *place != unit) awake_.insert(place, unit);
}

void Chip::on_tick() {
  if (!tick->running()) return;
  const auto sleeps = [this](std::size_t unit) { return !cores_[unit].core().enabled(); };
  awake_.erase(std::remove_if(awake_.begin(), awake_.end(), sleeps), awake_.end());
  for (const std::size_t unit : awake_) cores_[unit].begin_tick();
}

}  // namespace spikeloom::hw
