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

#include "spikeloom/base/cbor.h"

namespace spikeloom::base {

/// Kinds of the program's own binary files. Each has a 32-byte header and a CBOR (RFC 8949) body:
///
///     0  8 bytes  "SPIKLOOM"
///     8  uint32   kind
///     12 uint32   format version of the body
///     16 uint64   size of the body in bytes
///     24 uint32   CRC-32 (ISO-HDLC) of the body
///     28 uint32   CRC-32 of bytes 0..27
enum class FileKind : std::uint32_t { kSpikingNetwork = 1, kDeployment = 2, kSpikeProfile = 3 };

std::string_view name(FileKind kind);

struct Envelope {
  FileKind kind;
  std::uint32_t version;
  nlohmann::json body;
};

/// Whether `bytes` begin with the magic number of these files.
bool has_envelope(ByteView bytes);

/// Returns the kind given in the header. Throws UserError if the kind is unknown or the header is
/// truncated or corrupted; the body is not checked. `source` names the file in messages.
FileKind file_kind(ByteView bytes, const std::string& source);

/// Returns the bytes of the file: header and encoded body.
std::vector<std::uint8_t> encode_envelope(const Envelope& envelope);

/// A file whose body is written piece by piece.
struct PiecewiseEnvelope {
  FileKind kind;
  std::uint32_t version;
  std::function<void(CborWriter&)> body;  ///< called twice, first for the header's checksum
};
/// Writes the file, header and body, to `sink`.
void write_envelope(const PiecewiseEnvelope& envelope, const ByteSink& sink);
/// Returns the bytes of the file.
std::vector<std::uint8_t> encode_piecewise(const PiecewiseEnvelope& envelope);

/// Checks and decodes `bytes`; `source` names the file in messages. Throws UserError for anything
/// but a complete, intact file of a known kind.
Envelope decode_envelope(const std::vector<std::uint8_t>& bytes, const std::string& source);

/// Like decode_envelope, but requires `kind` and `version`, or one from `oldest_version` on if that
/// is not 0, and returns the body.
nlohmann::json decode_body(const std::vector<std::uint8_t>& bytes, const std::string& source,
                           FileKind kind, std::uint32_t version, std::uint32_t oldest_version = 0);

/// Like decode_body, but the body is read where it lies: in `bytes`, which must outlive it.
CborItem open_body(ByteView bytes, const std::string& source, FileKind kind, std::uint32_t version);

/// Returns the CRC-32 (ISO-HDLC) of `bytes`.
std::uint32_t checksum(ByteView bytes);

/// Likewise of a file's bytes. That of an intact file with an envelope follows from its header; the
/// body is not read, since decoding it finds damage.
std::uint32_t file_checksum(ByteView bytes);

/// Packs numbers into a CBOR byte string, little-endian.
template <typename T>
nlohmann::json pack(const std::vector<T>& values) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return nlohmann::json::binary(std::move(bytes));
}

/// The inverse of pack. Throws std::invalid_argument if the length is not a multiple of sizeof(T).
template <typename T>
std::vector<T> unpack(const nlohmann::json& json) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto& bytes = json.get_binary();
  if (bytes.size() % sizeof(T) != 0) throw std::invalid_argument("a list has an invalid length");
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace spikeloom::base
