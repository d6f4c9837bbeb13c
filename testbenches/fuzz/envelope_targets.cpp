// SPDX-License-Identifier: Apache-2.0
// Bodies of the program's own files; headers and checksums are made here.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/inspect/deployment_inspection.h"
#include "cli/inspect/network_inspection.h"
#include "cli/inspect/profile_inspection.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/mapper/verify/deployment_readback.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/fuzz/network_check.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

/// Neurons and weights of a network that is small enough to be evaluated for each input.
constexpr std::size_t kSmall = 100'000;
constexpr std::size_t kLines = 32;

Bytes file_of(base::FileKind kind, std::uint32_t version, base::ByteView body) {
  return base::encode_piecewise(
      {kind, version, [&](base::CborWriter& writer) { writer.encoded(body); }});
}

bool is_small(const converter::SpikingNetwork& network) {
  std::size_t size = static_cast<std::size_t>(network.encoder.output.size());
  for (const converter::SpikingLayer& layer : network.layers) {
    for (const converter::Term& term : layer.terms) {
      size += static_cast<std::size_t>(layer.output.size()) *
              static_cast<std::size_t>(term.fan_in() + 1);
      size += static_cast<std::size_t>(term.input.size());
    }
  }
  return size <= kSmall;
}

}  // namespace

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_network(const converter::SpikingNetwork& network) {
  const Bytes file = network.encode();
  require(converter::SpikingNetwork::decode(file, "again").encode() == file,
          "a network reads back as another one");
  if (!is_small(network)) return;
  const converter::Reference reference(network);
  const std::vector<std::uint8_t> levels(static_cast<std::size_t>(reference.inputs()), 1);
  reference.run(levels.data());
}

void read_network(base::ByteView input) {
  const Bytes file =
      file_of(base::FileKind::kSpikingNetwork, converter::SpikingNetwork::kVersion, input);
  const converter::SpikingNetwork network = converter::SpikingNetwork::decode(file, "network");
  check_network(network);
  cli::inspect_network({"network", file});
}

void read_deployment(base::ByteView input) {
  const Bytes file = file_of(base::FileKind::kDeployment, arch::Deployment::kVersion, input);
  const arch::Deployment deployment = arch::Deployment::decode(file, "deployment");
  const Bytes again = deployment.encode();
  require(arch::Deployment::decode(again, "again").encode() == again,
          "a deployment reads back as another one");
  mapper::loading_faults(deployment);
  cli::inspect_deployment({"deployment", file}, cli::LineLimit(kLines));
  mapper::verify(deployment,
                 converter::SpikingNetwork::decode(deployment.spiking_network, "network"));
}

void read_profile(base::ByteView input) {
  const Bytes file = file_of(base::FileKind::kSpikeProfile, arch::SpikeProfile::kVersion, input);
  const Bytes again = arch::SpikeProfile::decode(file, "profile").encode();
  require(arch::SpikeProfile::decode(again, "again").encode() == again,
          "a profile reads back as another one");
  cli::inspect_profile({"profile", file});
}

}  // namespace spikeloom::fuzz
