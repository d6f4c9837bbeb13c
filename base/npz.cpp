// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/npz.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/list_text.h"

namespace spikeloom::base {
namespace {

// ZIP format (APPNOTE.TXT 4.3): signatures of the records and their sizes without file names.
constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEndRecord = 0x06054b50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint16_t kVersion = 20;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint32_t kFirstDay =
    1 << 21 | 1 << 16;  ///< 1 January 1980, so that files do not depend on the time
constexpr int kRawDeflate = -15;
constexpr std::size_t kMaxRatio = 1032;  ///< of deflate: 258 bytes by two bits
constexpr std::size_t kPackedBufferBytes = std::size_t{1} << 18;
constexpr std::string_view kSuffix = ".npy";

void put_number(std::string& text, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
}

/// The bytes of a file with bounds-checked access.
class Bytes {
 public:
  explicit Bytes(const std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}

  std::uint32_t number(std::size_t at, unsigned count) const {
    check(at, count);
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value |= std::uint32_t{bytes_[at + i]} << 8 * i;
    return value;
  }
  std::string text(std::size_t at, std::size_t count) const {
    check(at, count);
    return {bytes_.begin() + static_cast<std::ptrdiff_t>(at),
            bytes_.begin() + static_cast<std::ptrdiff_t>(at + count)};
  }
  const std::uint8_t* at(std::size_t place, std::size_t count) const {
    check(place, count);
    return bytes_.data() + place;
  }
  std::size_t size() const { return bytes_.size(); }

 private:
  void check(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) {
      throw std::invalid_argument("it is cut off");
    }
  }

  const std::vector<std::uint8_t>& bytes_;
};

std::vector<std::uint8_t> inflate_bytes(const std::uint8_t* packed, std::size_t count,
                                        std::size_t bytes) {
  std::vector<std::uint8_t> result(bytes);
  z_stream stream{};
  if (::inflateInit2(&stream, kRawDeflate) != Z_OK) throw std::bad_alloc();
  stream.next_in = const_cast<Bytef*>(packed);
  stream.avail_in = static_cast<uInt>(count);
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(bytes);
  const int status = ::inflate(&stream, Z_FINISH);
  ::inflateEnd(&stream);
  if (status != Z_STREAM_END || stream.avail_out != 0) {
    throw std::invalid_argument("an array cannot be decompressed");
  }
  return result;
}

std::size_t find_end_record(const Bytes& file) {
  for (std::size_t back = kEndBytes; back <= file.size(); ++back) {
    if (file.number(file.size() - back, 4) == kEndRecord) return file.size() - back;
  }
  throw std::invalid_argument("not a NumPy archive");
}

/// An array in the archive, as the central directory describes it.
struct Record {
  std::string file;  ///< name with kSuffix
  std::uint32_t method = 0;
  std::uint32_t crc = 0;
  std::size_t packed = 0;
  std::size_t bytes = 0;
  std::size_t local = 0;  ///< place of its local header

