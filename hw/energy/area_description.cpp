// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/area_description.h"

namespace spikeloom::hw {

AreaDescription read_area(base::ConfigFile& file, const base::ConfigMap& map) {
  constexpr base::Range<double> kSquareMicrometres = {0.0, 1e6};
  const auto area = [&](std::string_view key) {
    return read_coefficient(map.map(key), "um2", kSquareMicrometres);
  };
  const auto share = [&map](std::string_view key) {
    return read_coefficient(map.map(key), "share", {0.0, 10.0});
  };
  const base::ConfigMap bit = map.map("sram_bit");
  const auto um2 = [&] { return bit.real("um2", kSquareMicrometres); };
  return {read_modelled(file, bit, "um2", um2),
          area("register_bit"),
          area("adder_bit"),
          area("crosspoint_bit"),
          share("logic_share"),
          share("chip_share")};
}

}  // namespace spikeloom::hw
