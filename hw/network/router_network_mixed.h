// SPDX-License-Identifier: Apache-2.0
// RouterNetwork with routers that are not its own. For them, too, it keeps FIFOs and outputs as its
// own routers and the watchdog see them; which packets enter and leave in a cycle, they decide.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::hw {

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::restart_others() {
  last_move_ = 0;
  for (const auto& other : others_) {
    if (other != nullptr) other->restart();
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::visit_other(std::uint32_t index,
                                                          std::uint32_t cycle) {
  // Cycles without any move after which the network is stuck. They begin when nothing is under way
  // any more, so that one would suffice.
  constexpr std::uint32_t kPatience = 16;
  Router& router = routers_[index];
  if (router.in_use != 0) free_outputs(index, cycle);
  RouterIf& other = *others_[index];
  for (unsigned ports = router.due; ports != 0; ports &= ports - 1) {
    const unsigned port = arch::first_port(ports);
    const Source& from = source(index, port);
    other.offer(port, (*from.emissions)[from.next].packet);
  }
  unsigned ready = 0;
  for (unsigned output = 0; output < kPorts; ++output) {
    if (output_free_[index * kPorts + output] <= cycle) ready |= arch::port_bit(output);
  }
  const RouterStep& step = other.step(cycle, ready);
  for (unsigned ports = step.entered; ports != 0; ports &= ports - 1) {
    const unsigned port = arch::first_port(ports);
    if ((router.due & input_bit(port)) == 0 || router.fill[port] == depth_) {
      impossible(index, cycle, fmt::format("takes a packet at input {}", port));
    }
    inject(index, port, cycle);
  }
  for (const RouterStep::Copy& copy : step.copies) send_copy(index, copy, cycle);
  for (unsigned inputs = step.left; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = arch::first_port(inputs);
    if (router.fill[input] == 0 || oldest(index, input).eligible > cycle ||
        (router.requests & Fields::column(input)) != 0) {
      impossible(index, cycle, fmt::format("frees a place of input {}", input));
    }
    router.requests |= pop(index, input, cycle);
  }
  if ((router.occupied | router.due) == 0) return;
  if (cycle > last_move_ + credit_ + kPatience) {
    check_empty();
    impossible(index, cycle, "does not take a packet that may enter");
  }
  active(cycle + 1).insert(index);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::send_copy(std::uint32_t index,
                                                        const RouterStep::Copy& copy,
                                                        std::uint32_t cycle) {
  Router& router = routers_[index];
  const auto wrong = [&] {
    impossible(index, cycle,
               fmt::format("sends {:#018x} from input {} by output {}{}", copy.wire, copy.input,
                           copy.output, copy.second ? ", second channel" : ""));
  };
  if (copy.input >= kInputs || copy.output >= kPorts) wrong();
  const Requests request = Fields::at(copy.output, input_bit(copy.input));
  if ((router.requests & ~router.blocked & request) == 0) wrong();
  const Flit& flit = oldest(index, copy.input);
  const std::uint64_t packet = packets_[flit.packet];
  std::uint64_t wire = packet;
  bool second = false;
  if (topology_.is_link(router.place, copy.output)) {
    wire = Topology::wire(
        packet, topology_.onward(router.place, copy.input, copy.output, flit.destination));
    second = topology_.next(index, router.place, copy.input, copy.output).port >= kPorts;
  }
  if (copy.wire != wire || copy.second != second) wrong();
  if (flit.eligible != cycle) note_meeting(cycle);
  router.requests &= ~request;
  router.last_input[copy.output] = static_cast<std::uint8_t>(copy.input);
  move(index, copy.input, copy.output, flit, cycle);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::announce(const arch::Attachment& to,
                                                       std::uint64_t wire, std::uint32_t arrival) {
  RouterIf* const other = others_[to.router].get();
  if (other == nullptr) return;
  other->arrive(to.port, wire, arrival);
  active(now_ + 1).insert(to.router);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::tell_freed(std::uint32_t index, unsigned input,
                                                         std::uint32_t cycle) {
  const Router& router = routers_[index];
  const unsigned port = Topology::port_of(input);
  note_move(cycle);
  if (!topology_.is_link(router.place, port)) return;
  const arch::Attachment from = topology_.peer(index, router.place, port);
  RouterIf* const other = others_[from.router].get();
  if (other != nullptr) other->free(from.port, input >= kPorts ? 1 : 0, cycle);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::impossible(std::uint32_t index, std::uint32_t cycle,
                                                         const std::string& what) const {
  throw std::runtime_error(
      fmt::format("router {}, which is not the model's, {} in cycle {}, which is impossible",
                  arch::text(Topology::router_place(routers_[index].place)), what, in_tick(cycle)));
}

}  // namespace spikeloom::hw
