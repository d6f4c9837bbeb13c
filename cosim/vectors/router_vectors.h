// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/cosim/vectors/pin_track.h"
#include "spikeloom/cosim/vectors/vector_recorder.h"

namespace spikeloom::cosim {

/// A tick in the vectors of a router.
struct RouterTick {
  std::uint64_t number = 0;
  std::int64_t first_cycle = 0;  ///< of the vectors: cycle 0 of the tick
  std::int64_t cycles = 0;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;  ///< each copy
};

/// The vectors of a router: its pins in each cycle. Pins of several bits are one column a bit, and
/// those of flits one a port, the highest first.
struct RouterVectors {
  RouterVectors(unsigned ports, unsigned inputs);

  unsigned ports;
  unsigned inputs_of_router;
  unsigned channels;  ///< FIFOs at the end of a link
  // Constant pins.
  int x = 0;  ///< first column of its square, in cores
  int y = 0;
  int level = 0;
  std::uint64_t links = 0;    ///< bit p: port p is one of a link
  std::uint64_t sources = 0;  ///< bit p: a core or the host is at port p

  PinTrack inputs;
  PinTrack expected;
  std::int64_t cycles = 0;
  std::vector<RouterTick> ticks;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
};

/// Returns the vectors of a router, by number, from what was recorded of it in the ticks from
/// `from` on. Throws base::UserError if packets wait at the start of tick `from`.
RouterVectors router_vectors(const arch::ChipDescription& chip, std::uint32_t router,
                             const std::vector<RecordedTick>& ticks, std::uint64_t from);

}  // namespace spikeloom::cosim
