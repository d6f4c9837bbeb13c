// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/packet.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// Something that fills a board: what to write, and packets that the host may send.
struct BoardLoad {
  std::vector<arch::Transaction> transactions;
  std::vector<arch::Packet> inputs;  ///< of level 0; the host picks from them
  int input_levels = 1;              ///< that each input may have added
  arch::Packet unknown;              ///< a packet for an axon that its core does not have
};

/// Random cores that send to each other, to rectangles of cores, to expansion lists, and to the
/// host: several groups, levels and gathers a neuron, shifts, empty groups, cores without neurons.
/// Every packet that they send is for an axon that exists. `activity` is from 1 (few spikes) to 10.
BoardLoad random_cores(const arch::ChipDescription& chip, test::Random& random, int activity);

/// A random network of layers that the mapper has placed on the board. Tries networks until one
/// fits.
BoardLoad random_mapped_network(const arch::ChipDescription& chip, test::Random& random);

}  // namespace spikeloom::rtl
