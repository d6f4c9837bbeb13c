// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/deployment_readback.h"

#include <optional>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/names.h"

namespace spikeloom::mapper {

std::map<int, CoreReadback> read_back(const arch::Deployment& deployment, const Finding& finding) {
  const arch::ChipDescription& chip = deployment.chip;
  std::map<int, CoreReadback> cores;
  const auto of_core = [&](int core) {
    return [&, core](const std::string& what) {
      finding(fmt::format("{}: {}", arch::core_name(chip, core), what));
    };
  };
  for (const arch::Transaction& transaction : deployment.transactions) {
    const auto address = arch::BusAddress::decode(transaction.address);
    const std::optional<int> core =
        address ? chip.core_at({address->chip, address->unit}) : std::nullopt;
    if (!core) {
      finding(fmt::format("a write to {:#x}, where there is no core", transaction.address));
      continue;
    }
    if (cores.count(*core) == 0 && chip.is_dead(*core)) of_core (*core)("is written, but is dead");
    cores.try_emplace(*core, chip.core)
        .first->second.write(*address, transaction.data, chip.bus, of_core(*core));
  }
  for (auto& [number, core] : cores) core.decode(of_core(number));
  return cores;
}

}  // namespace spikeloom::mapper
