// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/loaded_faults.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/faults/memory_faults.h"

namespace spikeloom::sim {
namespace {

using arch::CoreRegion;

/// A memory region of a core, or its first part, as a list of numbers.
template <typename T>
class Region {
 public:
  Region(hw::HostDriver& driver, std::uint64_t address, std::uint64_t bytes)
      : driver_(driver), address_(address), numbers_(bytes / sizeof(T)) {
    std::memcpy(numbers_.data(), driver.peek(address, bytes).data(), bytes);
  }
  std::vector<T>& numbers() { return numbers_; }
  void write() {
    std::vector<std::uint8_t> bytes(numbers_.size() * sizeof(T));
    std::memcpy(bytes.data(), numbers_.data(), bytes.size());
    driver_.poke(address_, std::move(bytes));
  }

 private:
  hw::HostDriver& driver_;
  std::uint64_t address_;
  std::vector<T> numbers_;
};

}  // namespace

hw::FaultCounts apply_memory_faults(const arch::Deployment& deployment,
                                    const hw::HardwareFaults& description, hw::HostDriver& driver) {
  const arch::ChipDescription& chip = deployment.chip;
  hw::MemoryFaults faults(chip, description);
  for (const arch::CoreLabels& labels : deployment.cores) {
    const arch::CoreLocation place = chip.place(labels.core);
    const auto address = [&](CoreRegion region) {
      return arch::core_address(place.unit, region, 0, place.chip);
    };
    const auto size = [&](CoreRegion region) { return arch::region_bytes(chip.core, region); };
    if (faults.any_of_synapses()) {
      for (const CoreRegion plane : {CoreRegion::kPlusPlane, CoreRegion::kMinusPlane}) {
        if (size(plane) == 0) continue;
        Region<std::uint64_t> words(driver, address(plane), size(plane));
        faults.change_plane(labels.core, plane, words.numbers());
        words.write();
      }
    }
    if (!faults.any_of_neurons() || labels.neurons.empty()) continue;
    Region<std::uint64_t> entries(driver, address(CoreRegion::kNeurons),
                                  labels.neurons.size() * arch::NeuronEntry::kBytes);
    std::vector<arch::NeuronEntry> neurons;
    for (std::size_t i = 0; i < entries.numbers().size(); i += 2) {
      neurons.push_back(arch::NeuronEntry::decode(entries.numbers()[i], entries.numbers()[i + 1]));
    }
    Region<std::int32_t> thresholds(driver, address(CoreRegion::kThresholds),
                                    size(CoreRegion::kThresholds));
    faults.change_thresholds(labels.core, neurons, thresholds.numbers());
    thresholds.write();
  }
  return faults.counts();
}

}  // namespace spikeloom::sim
