// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spikeloom::hw {

/// Everything that costs energy each time it happens.
enum class Event : std::uint8_t {
  kAxonWrite,          ///< a packet sets a bit of an axon buffer
  kExpansionWrite,     ///< an entry of an expansion table is read, the spike handed on
  kScanWord,           ///< a word of an axon buffer is read
  kRowWordRead,        ///< a word of the crossbar is read, both planes
  kAccumulate,         ///< a nonzero weight is added to a dendrite
  kGather,             ///< a dendrite is added to a neuron's potential
  kThresholdCompare,   ///< a potential is compared with one threshold
  kRouteRead,          ///< an entry of a routing table is read, its packet sent
  kRouterTraversal,    ///< a packet passes from an input to an output of a router
  kLinkTransfer,       ///< a packet passes from a router to the next of its chip
  kInterChipTransfer,  ///< a packet passes from a router to the next on another chip
  kHostTransfer,       ///< a packet passes the host port, either way
  kConfigWrite,        ///< a word is written over the configuration bus
  kConfigRead,         ///< a word is read back over it
};
inline constexpr std::size_t kEvents = 14;

/// Power that flows all the time, counted in cycles. Idle cores hold no part of the network; their
/// terms follow from the others by the gating factors of ChipDescription::idle_core.
enum class StaticTerm : std::uint8_t {
  kChipClock,
  kChipLeakage,
  kCoreClock,
  kCoreLeakage,
  kIdleCoreClock,
  kIdleCoreLeakage,
};
inline constexpr std::size_t kStaticTerms = 6;
/// The first of them, which have coefficients of their own.
inline constexpr std::size_t kStaticCoefficients = 4;

/// The parts of the chip that energy is reported by.
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
inline constexpr std::size_t kComponents = 17;

struct EventInfo {
  std::string_view name;
  Component component;
};

inline constexpr std::array<EventInfo, kEvents> kEventInfo = {{
    {"axon_write", Component::kAxonBuffers},
    {"expansion_write", Component::kAxonExpansion},
    {"scan_word", Component::kAxonBuffers},
    {"row_word_read", Component::kCrossbars},
    {"accumulate", Component::kDendrites},
    {"gather", Component::kNeuronUnits},
    {"threshold_compare", Component::kNeuronUnits},
    {"route_read", Component::kRoutingTables},
    {"router_traversal", Component::kRouters},
    {"link_transfer", Component::kLinks},
    {"inter_chip_transfer", Component::kInterChipLinks},
    {"host_transfer", Component::kHostPort},
    {"config_write", Component::kConfigBus},
    {"config_read", Component::kConfigBus},
}};

struct StaticInfo {
  std::string_view name;
  Component component;
  bool clocked;  ///< an energy a cycle; otherwise a power
};

inline constexpr std::array<StaticInfo, kStaticTerms> kStaticInfo = {{
    {"chip_clock", Component::kChipClock, true},
    {"chip_leakage", Component::kChipLeakage, false},
    {"core_clock", Component::kCoreClock, true},
    {"core_leakage", Component::kCoreLeakage, false},
    {"idle_core_clock", Component::kIdleCoreClock, true},
    {"idle_core_leakage", Component::kIdleCoreLeakage, false},
}};

inline constexpr std::array<std::string_view, kComponents> kComponentNames = {
    "axon_buffers",    "axon_expansion",   "crossbars",    "dendrites",        "neuron_units",
    "routing_tables",  "routers",          "links",        "inter_chip_links", "host_port",
    "config_bus",      "chip_clock",       "chip_leakage", "core_clock",       "core_leakage",
    "idle_core_clock", "idle_core_leakage"};

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
