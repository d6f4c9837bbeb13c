// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::common {

/// The single-flit packet of 64 bits that carries one spike. This is its only definition.
///
///     63 62   61      60..54 53..47 46..40 39..33   32..24    23..16  15..0
///     kind    parity  x0     y0     x1     y1       reserved  group   axon
///
/// A core packet goes to every core of the rectangle x0..x1, y0..y1 (board coordinates, ends
/// included); `parity` is that of its tick. A host packet goes to the host port, and `group` and
/// `axon` are one 24-bit output number.
enum class PacketKind : std::uint8_t { kCore = 1, kHost = 2 };

/// A rectangle of the mesh, ends included.
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

class Packet {
 public:
  static constexpr int kMaxCoordinate = 127;
  static constexpr int kMaxGroups = 256;
  static constexpr int kMaxAxons = 65535;
  static constexpr int kMaxOutputs = 1 << 24;
  static constexpr int kBits = 64;

  constexpr Packet() = default;
  constexpr explicit Packet(std::uint64_t bits) : bits_(bits) {}

  /// To (group, axon) of every core of `region`.
  static constexpr Packet to_cores(const Region& region, int group, int axon) {
    return Packet(field(static_cast<int>(PacketKind::kCore), 62) | field(region.x0, 54) |
                  field(region.y0, 47) | field(region.x1, 40) | field(region.y1, 33) |
                  field(group, 16) | field(axon, 0));
  }
  /// To the host, as output number `output`.
  static constexpr Packet to_host(int output) {
    return Packet(field(static_cast<int>(PacketKind::kHost), 62) | field(output, 0));
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr PacketKind kind() const { return static_cast<PacketKind>(bits_ >> 62); }
  constexpr bool valid() const {
    return kind() == PacketKind::kCore || kind() == PacketKind::kHost;
  }
  constexpr int parity() const { return static_cast<int>((bits_ >> 61) & 1); }
  constexpr Region region() const {
    return {coordinate(54), coordinate(47), coordinate(40), coordinate(33)};
  }
  constexpr int group() const { return static_cast<int>((bits_ >> 16) & 0xff); }
  constexpr int axon() const { return static_cast<int>(bits_ & 0xffff); }
  constexpr int output() const { return static_cast<int>(bits_ & 0xffffff); }

  /// The packet of threshold `level` of a neuron whose table entry is this: its axon, or output
  /// number, is `level` further on.
  constexpr Packet with_level(int level) const {
    return Packet(bits_ + static_cast<std::uint64_t>(level));
  }
  constexpr Packet with_parity(int parity) const {
    return Packet((bits_ & ~(std::uint64_t{1} << 61)) | field(parity, 61));
  }

 private:
  static constexpr std::uint64_t field(int value, int shift) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(value)) << shift;
  }
  constexpr int coordinate(int shift) const { return static_cast<int>((bits_ >> shift) & 0x7f); }

  std::uint64_t bits_ = 0;
};

}  // namespace spikeloom::common
