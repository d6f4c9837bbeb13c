// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "spikeloom/base/bit_field.h"

namespace spikeloom::arch {

/// Destination kind of a packet, in its two highest bits.
enum class PacketKind : std::uint8_t { kCore = 1, kHost = 2 };

/// A rectangle of cores, both corners included.
struct Region {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;

  int cores() const { return (x1 - x0 + 1) * (y1 - y0 + 1); }
  bool contains(int x, int y) const { return x >= x0 && x <= x1 && y >= y0 && y <= y1; }
  bool operator==(const Region& other) const {
    return x0 == other.x0 && y0 == other.y0 && x1 == other.x1 && y1 == other.y1;
  }
};

/// The fields of a packet. A core packet goes to every core of a rectangle (board coordinates,
/// corners included), a host packet to the host port.
namespace packet_field {
inline constexpr base::BitField kKind{"kind", 62, 2, "1: to cores, 2: to the host"};
inline constexpr base::BitField kParity{"parity", 61, 1, "lowest bit of the number of its tick"};
inline constexpr base::BitField kX0{"x0", 54, 7, "first column of the rectangle"};
inline constexpr base::BitField kY0{"y0", 47, 7, "first row"};
inline constexpr base::BitField kX1{"x1", 40, 7, "last column"};
inline constexpr base::BitField kY1{"y1", 33, 7, "last row"};
inline constexpr base::BitField kGroup{"group", 16, 8, "group of axons"};
inline constexpr base::BitField kAxon{"axon", 0, 16, "axon of the group"};
inline constexpr base::BitField kExpanded{"expanded", 24, 1,
                                          "1: entry and level instead of group and axon"};
inline constexpr base::BitField kLevel{"level", 16, 8, "to add to each axon of the entry's list"};
inline constexpr base::BitField kEntry{"entry", 0, 16, "first of a list in the expansion table"};
inline constexpr base::BitField kOutput{"output", 0, 24, "number of the output"};

inline constexpr std::array<base::BitField, 8> kToCores = {kKind, kParity, kX0,    kY0,
                                                           kX1,   kY1,     kGroup, kAxon};
inline constexpr std::array<base::BitField, 9> kToEntries = {kKind, kParity,   kX0,    kY0,   kX1,
                                                             kY1,   kExpanded, kLevel, kEntry};
inline constexpr std::array<base::BitField, 3> kToHost = {kKind, kParity, kOutput};
}  // namespace packet_field

/// The 64-bit packet that carries one spike. This is its only definition.
class Packet {
 public:
  static constexpr int kMaxCoordinate = 127;
  static constexpr int kMaxGroups = 256;
  static constexpr int kMaxAxons = 65535;
  static constexpr int kMaxOutputs = 1 << 24;
  static constexpr int kBits = 64;

  constexpr Packet() = default;
  constexpr explicit Packet(std::uint64_t bits) : bits_(bits) {}

  /// A packet to (group, axon) of every core of `region`.
  static constexpr Packet to_cores(const Region& region, int group, int axon) {
    return Packet(packet_field::kKind.put(static_cast<int>(PacketKind::kCore)) |
                  packet_field::kX0.put(region.x0) | packet_field::kY0.put(region.y0) |
                  packet_field::kX1.put(region.x1) | packet_field::kY1.put(region.y1) |
                  packet_field::kGroup.put(group) | packet_field::kAxon.put(axon));
  }
  /// A packet to the axons in the list that starts at `entry` of each core's expansion table.
  static constexpr Packet to_entries(const Region& region, int entry) {
    return Packet(to_cores(region, 0, 0).bits() | packet_field::kExpanded.put(1) |
                  packet_field::kEntry.put(entry));
  }
  /// A packet to the host, as output number `output`.
  static constexpr Packet to_host(int output) {
    return Packet(packet_field::kKind.put(static_cast<int>(PacketKind::kHost)) |
                  packet_field::kOutput.put(output));
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr PacketKind kind() const {
    return static_cast<PacketKind>(packet_field::kKind.get(bits_));
  }
  constexpr bool valid() const {
    switch (kind()) {
      case PacketKind::kCore:
      case PacketKind::kHost:
        return true;
    }
    return false;
  }
  /// Whether it goes to the host rather than to cores. A word that is no valid packet does not.
  constexpr bool addresses_host() const {
    switch (kind()) {
      case PacketKind::kHost:
        return true;
      case PacketKind::kCore:
        return false;
    }
    return false;
  }
  constexpr int parity() const { return packet_field::kParity.get(bits_); }
  constexpr Region region() const {
    return {packet_field::kX0.get(bits_), packet_field::kY0.get(bits_),
            packet_field::kX1.get(bits_), packet_field::kY1.get(bits_)};
  }
  constexpr int group() const { return packet_field::kGroup.get(bits_); }
  constexpr int axon() const { return packet_field::kAxon.get(bits_); }
  constexpr bool expanded() const {
    return kind() == PacketKind::kCore && packet_field::kExpanded.get(bits_) != 0;
  }
  constexpr int entry() const { return packet_field::kEntry.get(bits_); }
  constexpr int level() const { return packet_field::kLevel.get(bits_); }
  constexpr int output() const { return packet_field::kOutput.get(bits_); }

  /// Whether with_level(0) .. with_level(levels - 1) do not overflow their field.
  constexpr bool holds_levels(int levels) const {
    switch (kind()) {
      case PacketKind::kCore:
        return holds(expanded() ? packet_field::kLevel : packet_field::kAxon, levels);
      case PacketKind::kHost:
        return holds(packet_field::kOutput, levels);
    }
    return false;
  }

  /// The packet for threshold `level` of a neuron whose route entry is this packet: its axon, its
  /// output number or each axon of its list is increased by `level`.
  constexpr Packet with_level(int level) const {
    return Packet(bits_ + (static_cast<std::uint64_t>(level)
                           << (expanded() ? packet_field::kLevel.shift : 0)));
  }
  constexpr Packet with_parity(int parity) const {
    return Packet((bits_ & ~packet_field::kParity.put(1)) | packet_field::kParity.put(parity));
  }

 private:
  constexpr bool holds(const base::BitField& field, int levels) const {
    return static_cast<std::uint64_t>(field.get(bits_)) + static_cast<std::uint64_t>(levels) <=
           field.mask() + 1;
  }

  std::uint64_t bits_ = 0;
};

}  // namespace spikeloom::arch
