// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::hw {

/// What a router does in a cycle. Inputs and outputs have the numbers of its topology; a set of
/// inputs has a bit for each.
struct RouterStep {
  /// A copy of the oldest packet of an input that leaves by an output.
  struct Copy {
    unsigned input = 0;
    unsigned output = 0;
    std::uint64_t wire = 0;  ///< its bits on the link, as in Departure
    bool second = false;     ///< it goes to the second channel of the link
  };
  std::vector<Copy> copies;
  unsigned entered = 0;  ///< offered packets that take a place in their FIFOs
  unsigned left = 0;     ///< inputs whose oldest packet leaves its FIFO with its last copy
};

/// Interface of a router that works in the place of one of RouterNetwork's own, such as a
/// synthesizable one. It decides which packets leave in each cycle. The network does all else: it
/// carries packets over links, knows what is in the FIFOs, and counts.
///
/// Cycles count on over ticks in which packets are late, and start at 0 with `restart`.
class RouterIf {
 public:
  virtual ~RouterIf() = default;

  /// A tick starts with an empty network: all FIFOs, its own and those at the end of its links.
  virtual void restart() = 0;
  /// A packet arrives at the end of a link in `cycle`, which is later than the last step.
  virtual void arrive(unsigned input, std::uint64_t wire, std::uint32_t cycle) = 0;
  /// A packet leaves the FIFO at the end of an output's link in `cycle`, the cycle of the last step
  /// or a later one.
  virtual void free(unsigned output, unsigned channel, std::uint32_t cycle) = 0;
  /// A packet of a core or the host may enter in the next step.
  virtual void offer(unsigned input, arch::Packet packet) = 0;
  /// Works through `cycle`, which is later than the last one. No packet was in the FIFOs or on
  /// links to them in cycles that are left out. `ready` has a bit for each output that may send.
  /// The result is valid until the next call.
  virtual const RouterStep& step(std::uint32_t cycle, unsigned ready) = 0;
};

/// Makes router `number` of a board, or returns null to leave it to the model. The description must
/// outlive the router.
using RouterFactory = std::function<std::unique_ptr<RouterIf>(const arch::ChipDescription& chip,
                                                              std::uint32_t number)>;

}  // namespace spikeloom::hw
