// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/cbor.h"
#include "testbenches/fuzz/mutation.h"

namespace spikeloom::fuzz {

/// A way for input into the program.
struct Target {
  std::string_view name;  ///< also of its folder in corpus/
  /// Gives an input to the program. base::UserError is the right answer to a bad one; another
  /// exception is a finding.
  void (*read)(base::ByteView input);
  /// Changes an input that has a structure, and keeps the structure. Returns false if the input
  /// has none.
  bool (*mutate)(Bytes& input, Choices& choices);
};

const std::vector<Target>& targets();
/// Throws base::UserError for an unknown name, which lists all.
const Target& find_target(std::string_view name);

/// Gives an input to the program. Returns whether it was accepted. An input that takes more than
/// kMaxCpuSeconds ends this process, as a finding.
bool accepts(const Target& target, base::ByteView input);
inline constexpr double kMaxCpuSeconds = 10.0;

/// CPU seconds of this process.
double cpu_seconds();

// The targets, by their files.
void read_onnx(base::ByteView input);
bool mutate_onnx(Bytes& input, Choices& choices);

void read_chip_file(base::ByteView input);
void read_energy_file(base::ByteView input);
void read_run_file(base::ByteView input);
void read_sweep_file(base::ByteView input);
void read_validation_file(base::ByteView input);

void read_network(base::ByteView input);
void read_deployment(base::ByteView input);
void read_profile(base::ByteView input);

void read_array(base::ByteView input);
void read_cifar(base::ByteView input);

void read_result(base::ByteView input);
void read_report(base::ByteView input);

void read_sweep_query(base::ByteView input);
void read_sweep_database(base::ByteView input);

void read_command_line(base::ByteView input);

}  // namespace spikeloom::fuzz
