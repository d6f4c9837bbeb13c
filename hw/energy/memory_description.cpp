// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/memory_description.h"

namespace spikeloom::hw {

using base::Unit;

MemoryDescription read_memory(const base::ConfigMap& map) {
  const auto number = [&map](std::string_view key, std::string_view value,
                             base::Range<double> allowed) {
    return read_coefficient(map.map(key), value, allowed);
  };
  const auto energy = [&map](std::string_view key, std::string_view value = "energy") {
    return read_coefficient(map.map(key), value, Unit::kJoule, {0.0, 1e3});
  };
  MemoryDescription memory;
  memory.cell_area = number("cell_area", "um2", {1e-4, 1e3});
  memory.cell_aspect = number("cell_aspect", "value", {0.1, 10.0});
  memory.peripheral_rows = number("peripheral_rows", "rows", {0.0, 1e4});
  memory.peripheral_columns = number("peripheral_columns", "columns", {0.0, 1e4});
  memory.port_area = number("port_area", "share", {0.0, 10.0});
  memory.fixed = energy("fixed");
  memory.bit = energy("bit");
  memory.written_bit = energy("written_bit");
  memory.column = energy("column");
  memory.cell = energy("cell");
  memory.wire = energy("wire", "energy_per_mm");
  memory.register_cell = energy("register_cell");
  memory.config_bus = energy("config_bus");
  memory.cell_leakage = read_coefficient(map.map("cell_leakage"), "power", Unit::kWatt, {0.0, 1.0});
  memory.max_rows = number("max_rows", "rows", {1.0, 1e6});
  memory.max_columns = number("max_columns", "columns", {1.0, 1e6});
  return memory;
}

}  // namespace spikeloom::hw
