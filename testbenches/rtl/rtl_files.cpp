// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/rtl_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/file.h"

namespace spikeloom::rtl {
namespace fs = std::filesystem;

namespace {

fs::path chips() { return fs::path(SPIKELOOM_SOURCE_DIR) / "testbenches" / "rtl" / "chips"; }

}  // namespace

std::vector<std::string> chips_named(const std::string& start) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(chips())) {
    const std::string name = entry.path().stem().string();
    if (name.rfind(start, 0) == 0) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

arch::ChipDescription chip_of(const std::string& name) {
  return arch::load_chip((chips() / (name + ".yaml")).string());
}

std::uint64_t setting(const char* name, std::uint64_t default_value) {
  const char* const text = std::getenv(name);
  return text == nullptr ? default_value : std::stoull(text);
}

cosim::VerilatedSource replace_modules(cosim::VerilatedSource source) {
  const char* const directory = std::getenv("SPIKELOOM_RTL_MODULES");
  if (directory == nullptr) return source;
  for (auto& [name, text] : source.files) {
    const fs::path replacement = fs::path(directory) / name;
    if (!fs::exists(replacement)) continue;
    const std::vector<std::uint8_t> bytes = base::read_file(replacement.string());
    text.assign(bytes.begin(), bytes.end());
  }
  return source;
}

}  // namespace spikeloom::rtl
