// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/external_data.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

namespace fs = std::filesystem;

const std::string* find_entry(const onnx::TensorProto& proto, const std::string& key) {
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == key) return &entry.value();
  }
  return nullptr;
}

std::optional<std::uint64_t> read_number(const onnx::TensorProto& proto, const std::string& key) {
  const std::string* text = find_entry(proto, key);
  if (text == nullptr) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    throw std::invalid_argument(
        fmt::format("stored in another file at the {} \"{}\", which is no number", key, *text));
  }
  return number;
}

/// Whether `file` is in `directory` or below it, also after symbolic links are followed.
bool is_inside(const fs::path& file, const fs::path& directory) {
  const fs::path base = fs::canonical(directory);
  const fs::path target = fs::weakly_canonical(file);
  return std::mismatch(base.begin(), base.end(), target.begin(), target.end()).first == base.end();
}

}  // namespace

std::string read_external_data(const onnx::TensorProto& proto, const fs::path& directory,
                               std::size_t size) {
  const std::string* location = find_entry(proto, "location");
  if (location == nullptr || location->empty()) {
    throw std::invalid_argument("stored in another file, which is not named");
  }
  const fs::path base = directory.empty() ? fs::path(".") : directory;
  const fs::path file = base / *location;  // an absolute location replaces the directory
  const auto fail = [location](const std::string& problem) {
    throw std::invalid_argument(fmt::format("stored in \"{}\", {}", *location, problem));
  };
  const std::uint64_t offset = read_number(proto, "offset").value_or(0);
  const std::uint64_t length = read_number(proto, "length").value_or(size);
  if (length != size) fail(fmt::format("{} bytes, but has the shape for {}", length, size));
  std::uint64_t file_size = 0;
  try {
    if (!is_inside(file, base)) fail("which is not below the model's directory");
    if (!fs::is_regular_file(file)) fail("which is not a file below the model's directory");
    file_size = fs::file_size(file);
  } catch (const fs::filesystem_error& error) {
    fail(fmt::format("which cannot be read ({})", error.code().message()));
  }
  if (offset > file_size || size > file_size - offset) {
    fail(fmt::format("which has {} bytes and not {} from byte {} on", file_size, size, offset));
  }
  std::string bytes(size, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  if (!stream.read(bytes.data(), static_cast<std::streamsize>(size))) {
    fail(fmt::format("which cannot be read ({})", std::strerror(errno)));
  }
  return bytes;
}

}  // namespace spikeloom::converter
