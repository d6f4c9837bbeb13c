// SPDX-License-Identifier: Apache-2.0
#include "testbenches/fuzz/scratch.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "spikeloom/base/directory.h"

namespace spikeloom::fuzz {

const std::string& scratch_folder() {
  static const auto kFolder = base::TemporaryDirectory::create_in_system();
  static const std::string kPath = kFolder.path().string();
  return kPath;
}

std::string write_scratch(std::string_view name, base::ByteView bytes) {
  const std::string path = (std::filesystem::path(scratch_folder()) / name).string();
  // Not base::write_file, whose second file and rename take longer than most inputs.
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr || std::fwrite(bytes.data, 1, bytes.size, file) != bytes.size ||
      std::fclose(file) != 0) {
    std::perror(path.c_str());
    std::exit(2);
  }
  return path;
}

std::string text_of(base::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.size};
}

}  // namespace spikeloom::fuzz
