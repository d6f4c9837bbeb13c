// SPDX-License-Identifier: Apache-2.0
// What libFuzzer calls. Options of this program: --target=NAME, and --cpu-seconds=N, after which it
// ends by itself.
#include "testbenches/fuzz/libfuzzer.h"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>

#include "spikeloom/base/error.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

const Target* target = nullptr;
double end_seconds = std::numeric_limits<double>::infinity();

void read_options(int argc, char** argv) {
  constexpr std::string_view kTarget = "--target=";
  constexpr std::string_view kSeconds = "--cpu-seconds=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, kTarget.size()) == kTarget) {
      target = &find_target(argument.substr(kTarget.size()));
    }
    if (argument.substr(0, kSeconds.size()) == kSeconds) {
      end_seconds = std::stod(std::string(argument.substr(kSeconds.size())));
    }
  }
  if (target == nullptr) find_target("");
}

/// Half of the mutations keep the structure of the input, where it has one.
bool mutate_structure(Bytes& bytes, Choices& choices) {
  return target->mutate != nullptr && !choices.one_in(2) && target->mutate(bytes, choices);
}

}  // namespace
}  // namespace spikeloom::fuzz

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  try {
    spikeloom::fuzz::read_options(*argc, *argv);
  } catch (const std::exception& error) {
    std::cerr << "spikeloom_fuzz: --target: " << error.what() << "\n";
    std::exit(spikeloom::base::kUserErrorStatus);
  }
  return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spikeloom::fuzz;
  accepts(*target, {data, size});
  if (cpu_seconds() > end_seconds) {
    // libFuzzer writes its statistics and ends with status 0.
    std::raise(SIGUSR1);
    end_seconds = std::numeric_limits<double>::infinity();
  }
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed) {
  using namespace spikeloom::fuzz;
  Choices choices(seed);
  Bytes bytes(data, data + size);
  if (!mutate_structure(bytes, choices) || bytes.size() > max_size) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
