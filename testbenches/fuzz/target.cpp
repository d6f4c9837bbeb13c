// SPDX-License-Identifier: Apache-2.0
#include "testbenches/fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"

namespace spikeloom::fuzz {

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets = {
      {"onnx", read_onnx, mutate_onnx},
      {"chip-file", read_chip_file, mutate_text},
      {"energy-file", read_energy_file, mutate_text},
      {"run-file", read_run_file, mutate_text},
      {"sweep-file", read_sweep_file, mutate_text},
      {"validation-file", read_validation_file, mutate_text},
      {"network", read_network, mutate_cbor},
      {"deployment", read_deployment, mutate_cbor},
      {"profile", read_profile, mutate_cbor},
      {"array", read_array, nullptr},
      {"cifar", read_cifar, nullptr},
      {"result", read_result, mutate_json_or_text},
      {"report", read_report, mutate_text},
      {"sweep-query", read_sweep_query, mutate_text},
      {"sweep-database", read_sweep_database, nullptr},
      {"command-line", read_command_line, mutate_text},
  };
  return kTargets;
}

const Target& find_target(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Target& target : targets()) {
    if (target.name == name) return target;
    names.push_back(target.name);
  }
  throw base::UserError(
      fmt::format("got the target \"{}\", allowed {}", name, fmt::join(names, ", ")));
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

bool accepts(const Target& target, base::ByteView input) {
  const double begin = cpu_seconds();
  bool accepted = true;
  try {
    target.read(input);
  } catch (const base::UserError& error) {
    // To see what a corpus is refused for.
    if (std::getenv("SPIKELOOM_FUZZ_SHOW") != nullptr) std::fprintf(stderr, "%s\n", error.what());
    accepted = false;
  }
  const double seconds = cpu_seconds() - begin;
  if (seconds > kMaxCpuSeconds) {
    std::fprintf(stderr, "slow: %.1f s of CPU time, allowed %.0f\n", seconds, kMaxCpuSeconds);
    std::abort();
  }
  return accepted;
}

}  // namespace spikeloom::fuzz
