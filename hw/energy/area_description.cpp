// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/area_description.h"

namespace spikeloom::hw {

AreaDescription read_area(const base::ConfigMap& map) {
  const auto area = [&map](std::string_view key) {
    return read_coefficient(map.map(key), "um2", {0.0, 1e6});
  };
  const auto share = [&map](std::string_view key) {
    return read_coefficient(map.map(key), "share", {0.0, 10.0});
  };
  return {area("sram_bit"),       area("register_bit"), area("adder_bit"),
          area("crosspoint_bit"), share("logic_share"), share("chip_share")};
}

}  // namespace spikeloom::hw
