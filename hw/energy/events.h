// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spikeloom/base/enum_names.h"

namespace spikeloom::hw {

/// Everything that costs energy each time it happens.
enum class Event : std::uint8_t {
  kAxonWrite,          ///< a packet sets a bit of an axon buffer
  kExpansionWrite,     ///< an entry of an expansion table is read and its spike passed on
  kScanWord,           ///< a word of an axon buffer is read
  kRowWordRead,        ///< a word of the crossbar is read, in both planes
  kAccumulate,         ///< a nonzero weight is added to a dendrite
  kGather,             ///< a dendrite is shifted and added to a neuron's potential
  kThresholdCompare,   ///< a potential is compared with one threshold
  kRouteRead,          ///< an entry of a routing table is read and its packet sent
  kRouterTraversal,    ///< a packet passes from an input to an output of a router
  kLinkTransfer,       ///< a packet passes from a router to the next one on its chip
  kInterChipTransfer,  ///< a packet passes from a router to the next one on another chip
  kHostTransfer,       ///< a packet passes the host port in either direction
  kConfigWrite,        ///< a word is written over the configuration bus
  kConfigRead,         ///< a word is read over the configuration bus
};
constexpr std::string_view name(Event value) {
  switch (value) {
    case Event::kAxonWrite:
      return "axon_write";
    case Event::kExpansionWrite:
      return "expansion_write";
    case Event::kScanWord:
      return "scan_word";
    case Event::kRowWordRead:
      return "row_word_read";
    case Event::kAccumulate:
      return "accumulate";
    case Event::kGather:
      return "gather";
    case Event::kThresholdCompare:
      return "threshold_compare";
    case Event::kRouteRead:
      return "route_read";
    case Event::kRouterTraversal:
      return "router_traversal";
    case Event::kLinkTransfer:
      return "link_transfer";
    case Event::kInterChipTransfer:
      return "inter_chip_transfer";
    case Event::kHostTransfer:
      return "host_transfer";
    case Event::kConfigWrite:
      return "config_write";
    case Event::kConfigRead:
      return "config_read";
  }
  return {};
}
inline constexpr std::size_t kEvents = base::value_count<Event>();

/// Continuous power, counted in cycles. Idle cores hold no part of the network; their terms are
/// those of the other cores times the gating factors of ChipDescription::idle_core.
enum class StaticTerm : std::uint8_t {
  kChipClock,
  kChipLeakage,
  kCoreClock,
  kCoreLeakage,
  kIdleCoreClock,
  kIdleCoreLeakage,
};
constexpr std::string_view name(StaticTerm value) {
  switch (value) {
    case StaticTerm::kChipClock:
      return "chip_clock";
    case StaticTerm::kChipLeakage:
      return "chip_leakage";
    case StaticTerm::kCoreClock:
      return "core_clock";
    case StaticTerm::kCoreLeakage:
      return "core_leakage";
    case StaticTerm::kIdleCoreClock:
      return "idle_core_clock";
    case StaticTerm::kIdleCoreLeakage:
      return "idle_core_leakage";
  }
  return {};
}
inline constexpr std::size_t kStaticTerms = base::value_count<StaticTerm>();
/// Number of the terms with coefficients of their own, which come first.
inline constexpr std::size_t kStaticCoefficients =
    static_cast<std::size_t>(StaticTerm::kIdleCoreClock);

/// Kinds of circuit by which energy is reported.
enum class Component : std::uint8_t {
  kAxonBuffers,
  kAxonExpansion,
  kCrossbars,
  kDendrites,
  kNeuronUnits,
  kRoutingTables,
  kRouters,
  kLinks,
  kInterChipLinks,
  kHostPort,
  kConfigBus,
  kChipClock,
  kChipLeakage,
  kCoreClock,
  kCoreLeakage,
  kIdleCoreClock,
  kIdleCoreLeakage,
};
constexpr std::string_view name(Component value) {
  switch (value) {
    case Component::kAxonBuffers:
      return "axon_buffers";
    case Component::kAxonExpansion:
      return "axon_expansion";
    case Component::kCrossbars:
      return "crossbars";
    case Component::kDendrites:
      return "dendrites";
    case Component::kNeuronUnits:
      return "neuron_units";
    case Component::kRoutingTables:
      return "routing_tables";
    case Component::kRouters:
      return "routers";
    case Component::kLinks:
      return "links";
    case Component::kInterChipLinks:
      return "inter_chip_links";
    case Component::kHostPort:
      return "host_port";
    case Component::kConfigBus:
      return "config_bus";
    case Component::kChipClock:
      return "chip_clock";
    case Component::kChipLeakage:
      return "chip_leakage";
    case Component::kCoreClock:
      return "core_clock";
    case Component::kCoreLeakage:
      return "core_leakage";
    case Component::kIdleCoreClock:
      return "idle_core_clock";
    case Component::kIdleCoreLeakage:
      return "idle_core_leakage";
  }
  return {};
}
inline constexpr std::size_t kComponents = base::value_count<Component>();

struct EventInfo {
  Event event;
  Component component;
  bool modelled = false;  ///< an access to a memory: CoreMemories can give its energy
};

inline constexpr std::array<EventInfo, kEvents> kEventInfo = {{
    {Event::kAxonWrite, Component::kAxonBuffers, true},
    {Event::kExpansionWrite, Component::kAxonExpansion, true},
    {Event::kScanWord, Component::kAxonBuffers, true},
    {Event::kRowWordRead, Component::kCrossbars, true},
    {Event::kAccumulate, Component::kDendrites},
    {Event::kGather, Component::kNeuronUnits},
    {Event::kThresholdCompare, Component::kNeuronUnits},
    {Event::kRouteRead, Component::kRoutingTables, true},
    {Event::kRouterTraversal, Component::kRouters},
    {Event::kLinkTransfer, Component::kLinks},
    {Event::kInterChipTransfer, Component::kInterChipLinks},
    {Event::kHostTransfer, Component::kHostPort},
    {Event::kConfigWrite, Component::kConfigBus, true},
    {Event::kConfigRead, Component::kConfigBus, true},
}};
static_assert(base::in_order(kEventInfo, &EventInfo::event));

struct StaticInfo {
  StaticTerm term;
  Component component;
  bool clocked;  ///< the coefficient is an energy per cycle; if false, a power
};

inline constexpr std::array<StaticInfo, kStaticTerms> kStaticInfo = {{
    {StaticTerm::kChipClock, Component::kChipClock, true},
    {StaticTerm::kChipLeakage, Component::kChipLeakage, false},
    {StaticTerm::kCoreClock, Component::kCoreClock, true},
    {StaticTerm::kCoreLeakage, Component::kCoreLeakage, false},
    {StaticTerm::kIdleCoreClock, Component::kIdleCoreClock, true},
    {StaticTerm::kIdleCoreLeakage, Component::kIdleCoreLeakage, false},
}};
static_assert(base::in_order(kStaticInfo, &StaticInfo::term));

/// Counts by Event.
class EventCounts {
 public:
  std::uint64_t& operator[](Event event) { return counts_[static_cast<std::size_t>(event)]; }
  std::uint64_t operator[](Event event) const { return counts_[static_cast<std::size_t>(event)]; }
  EventCounts& operator+=(const EventCounts& other) {
    for (std::size_t i = 0; i < kEvents; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

 private:
  std::array<std::uint64_t, kEvents> counts_{};
};

}  // namespace spikeloom::hw