  std::string name() const {
    const bool has_suffix =
        file.size() > kSuffix.size() &&
        file.compare(file.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
    return has_suffix ? file.substr(0, file.size() - kSuffix.size()) : file;
  }
};

std::vector<Record> read_directory(const Bytes& file) {
  const std::size_t end = find_end_record(file);
  std::vector<Record> records;
  std::size_t packed = 0;
  std::size_t at = file.number(end + 16, 4);
  for (std::uint32_t left = file.number(end + 10, 2); left > 0; --left) {
    if (file.number(at, 4) != kCentralHeader) {
      throw std::invalid_argument("its directory is damaged");
    }
    const std::size_t name_bytes = file.number(at + 28, 2);
    Record& record = records.emplace_back();
    record.file = file.text(at + kCentralBytes, name_bytes);
    record.method = file.number(at + 10, 2);
    record.crc = file.number(at + 16, 4);
    record.packed = file.number(at + 20, 4);
    record.bytes = file.number(at + 24, 4);
    record.local = file.number(at + 42, 4);
    at += kCentralBytes + name_bytes + file.number(at + 30, 2) + file.number(at + 32, 2);
    packed += record.packed;
  }
  if (packed > file.size()) throw std::invalid_argument("its directory is damaged: arrays overlap");
  return records;
}

NpyArray read_record(const Bytes& file, const Record& record) {
  if (record.bytes == UINT32_MAX || (record.method != kStored && record.method != kDeflated)) {
    throw std::invalid_argument(
        record.file +
        ": got an unsupported compression or size, allowed stored or deflated, less than 4 GiB");
  }
  const std::size_t data = record.local + kLocalBytes + file.number(record.local + 26, 2) +
                           file.number(record.local + 28, 2);
  const std::uint8_t* const begin = file.at(data, record.packed);
  if (record.method == kDeflated && record.bytes / kMaxRatio > record.packed) {
    throw std::invalid_argument(record.file + ": its size is not that of its compressed data");
  }
  std::vector<std::uint8_t> content = record.method == kStored
                                          ? std::vector<std::uint8_t>(begin, begin + record.packed)
                                          : inflate_bytes(begin, record.packed, record.bytes);
  if (checksum(content) != record.crc)
    throw std::invalid_argument(record.file + ": wrong checksum");
  try {
    return parse_npy(std::move(content));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(record.name() + ": " + error.what());
  }
}

}  // namespace

NpzWriter::NpzWriter(std::string path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")) {
  if (file_ == nullptr) fail();
}

NpzWriter::~NpzWriter() {
  if (stream_ != nullptr) {
    ::deflateEnd(static_cast<z_stream*>(stream_));
    delete static_cast<z_stream*>(stream_);
  }
  if (file_ != nullptr) std::fclose(file_);
}

void NpzWriter::fail() const { throw unwritable(path_); }

void NpzWriter::put(const void* data, std::size_t bytes) {
  if (bytes != 0 && std::fwrite(data, 1, bytes, file_) != bytes) fail();
  offset_ += bytes;
}

std::string NpzWriter::local_header(const Entry& entry) const {
  std::string header;
  put_number(header, kLocalHeader, 4);
  put_number(header, kVersion, 2);
  put_number(header, 0, 2);
  put_number(header, kDeflated, 2);
  put_number(header, kFirstDay, 4);
  put_number(header, entry.crc, 4);
  put_number(header, entry.packed, 4);
  put_number(header, entry.bytes, 4);
  put_number(header, entry.name.size(), 2);
  put_number(header, 0, 2);
  return header + entry.name;
}

void NpzWriter::begin(const std::string& name, const std::string& type,
                      const std::vector<std::size_t>& shape) {
  Entry& entry = entries_.emplace_back();
  entry.name = name + std::string(kSuffix);
  entry.offset = offset_;
  // A placeholder: end() rewrites the header when checksum and sizes are known.
  const std::string header = local_header(entry);
  put(header.data(), header.size());
  auto stream = std::make_unique<z_stream>();
  if (::deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  stream_ = stream.release();
  const std::string array = npy_header(type, shape);
  write(array.data(), array.size());
}

void NpzWriter::write(const void* data, std::size_t bytes) {
  if (bytes == 0) return;
  Entry& entry = entries_.back();
  const auto* const begin = static_cast<const Bytef*>(data);
  entry.crc = static_cast<std::uint32_t>(::crc32_z(entry.crc, begin, bytes));
  entry.bytes += bytes;
  if (entry.bytes > UINT32_MAX - 1) {
    throw UserError(
        fmt::format("{}: {} would reach 4 GiB, the limit of the format; record fewer images", path_,
                    entry.name));
  }
  deflate(data, bytes, Z_NO_FLUSH);
}

void NpzWriter::deflate(const void* data, std::size_t bytes, int flush) {
  auto& stream = *static_cast<z_stream*>(stream_);
  stream.next_in = const_cast<Bytef*>(static_cast<const Bytef*>(data));
  stream.avail_in = static_cast<uInt>(bytes);
  packed_.resize(kPackedBufferBytes);
  do {
    stream.next_out = packed_.data();
    stream.avail_out = static_cast<uInt>(packed_.size());
    ::deflate(&stream, flush);
    const std::size_t made = packed_.size() - stream.avail_out;
    entries_.back().packed += made;
    put(packed_.data(), made);
  } while (stream.avail_out == 0);
}

void NpzWriter::end() {
  deflate(nullptr, 0, Z_FINISH);
  ::deflateEnd(static_cast<z_stream*>(stream_));
  delete static_cast<z_stream*>(std::exchange(stream_, nullptr));
  const Entry& entry = entries_.back();
  const std::string header = local_header(entry);
  if (std::fseek(file_, static_cast<long>(entry.offset), SEEK_SET) != 0 ||
      std::fwrite(header.data(), 1, header.size(), file_) != header.size() ||
      std::fseek(file_, 0, SEEK_END) != 0) {
    fail();
  }
}

void NpzWriter::finish() {
  const std::uint64_t begin = offset_;
  for (const Entry& entry : entries_) {
    std::string record;
    put_number(record, kCentralHeader, 4);
    put_number(record, kVersion, 2);
    // From the version field on, a record of the directory starts like the local header.
    record += local_header(entry).substr(4, kLocalBytes - 4);
    record.append(2 + 2 + 2 + 4, '\0');
    put_number(record, entry.offset, 4);
    record += entry.name;
    put(record.data(), record.size());
  }
  if (offset_ > UINT32_MAX - 1) {
    throw UserError(
        fmt::format("{}: would reach 4 GiB, the limit of the format; record fewer images", path_));
  }
  std::string end;
  const std::uint64_t size = offset_ - begin;
  put_number(end, kEndRecord, 4);
  put_number(end, 0, 4);
  put_number(end, entries_.size(), 2);
  put_number(end, entries_.size(), 2);
  put_number(end, size, 4);
  put_number(end, begin, 4);
  put_number(end, 0, 2);
  put(end.data(), end.size());
  if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
}

std::map<std::string, NpyArray> read_npz(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  const Bytes file(bytes);
  std::map<std::string, NpyArray> arrays;
  try {
    for (const Record& record : read_directory(file)) {
      arrays.insert({record.name(), read_record(file, record)});
    }
  } catch (const std::invalid_argument& error) {
    throw UserError(fmt::format("{}: {}", path, error.what()));
  }
  return arrays;
}

NpyArray read_npz_array(const std::string& path, const std::string& name) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  const Bytes file(bytes);
  try {
    const std::vector<Record> records = read_directory(file);
    std::vector<std::string> names;
    for (const Record& record : records) names.push_back(record.name());
    if (name.empty() && records.size() != 1) {
      throw std::invalid_argument(fmt::format("holds {} arrays, name one as {}:KEY; allowed {}",
                                              records.size(), path, list_text(names, ", ")));
    }
    const auto found = name.empty() ? names.begin() : std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw std::invalid_argument(
          fmt::format("has no array {}, allowed {}", name, list_text(names, ", ")));
    }
    return read_record(file, records[static_cast<std::size_t>(found - names.begin())]);
  } catch (const std::invalid_argument& error) {
    throw UserError(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace spikeloom::base
