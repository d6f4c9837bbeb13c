// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/input_faults.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::property {

/// What a case tries beside one run in each timing.
enum class Extra {
  kNone,
  kMapAgain,    ///< the same mapping again
  kReadBack,    ///< the configuration is read back
  kFixedTicks,  ///< ticks of a fixed length that is long enough
  kShortTicks,  ///< ticks that may be too short
  kWorkers,     ///< several worker processes
  kSideBySide,  ///< images that run side by side
};
inline constexpr int kExtras = 7;
constexpr std::string_view name(Extra value) {
  switch (value) {
    case Extra::kNone:
      return "none";
    case Extra::kMapAgain:
      return "map again";
    case Extra::kReadBack:
      return "read back";
    case Extra::kFixedTicks:
      return "fixed ticks";
    case Extra::kShortTicks:
      return "short ticks";
    case Extra::kWorkers:
      return "workers";
    case Extra::kSideBySide:
      return "side by side";
  }
  return {};
}

/// A network, a chip, and how the one is mapped to and run on the other.
struct Case {
  converter::SpikingNetwork network;
  arch::ChipDescription chip;
  mapper::MapOptions map;  ///< without a profile
  std::optional<arch::SpikeProfile> profile;
  sim::DataSet images;
  std::size_t cycle_images = 0;  ///< images that run cycle by cycle: the first ones
  sim::InputFaults faults;
  Extra extra = Extra::kNone;
};

/// Returns the case of some choices.
Case make_case(test::Random& random);

/// Returns a description of a case for people, of many lines.
std::string describe(const Case& c);

}  // namespace spikeloom::property
