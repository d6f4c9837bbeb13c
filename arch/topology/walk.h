// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/topology/attachment.h"

namespace spikeloom::arch {

/// Follows a packet from input `at` of a router to all its receivers. Calls `visit` with each input
/// and each output that it takes there; a router is visited before those behind it.
template <class Topology, class Visit>
void walk(const Topology& topology, const Attachment& at,
          const typename Topology::Destination& destination, const Visit& visit) {
  const typename Topology::Place place = topology.place(at.router);
  for (unsigned outputs = topology.outputs(place, at.port, destination); outputs != 0;
       outputs &= outputs - 1) {
    const unsigned output = first_port(outputs);
    visit(at, output);
    if (!topology.is_link(place, output)) continue;
    walk(topology, topology.next(at.router, place, at.port, output),
         topology.onward(place, at.port, output, destination), visit);
  }
}

}  // namespace spikeloom::arch
