// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::hw {

/// Faults of the hardware that nobody knows of: loading and mapping do not avoid them. The rates
/// are probabilities. What is hit depends on `seed` and on nothing else (docs/faults.md).
struct HardwareFaults {
  // Of each bit of the synapse memory, check bits included.
  double synapse_stuck_at_0 = 0.0;
  double synapse_stuck_at_1 = 0.0;
  double synapse_flip = 0.0;  ///< the bit is the opposite of what was loaded

  /// Standard deviation, in units of the potential, of what is added to all thresholds of a neuron.
  double threshold_noise = 0.0;

  // Of each neuron.
  double neuron_silent = 0.0;  ///< never fires
  double neuron_firing = 0.0;  ///< reaches all its thresholds in each tick

  double core_dead = 0.0;       ///< of each core in use: takes packets and never sends one
  std::vector<int> dead_cores;  ///< numbers of cores that are dead in any case

  double link_dead = 0.0;  ///< of each two routers that links join: packets wait for it for ever
  std::vector<arch::DeadLink> dead_links;  ///< these are dead in any case

  // Of each copy of a packet that arrives at a core or at the host.
  double packet_drop = 0.0;     ///< it is lost
  double packet_corrupt = 0.0;  ///< one of its bits is inverted

  std::uint64_t seed = 1;

  bool any_in_memory() const {
    return synapse_stuck_at_0 > 0.0 || synapse_stuck_at_1 > 0.0 || synapse_flip > 0.0 ||
           threshold_noise > 0.0 || neuron_silent > 0.0 || neuron_firing > 0.0 || core_dead > 0.0 ||
           !dead_cores.empty();
  }
  bool any_of_links() const { return link_dead > 0.0 || !dead_links.empty(); }
  bool any_of_packets() const { return packet_drop > 0.0 || packet_corrupt > 0.0; }
  bool any() const { return any_in_memory() || any_of_links() || any_of_packets(); }
};

/// What the faults of a run have hit.
struct FaultCounts {
  std::uint64_t synapse_bits = 0;     ///< bits that the crossbars read wrongly
  std::uint64_t corrected_words = 0;  ///< words of the synapse memory, by arch::Protection
  std::uint64_t detected_words = 0;   ///< likewise: known to be wrong, and taken as they are
  std::uint64_t shifted_neurons = 0;  ///< neurons whose thresholds have moved
  std::uint64_t silent_neurons = 0;   ///< without those of dead cores
  std::uint64_t firing_neurons = 0;
  std::uint64_t dead_cores = 0;
  std::uint64_t dead_links = 0;
  std::uint64_t dropped_packets = 0;
  std::uint64_t corrupted_packets = 0;
};

}  // namespace spikeloom::hw
