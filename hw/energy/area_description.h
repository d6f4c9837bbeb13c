// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/coefficient.h"

namespace spikeloom::hw {

/// The section `area` of a technology file. Areas are in square micrometres, after layout.
struct AreaDescription {
  Coefficient sram_bit;        ///< including its share of the periphery; may be modelled
  Coefficient register_bit;    ///< one flip-flop
  Coefficient adder_bit;       ///< of an adder or comparator
  Coefficient crosspoint_bit;  ///< of a router's crossbar
  Coefficient logic_share;     ///< control logic of a core, as a share of the rest of the core
  Coefficient chip_share;      ///< pads, clock tree, host port and bus, as a share of all cores
};

/// `map` is the section of `file`.
AreaDescription read_area(base::ConfigFile& file, const base::ConfigMap& map);

}  // namespace spikeloom::hw
