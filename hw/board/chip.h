// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <systemc>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/core.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// A chip of a board. Holds its cores, by bus unit, and starts ticks in those that are enabled.
class Chip : public sc_core::sc_module {
 public:
  sc_core::sc_port<TickIf> tick;

  Chip(const sc_core::sc_module_name& name, const arch::ChipDescription& description, int number,
       const CoreFactory& make_core);

  const char* kind() const override { return "spikeloom::Chip"; }

  /// Looks at all cores when the next tick starts. To be called when they have been reset.
  void wake_all();

  Core& core(int unit) { return cores_[static_cast<std::size_t>(unit)]; }

 private:
  void on_tick();
  void wake(std::size_t unit);

  sc_core::sc_vector<Core> cores_;
  /// Cores that may be enabled, in ascending order: all after a reset, then those that were enabled
  /// when a tick last started or have been since. A tick costs nothing for the others.
  std::vector<std::size_t> awake_;
};

}  // namespace spikeloom::hw
