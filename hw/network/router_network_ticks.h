// SPDX-License-Identifier: Apache-2.0
// RouterNetwork between ticks: which packets enter, and which are left over.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::hw {

template <class Topology, class Arbiter, class Watch>
RouterNetwork<Topology, Arbiter, Watch>::RouterNetwork(const arch::ChipDescription& chip,
                                                       SpikeSink& sink, std::size_t categories,
                                                       NetworkObserver* observer,
                                                       const RouterFactory& others,
                                                       const std::vector<arch::DeadLink>& broken)
    : chip_(chip),
      sink_(sink),
      topology_(chip),
      pipeline_(static_cast<std::uint32_t>(chip.router.pipeline_cycles)),
      link_{static_cast<std::uint32_t>(chip.router.packet_link_cycles()),
            static_cast<std::uint32_t>(chip.inter_chip.packet_link_cycles())},
      credit_(static_cast<std::uint32_t>(chip.router.credit_cycles)),
      depth_(static_cast<unsigned>(chip.router.fifo_depth)),
      depth_bits_(depth_ == 1 ? 0 : 32U - static_cast<unsigned>(__builtin_clz(depth_ - 1))),
      router_count_(topology_.routers()),
      routers_(router_count_),
      output_free_(router_count_ * kPorts),
      flits_(router_count_ << (kPortBits + depth_bits_)),
      core_sources_(static_cast<std::size_t>(chip.grid().cores())),
      used_(router_count_),
      host_input_(chip.host_port.millicycles_per_packet()),
      host_output_(chip.host_port.millicycles_per_packet()),
      trunk_(chip.trunk.millicycles_per_packet()),
      active_{NumberSet(router_count_), NumberSet(router_count_)},
      chosen_(router_count_ * kPorts),
      visited_(router_count_),
      freed_(router_count_ * kInputs + 1),
      dead_([&] {
        std::vector<arch::DeadLink> all = chip.defects.links;
        all.insert(all.end(), broken.begin(), broken.end());
        return all;
      }()),
      dead_links_(chip, dead_),
      apart_(host_packets_keep_apart()),
      longest_way_(static_cast<std::uint32_t>(chip.grid().columns + chip.grid().rows + 2) *
                   (pipeline_ + std::max(link_[0], link_[1]))),
      activity_(categories),
      hops_(categories),
      link_packets_(router_count_ * kPorts),
      watch_(observer, router_count_) {
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    routers_[i].place = topology_.place(static_cast<std::uint32_t>(i));
  }
  for (std::uint32_t i = 0; i < router_count_ && dead_links_.any(); ++i) {
    for (unsigned port = 0; port < kPorts; ++port) {
      if (dead_links_.at(i * kPorts + port) != arch::DeadLinks::kNone) {
        dead_outputs_.push_back({i, port});
      }
    }
  }
  for (const arch::DeadCore& core : chip.defects.cores) {
    dead_outputs_.push_back(topology_.core_port(chip.grid().core_at(core.x, core.y)));
  }
  if constexpr (Watch::kMixed) {
    for (std::uint32_t i = 0; i < router_count_; ++i) others_.push_back(others(chip, i));
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::begin_tick() {
  std::fill(activity_.begin(), activity_.end(), NetworkActivity{});
  used_.for_each([this](std::uint32_t first, std::uint32_t end) {
    std::fill(link_packets_.begin() + first * kPorts, link_packets_.begin() + end * kPorts, 0);
  });
  if (goes_on_) {
    goes_on_ = false;
    return;
  }
  // FIFOs are empty between ticks. Arbiters and rate limiters are reset, so that a tick depends
  // only on its own packets.
  used_.for_each([this](std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t i = first; i < end; ++i) {
      Router& router = routers_[i];
      router.requests = 0;
      router.blocked = 0;
      router.room.fill(static_cast<std::uint8_t>(depth_));
      router.last_input.fill(0);
      router.due = 0;
      router.in_use = 0;
      router.awaited = 0;
    }
    std::fill(output_free_.begin() + first * kPorts, output_free_.begin() + end * kPorts, 0);
  });
  used_.clear();
  for (Source* const source : used_sources_) *source = {};
  used_sources_.clear();
  host_input_.clear();
  host_output_.clear();
  trunk_.clear();
  for (NumberSet& routers : active_) routers.clear();
  events_.clear();
  freed_count_ = 0;
  entries_.clear();
  packets_.clear();
  now_ = 0;
  start_ = 0;
  last_arrival_ = 0;
  last_meeting_ = 0;
  if constexpr (Watch::kMixed) {
    used_.insert_all();
    restart_others();
  }
  block_dead_outputs();
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::block_dead_outputs() {
  for (const arch::Attachment& output : dead_outputs_) {
    // In use until the last cycle, which nothing waits for.
    Router& router = routers_[output.router];
    const std::uint8_t bit = arch::port_bit(output.port);
    router.in_use = static_cast<std::uint8_t>(router.in_use | bit);
    router.awaited = static_cast<std::uint8_t>(router.awaited | bit);
    router.blocked |= Fields::at(output.port);
    output_free_[output.router * kPorts + output.port] = UINT32_MAX;
  }
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::end_tick(std::int64_t cycles, bool cores_late) {
  // Cycles have 32 bits.
  if (start_ > UINT32_MAX / 2) {
    throw std::logic_error("network: packets have been late for more than 2^31 cycles");
  }
  start_ += static_cast<std::uint32_t>(cycles);
  for (Source& source : core_sources_) keep_late(source, cycles);
  keep_late(host_source_, cycles);
  goes_on_ = cores_late || waiting(0).packets + waiting(1).packets != 0 || last_arrival_ > start_;
  if (goes_on_) forget_delivered();
}

template <class Topology, class Arbiter, class Watch>
template <class Function>
void RouterNetwork<Topology, Arbiter, Watch>::for_each_flit(const Function& function) const {
  used_.for_each([&](std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t i = first; i < end; ++i) {
      const Router& router = routers_[i];
      for (unsigned input = 0; input < kInputs; ++input) {
        for (unsigned f = 0; f < router.fill[input]; ++f) {
          function(flit_index(fifo(i, input), router.head[input] + f));
        }
      }
    }
  });
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::forget_delivered() {
  std::vector<std::uint64_t> left;
  for_each_flit([&](std::size_t place) {
    std::uint32_t& number = flits_[place].packet;
    left.push_back(packets_[number]);
    number = static_cast<std::uint32_t>(left.size() - 1);
  });
  packets_ = std::move(left);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::keep_late(Source& source, std::int64_t cycles) const {
  std::vector<Emission> late;
  if (source.emissions != nullptr) {
    for (std::size_t i = source.next; i < source.emissions->size(); ++i) {
      late.push_back((*source.emissions)[i]);
      late.back().ready = std::max<std::int64_t>(0, late.back().ready - cycles);
    }
  }
  source.late = std::move(late);
  source.emissions = source.late.empty() ? nullptr : &source.late;
  source.next = 0;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::add_link_packets(
    std::vector<std::uint64_t>& sums) const {
  sums.resize(link_packets_.size());
  used_.for_each([&](std::uint32_t first, std::uint32_t end) {
    for (std::size_t link = first * kPorts; link < end * kPorts; ++link) {
      sums[link] += link_packets_[link];
    }
  });
}

template <class Topology, class Arbiter, class Watch>
Waiting RouterNetwork<Topology, Arbiter, Watch>::waiting(int parity) const {
  Waiting result;
  const auto add = [&](arch::Packet packet) {
    if (packet.parity() == parity) result.add(packet);
  };
  for_each_flit([&](std::size_t place) { add(arch::Packet(packets_[flits_[place].packet])); });
  for (const Source& source : core_sources_) {
    for (const Emission& emission : source.late) add(emission.packet);
  }
  for (const Emission& emission : host_source_.late) add(emission.packet);
  return result;
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::inject_from_core(
    int core, const std::vector<Emission>& emissions) {
  inject_more_from_core(core, emissions, 0);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::inject_more_from_core(
    int core, const std::vector<Emission>& emissions, std::size_t first) {
  for (std::size_t i = first; i < emissions.size(); ++i) {
    ++activity_[emissions[i].category].packets;
  }
  add_emissions(topology_.core_port(core), emissions, first);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::inject_from_host(
    const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.category].host_packets;
  add_emissions(topology_.host_port(), emissions, 0);
}

template <class Topology, class Arbiter, class Watch>
void RouterNetwork<Topology, Arbiter, Watch>::add_emissions(const arch::Attachment& at,
                                                            const std::vector<Emission>& emissions,
                                                            std::size_t first) {
  Source& source = this->source(at.router, at.port);
  used_.insert(at.router);
  if (!source.used) {
    source.used = true;
    used_sources_.push_back(&source);
  }
  std::size_t end = first;  // end of the entries that the source had before
  if (source.late.empty()) {
    source.emissions = &emissions;
  } else {
    // New packets follow the late ones.
    end = source.late.size();
    source.late.insert(source.late.end(), emissions.begin() + static_cast<std::ptrdiff_t>(first),
                       emissions.end());
  }
  // A source that still had packets is already scheduled.
  if (source.next == end) schedule_source(at.router, at.port);
}

}  // namespace spikeloom::hw
