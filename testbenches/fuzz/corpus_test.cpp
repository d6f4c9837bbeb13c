// SPDX-License-Identifier: Apache-2.0
// Gives the files of a corpus to their target without libFuzzer, and some mutations of each:
// fuzz_corpus_test --target=NAME FOLDER. Files whose names begin with "refused" must be refused,
// all others accepted.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "spikeloom/base/file.h"
#include "testbenches/fuzz/libfuzzer.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMutations = 20;
constexpr std::size_t kMaxSize = std::size_t{1} << 18;

std::string target_name(const std::string& argument) {
  return argument.substr(argument.find('=') + 1);
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Returns whether the file was answered as its name says.
bool check_file(const Target& target, const fs::path& path) {
  const Bytes input = base::read_file(path.string());
  const bool wanted = path.filename().string().rfind("refused", 0) != 0;
  const bool right = accepts(target, input) == wanted;
  if (!right)
    std::cerr << path.string() << ": must be " << (wanted ? "accepted" : "refused") << "\n";
  Bytes mutated(kMaxSize);
  for (unsigned seed = 0; seed < kMutations; ++seed) {
    std::copy(input.begin(), input.end(), mutated.begin());
    const std::size_t size = LLVMFuzzerCustomMutator(mutated.data(), input.size(), kMaxSize, seed);
    LLVMFuzzerTestOneInput(mutated.data(), size);
  }
  return right;
}

}  // namespace
}  // namespace spikeloom::fuzz

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  using namespace spikeloom::fuzz;
  static Choices choices(1);
  Bytes bytes(data, data + size);
  mutate_bytes(bytes, choices);
  bytes.resize(std::min(bytes.size(), max_size));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  using namespace spikeloom::fuzz;
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " --target=NAME FOLDER\n";
    return 2;
  }
  LLVMFuzzerInitialize(&argc, &argv);
  const Target& target = find_target(target_name(argv[1]));
  const auto files = files_in(argv[2]);
  if (files.empty()) std::cerr << argv[2] << ": is empty\n";
  bool right = !files.empty();
  for (const auto& file : files) right = check_file(target, file) && right;
  return right ? 0 : 1;
}
