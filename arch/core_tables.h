// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "spikeloom/base/bit_field.h"

namespace spikeloom::arch {

// Formats of a core's tables as seen on the configuration bus. This is their only definition.

inline constexpr std::uint64_t kThresholdBytes = 4;  ///< an int32: fire iff potential >= threshold
inline constexpr std::uint64_t kRouteBytes = 8;      ///< a Packet of level 0, parity 0

/// Thresholds of neurons that fire always or never.
inline constexpr std::int32_t kAlwaysFires = INT32_MIN;
inline constexpr std::int32_t kNeverFires = INT32_MAX;

/// What the random numbers of a core's stochastic neurons depend on, besides the neuron: two words.
struct RandomStart {
  static constexpr std::uint64_t kBytes = 16;
  static constexpr std::uint64_t kSeedOffset = 0;
  static constexpr std::uint64_t kTickOffset = 8;
  std::uint64_t seed = 0;
  std::uint64_t tick = 0;  ///< number of the core's first tick after reset

  /// Returns the random number of a neuron in a tick: uniform over kAlwaysFires .. kNeverFires - 1,
  /// where the highest value has twice the chance of the others.
  std::int32_t number(std::uint64_t tick_number, std::uint64_t neuron) const;
};

/// Returns the threshold that a random number of RandomStart reaches with the given probability, to
/// 2^-32: kAlwaysFires for 1, kNeverFires for 0.
std::int32_t threshold_of_probability(double probability);

/// A group of axons. A spike at (group, axon) drives row `axon`, but only in the dendrites of the
/// group.
struct GroupEntry {
  static constexpr std::uint64_t kBytes = 8;
  static constexpr std::array<base::BitField, 3> kFields = {{
      {"first_dendrite", 0, 16, "first ternary dendrite of the group"},
      {"dendrites", 16, 16, "number of its dendrites, contiguous"},
      {"axons", 32, 16, "axons in use, from the first"},
  }};
  int first_dendrite = 0;  ///< ternary dendrites, contiguous
  int dendrites = 0;
  int axons = 0;  ///< axons in use, 0..axons-1

  std::uint64_t encode() const;
  static GroupEntry decode(std::uint64_t word);
};

/// An axon that an expanded packet sets. The packet names the first entry of its list; `last` marks
/// the end of the list.
struct ExpansionEntry {
  static constexpr std::uint64_t kBytes = 4;
  static constexpr std::array<base::BitField, 3> kFields = {{
      {"axon", 0, 16, "axon of level 0"},
      {"group", 16, 8, "its group"},
      {"last", 24, 1, "1: last entry of its list"},
  }};
  int group = 0;
  int axon = 0;
  bool last = false;

  std::uint32_t encode() const;
  static ExpansionEntry decode(std::uint32_t word);
};

/// A dendrite that a neuron adds to its potential, times 2^shift. A core with one weight plane does
/// not shift: the whole entry is the dendrite.
struct GatherEntry {
  static constexpr std::uint64_t kBytes = 2;
  static constexpr std::array<base::BitField, 1> kFields = {{
      {"dendrite", 0, 16, "ternary dendrite to add"},
  }};
  static constexpr std::array<base::BitField, 2> kShiftedFields = {{
      {"dendrite", 0, 13, "ternary dendrite to add"},
      {"shift", 13, 3, "the neuron adds its sum times 2^shift; 0..weight_planes - 1"},
  }};
  static constexpr int kMaxWeightPlanes = 1 << kShiftedFields[1].bits;
  int dendrite = 0;
  int shift = 0;

  /// Ternary dendrites that an entry can name.
  static constexpr int max_dendrites(int weight_planes) {
    return 1 << (weight_planes == 1 ? kFields[0] : kShiftedFields[0]).bits;
  }
  std::uint16_t encode(int weight_planes) const;
  static GatherEntry decode(std::uint16_t word, int weight_planes);
};

/// A neuron: the dendrites that it adds (a slice of the gather table), the thresholds that it
/// compares with (in ascending order), and its route entries. When threshold i is reached, each of
/// its route entries sends a packet with level i.
struct NeuronEntry {
  static constexpr std::uint64_t kBytes = 16;
  static constexpr std::array<base::BitField, 6> kFields = {{
      {"first_gather", 0, 16, "first entry of the gather table", 0},
      {"gathers", 16, 16, "dendrites that the neuron adds", 0},
      {"first_threshold", 32, 16, "first entry of the threshold table", 0},
      {"thresholds", 48, 16, "thresholds that it compares, ascending", 0},
      {"first_route", 0, 16, "first entry of the routing table", 1},
      {"routes", 16, 16, "entries that each threshold reached sends", 1},
  }};
  int first_gather = 0;
  int gathers = 0;
  int first_threshold = 0;
  int thresholds = 0;
  int first_route = 0;
  int routes = 0;

  std::array<std::uint64_t, 2> encode() const;
  static NeuronEntry decode(std::uint64_t word0, std::uint64_t word1);
};

}  // namespace spikeloom::arch
