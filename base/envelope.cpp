// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/envelope.h"

#include <array>

#include <fmt/format.h>
#include <zlib.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

constexpr std::string_view kEnvelopeMagic = "SPIKLOOM";
constexpr std::size_t kHeaderBytes = 32;

std::uint32_t crc32(const std::uint8_t* bytes, std::size_t count) {
  return static_cast<std::uint32_t>(::crc32_z(0, bytes, count));
}

template <typename T>
void put(std::vector<std::uint8_t>& bytes, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

template <typename T>
T get(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(bytes[at + i]) << (8 * i);
  return value;
}

}  // namespace

std::string_view name(FileKind kind) {
  switch (kind) {
    case FileKind::kSpikingNetwork:
      return "spiking network";
    case FileKind::kDeployment:
      return "deployment";
    case FileKind::kSpikeProfile:
      return "spike profile";
  }
  return "";
}

bool has_envelope(const std::vector<std::uint8_t>& bytes) {
  return bytes.size() >= kEnvelopeMagic.size() &&
         std::memcmp(bytes.data(), kEnvelopeMagic.data(), kEnvelopeMagic.size()) == 0;
}

std::vector<std::uint8_t> encode_envelope(const Envelope& envelope) {
  std::vector<std::uint8_t> bytes(kHeaderBytes);
  nlohmann::json::to_cbor(envelope.body, bytes);
  std::memcpy(bytes.data(), kEnvelopeMagic.data(), kEnvelopeMagic.size());
  put(bytes, 8, static_cast<std::uint32_t>(envelope.kind));
  put(bytes, 12, envelope.version);
  put(bytes, 16, static_cast<std::uint64_t>(bytes.size() - kHeaderBytes));
  put(bytes, 24, crc32(bytes.data() + kHeaderBytes, bytes.size() - kHeaderBytes));
  put(bytes, 28, crc32(bytes.data(), 28));
  return bytes;
}

FileKind file_kind(const std::vector<std::uint8_t>& bytes, const std::string& source) {
  if (!has_envelope(bytes)) {
    throw UserError(source + ": not a spikeloom file (no SPIKLOOM header)");
  }
  if (bytes.size() < kHeaderBytes) throw UserError(source + ": truncated inside its header");
  if (get<std::uint32_t>(bytes, 28) != crc32(bytes.data(), 28)) {
    throw UserError(source + ": corrupted: the header's checksum does not match");
  }
  const auto kind = static_cast<FileKind>(get<std::uint32_t>(bytes, 8));
  if (name(kind).empty()) {
    throw UserError(
        fmt::format("{}: a file of unknown kind {}", source, static_cast<std::uint32_t>(kind)));
  }
  return kind;
}

Envelope decode_envelope(const std::vector<std::uint8_t>& bytes, const std::string& source) {
  Envelope envelope;
  envelope.kind = file_kind(bytes, source);
  envelope.version = get<std::uint32_t>(bytes, 12);
  const auto size = get<std::uint64_t>(bytes, 16);
  if (size != bytes.size() - kHeaderBytes) {
    throw UserError(fmt::format("{}: truncated or extended: has {} bytes, expected {}", source,
                                bytes.size() - kHeaderBytes, size));
  }
  if (get<std::uint32_t>(bytes, 24) != crc32(bytes.data() + kHeaderBytes, size)) {
    throw UserError(source + ": corrupted: the body's checksum does not match");
  }
  try {
    envelope.body = nlohmann::json::from_cbor(bytes.begin() + kHeaderBytes, bytes.end());
  } catch (const nlohmann::json::exception& error) {
    throw UserError(fmt::format("{}: its body is not CBOR: {}", source, error.what()));
  }
  return envelope;
}

nlohmann::json decode_body(const std::vector<std::uint8_t>& bytes, const std::string& source,
                           FileKind kind, std::uint32_t version, std::uint32_t oldest_version) {
  Envelope envelope = decode_envelope(bytes, source);
  if (envelope.kind != kind) {
    throw UserError(
        fmt::format("{}: is a {}, expected a {}", source, name(envelope.kind), name(kind)));
  }
  const std::uint32_t oldest = oldest_version == 0 ? version : oldest_version;
  if (envelope.version < oldest || envelope.version > version) {
    throw UserError(fmt::format(
        "{}: {} format version {}, this program reads version {}", source, name(kind),
        envelope.version,
        oldest == version ? fmt::format("{}", version) : fmt::format("{} to {}", oldest, version)));
  }
  return std::move(envelope.body);
}

std::uint32_t checksum(const std::vector<std::uint8_t>& bytes) {
  return crc32(bytes.data(), bytes.size());
}

}  // namespace spikeloom::base
