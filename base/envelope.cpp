// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/envelope.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <zlib.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

constexpr std::string_view kEnvelopeMagic = "SPIKLOOM";
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kSizeAt = 16;
constexpr std::size_t kBodyCrcAt = 24;
constexpr std::size_t kHeaderCrcAt = 28;

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
T get(ByteView bytes, std::size_t at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(bytes.data[at + i]) << (8 * i);
  }
  return value;
}

std::vector<std::uint8_t> header_of(const PiecewiseEnvelope& envelope) {
  std::uint64_t size = 0;
  uLong crc = 0;
  CborWriter writer([&](ByteView bytes) {
    if (bytes.size == 0) return;  // zlib begins anew where there are no bytes
    size += bytes.size;
    crc = ::crc32_z(crc, bytes.data, bytes.size);
  });
  envelope.body(writer);
  std::vector<std::uint8_t> header(kHeaderBytes);
  std::memcpy(header.data(), kEnvelopeMagic.data(), kEnvelopeMagic.size());
  put(header, 8, static_cast<std::uint32_t>(envelope.kind));
  put(header, 12, envelope.version);
  put(header, kSizeAt, size);
  put(header, kBodyCrcAt, static_cast<std::uint32_t>(crc));
  put(header, kHeaderCrcAt, crc32(header.data(), kHeaderCrcAt));
  return header;
}

/// What a header says, and the body, neither of them decoded.
struct CheckedFile {
  FileKind kind;
  std::uint32_t version;
  ByteView body;
};

/// Checks the header, and the body against it.
CheckedFile check_file(ByteView bytes, const std::string& source) {
  CheckedFile file{file_kind(bytes, source),
                   get<std::uint32_t>(bytes, 12),
                   {bytes.data + kHeaderBytes, bytes.size - kHeaderBytes}};
  const auto size = get<std::uint64_t>(bytes, kSizeAt);
  if (size != file.body.size) {
    throw UserError(fmt::format("{}: truncated or extended: has {} bytes, expected {}", source,
                                file.body.size, size));
  }
  if (get<std::uint32_t>(bytes, kBodyCrcAt) != crc32(file.body.data, size)) {
    throw UserError(source + ": corrupted: the body's checksum does not match");
  }
  return file;
}

UserError not_cbor(const std::string& source, const std::exception& error) {
  return UserError(fmt::format("{}: its body is not CBOR: {}", source, error.what()));
}

/// Throws UserError unless a file is of `kind` and of a version from `oldest` to `newest`.
void check_kind(FileKind found_kind, std::uint32_t found_version, const std::string& source,
                FileKind kind, std::uint32_t oldest, std::uint32_t newest) {
  if (found_kind != kind) {
    throw UserError(
        fmt::format("{}: is a {}, expected a {}", source, name(found_kind), name(kind)));
  }
  if (found_version < oldest || found_version > newest) {
    throw UserError(fmt::format(
        "{}: {} format version {}, this program reads version {}", source, name(kind),
        found_version,
        oldest == newest ? fmt::format("{}", newest) : fmt::format("{} to {}", oldest, newest)));
  }
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

bool has_envelope(ByteView bytes) {
  return bytes.size >= kEnvelopeMagic.size() &&
         std::memcmp(bytes.data, kEnvelopeMagic.data(), kEnvelopeMagic.size()) == 0;
}

std::vector<std::uint8_t> encode_envelope(const Envelope& envelope) {
  const std::vector<std::uint8_t> body = nlohmann::json::to_cbor(envelope.body);
  return encode_piecewise(
      {envelope.kind, envelope.version, [&](CborWriter& writer) { writer.encoded(body); }});
}

void write_envelope(const PiecewiseEnvelope& envelope, const ByteSink& sink) {
  const std::vector<std::uint8_t> header = header_of(envelope);
  sink(header);
  CborWriter writer(sink);
  envelope.body(writer);
}

std::vector<std::uint8_t> encode_piecewise(const PiecewiseEnvelope& envelope) {
  std::vector<std::uint8_t> bytes = header_of(envelope);
  bytes.reserve(bytes.size() + get<std::uint64_t>(bytes, kSizeAt));
  CborWriter writer(
      [&](ByteView more) { bytes.insert(bytes.end(), more.data, more.data + more.size); });
  envelope.body(writer);
  return bytes;
}

FileKind file_kind(ByteView bytes, const std::string& source) {
  if (!has_envelope(bytes)) {
    throw UserError(source + ": not a spikeloom file (no SPIKLOOM header)");
  }
  if (bytes.size < kHeaderBytes) throw UserError(source + ": truncated inside its header");
  if (get<std::uint32_t>(bytes, kHeaderCrcAt) != crc32(bytes.data, kHeaderCrcAt)) {
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
  const CheckedFile file = check_file(bytes, source);
  try {
    return {file.kind, file.version, CborItem::whole(file.body).json()};
  } catch (const std::invalid_argument& error) {
    throw not_cbor(source, error);
  } catch (const nlohmann::json::exception& error) {
    throw not_cbor(source, error);
  }
}

nlohmann::json decode_body(const std::vector<std::uint8_t>& bytes, const std::string& source,
                           FileKind kind, std::uint32_t version, std::uint32_t oldest_version) {
  Envelope envelope = decode_envelope(bytes, source);
  check_kind(envelope.kind, envelope.version, source, kind,
             oldest_version == 0 ? version : oldest_version, version);
  return std::move(envelope.body);
}

CborItem open_body(ByteView bytes, const std::string& source, FileKind kind,
                   std::uint32_t version) {
  const CheckedFile file = check_file(bytes, source);
  check_kind(file.kind, file.version, source, kind, version, version);
  try {
    return CborItem::whole(file.body);
  } catch (const std::invalid_argument& error) {
    throw not_cbor(source, error);
  }
}

std::uint32_t checksum(ByteView bytes) { return crc32(bytes.data, bytes.size); }

std::uint32_t file_checksum(ByteView bytes) {
  const std::size_t body = bytes.size - std::min(bytes.size, kHeaderBytes);
  if (!has_envelope(bytes) || body == 0 || get<std::uint64_t>(bytes, kSizeAt) != body ||
      get<std::uint32_t>(bytes, kHeaderCrcAt) != crc32(bytes.data, kHeaderCrcAt)) {
    return checksum(bytes);
  }
  return static_cast<std::uint32_t>(::crc32_combine(crc32(bytes.data, kHeaderBytes),
                                                    get<std::uint32_t>(bytes, kBodyCrcAt),
                                                    static_cast<z_off_t>(body)));
}

}  // namespace spikeloom::base
