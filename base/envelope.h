// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace spikeloom::base {

/// The files that the program writes for itself: a header of 32 bytes and a CBOR (RFC 8949) body.
///
///     0  8 bytes  "SPIKLOOM"
///     8  uint32   kind
///     12 uint32   version of that kind's body
///     16 uint64   bytes of the body
///     24 uint32   CRC-32 (ISO-HDLC) of the body
///     28 uint32   CRC-32 of bytes 0..27
enum class FileKind : std::uint32_t { kSpikingNetwork = 1, kDeployment = 2, kSpikeProfile = 3 };

std::string_view name(FileKind kind);

struct Envelope {
  FileKind kind;
  std::uint32_t version;
  nlohmann::json body;
};

/// Whether `bytes` begin as one of these files.
bool has_envelope(const std::vector<std::uint8_t>& bytes);

/// The kind that the header names. Throws UserError where it is none of these or the header is not
/// whole; the body may be anything.
FileKind file_kind(const std::vector<std::uint8_t>& bytes, const std::string& source);

/// Encodes header and body.
std::vector<std::uint8_t> encode_envelope(const Envelope& envelope);

/// Checks and decodes `bytes`; `source` names them in messages. Throws UserError for anything that
/// is not a whole, unchanged file of a known kind.
Envelope decode_envelope(const std::vector<std::uint8_t>& bytes, const std::string& source);

/// As decode_envelope, but wants `kind` in `version`.
nlohmann::json decode_body(const std::vector<std::uint8_t>& bytes, const std::string& source,
                           FileKind kind, std::uint32_t version);

/// CRC-32 (ISO-HDLC).
std::uint32_t checksum(const std::vector<std::uint8_t>& bytes);

/// Numbers as a CBOR byte string, little-endian.
template <typename T>
nlohmann::json pack(const std::vector<T>& values) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return nlohmann::json::binary(std::move(bytes));
}

template <typename T>
std::vector<T> unpack(const nlohmann::json& json) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto& bytes = json.get_binary();
  if (bytes.size() % sizeof(T) != 0) throw std::invalid_argument("a list of a broken length");
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace spikeloom::base
