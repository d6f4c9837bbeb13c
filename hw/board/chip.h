// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <systemc>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/core.h"
#include "spikeloom/hw/core/core_if.h"

namespace spikeloom::hw {

/// A chip of a board. Holds its cores, by bus unit.
class Chip : public sc_core::sc_module {
 public:
  Chip(const sc_core::sc_module_name& name, const arch::ChipDescription& description, int number,
       const CoreFactory& make_core);

  const char* kind() const override { return "spikeloom::Chip"; }

  Core& core(int unit) { return cores_[static_cast<std::size_t>(unit)]; }

 private:
  sc_core::sc_vector<Core> cores_;
};

}  // namespace spikeloom::hw
