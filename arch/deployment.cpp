// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/deployment.h"

#include <limits>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/base/config_file.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::arch {

namespace {

/// Maximum number of levels of a layer: a label has 8 bits for it, and so does an activation.
constexpr int kMaxLevels = 255;

void require(bool condition, const char* what) {
  if (!condition) throw std::invalid_argument(what);
}

/// Reads an unsigned integer of at most `max`; `what` is its name in messages.
std::uint64_t whole_number(const base::CborItem& item, const char* what,
                           std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) {
  const std::optional<std::uint64_t> number = item.number();
  require(number && *number <= max, what);
  return *number;
}

nlohmann::json layer_to_json(const DeployedLayer& layer) {
  return {{"name", layer.name},
          {"depth", layer.depth},
          {"neurons", layer.neurons},
          {"levels", layer.levels},
          {"cores", layer.cores}};
}

DeployedLayer read_layer(const base::ConfigMap& map, int max_cores) {
  const auto number = [&map](const char* key, int min, int max) {
    return static_cast<int>(map.integer(key, {min, max}));
  };
  constexpr int kMax = std::numeric_limits<int>::max();
  return {map.text("name", ""), number("depth", 1, kMax), number("neurons", 1, kMax),
          number("levels", 1, kMaxLevels), number("cores", 0, max_cores)};
}

/// Reads the layers and the levels of the input, and checks their ranges.
void read_layers(const base::CborItem& body, const std::string& source, Deployment& deployment) {
  base::ConfigFile file =
      base::ConfigFile::from_json({{"layers", body.at("layers").json()},
                                   {"input", {{"levels", body.at("input").at("levels").json()}}}},
                                  source, "");
  const base::ConfigMap list = file.root().list("layers");
  for (const std::string& key : list.keys()) {
    deployment.layers.push_back(read_layer(list.map(key), deployment.chip.grid().cores()));
  }
  deployment.input.levels =
      static_cast<int>(file.root().map("input").integer("levels", {1, kMaxLevels}));
  file.finish();
}

void write_labels(const CoreLabels& labels, base::CborWriter& writer) {
  std::vector<std::uint32_t> neurons;
  neurons.reserve(labels.neurons.size() * 2);
  for (const NeuronLabel& label : labels.neurons) {
    neurons.push_back(label.neuron);
    neurons.push_back(static_cast<std::uint32_t>(label.layer) |
                      static_cast<std::uint32_t>(label.first_level) << 16 |
                      static_cast<std::uint32_t>(label.levels) << 24);
  }
  writer.map(3);
  writer.text("core");
  writer.json(labels.core);
  writer.text("group_layers");
  writer.packed(labels.group_layers);
  writer.text("neurons");
  writer.packed(neurons);
}

CoreLabels read_labels(const base::CborItem& item) {
  CoreLabels labels;
  labels.core = static_cast<int>(
      whole_number(item.at("core"), "core number", std::numeric_limits<int>::max()));
  labels.group_layers = item.at("group_layers").unpacked<std::uint16_t>();
  const auto words = item.at("neurons").unpacked<std::uint32_t>();
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    labels.neurons.push_back({words[i], static_cast<std::uint16_t>(words[i + 1] & 0xffff),
                              static_cast<std::uint8_t>(words[i + 1] >> 16 & 0xff),
                              static_cast<std::uint8_t>(words[i + 1] >> 24)});
  }
  return labels;
}

void read_transactions(const base::CborItem& list, std::vector<Transaction>& transactions) {
  PayloadPool pool;
  for (const base::CborItem& item : list.items()) {
    const std::vector<base::CborItem> pair = item.items();
    require(pair.size() == 2, "a transaction");
    const base::ByteView data = pair[1].binary();
    transactions.push_back({whole_number(pair[0], "address"), pool.make(data.data, data.size)});
  }
}

/// Writes the body of the file. Keys are in ascending order.
void write_body(const Deployment& deployment, base::CborWriter& writer) {
  writer.map(8);
  writer.text("chip");
  writer.json(to_json(deployment.chip));
  writer.text("cores");
  writer.array(deployment.cores.size());
  for (const CoreLabels& labels : deployment.cores) write_labels(labels, writer);
  writer.text("input");
  writer.map(3);
  writer.text("first");
  writer.packed(deployment.input.first);
  writer.text("levels");
  writer.json(deployment.input.levels);
  writer.text("packets");
  writer.packed(deployment.input.packets);
  writer.text("layers");
  writer.array(deployment.layers.size());
  for (const DeployedLayer& layer : deployment.layers) writer.json(layer_to_json(layer));
  writer.text("network");
  writer.text(deployment.network);
  writer.text("seed");
  writer.number(deployment.seed);
  writer.text("spiking_network");
  writer.packed(deployment.spiking_network);
  writer.text("transactions");
  writer.array(deployment.transactions.size());
  for (const Transaction& transaction : deployment.transactions) {
    writer.array(2);
    writer.number(transaction.address);
    writer.binary({transaction.data.data(), transaction.data.size()});
  }
}

base::PiecewiseEnvelope envelope_of(const Deployment& deployment) {
  return {base::FileKind::kDeployment, Deployment::kVersion,
          [&deployment](base::CborWriter& writer) { write_body(deployment, writer); }};
}

/// Checks that the parts are consistent, so that users of a deployment need no further checks.
void check(const Deployment& deployment) {
  const InputRoutes& input = deployment.input;
  require(!deployment.layers.empty(), "no layers");
  const DeployedLayer& last = deployment.layers.back();
  require(std::int64_t{last.neurons} * last.levels <= Packet::kMaxOutputs,
          "more outputs of the last layer than packets can name");
  require(!input.first.empty() && input.first.front() == 0 &&
              input.first.back() == input.packets.size(),
          "input routes");
  for (std::size_t i = 1; i < input.first.size(); ++i) {
    require(input.first[i - 1] <= input.first[i], "input routes");
  }
  for (const CoreLabels& labels : deployment.cores) {
    require(labels.core >= 0 && labels.core < deployment.chip.grid().cores(), "core number");
    for (const std::uint16_t layer : labels.group_layers) {
      require(layer < deployment.layers.size(), "layer of a group");
    }
    for (const NeuronLabel& label : labels.neurons) {
      require(label.layer < deployment.layers.size(), "layer of a neuron");
      const DeployedLayer& layer = deployment.layers[label.layer];
      require(label.neuron < static_cast<std::uint32_t>(layer.neurons) &&
                  label.first_level + label.levels <= layer.levels,
              "neuron");
    }
  }
}

}  // namespace

std::vector<std::uint64_t> InputRoutes::spikes(const std::vector<std::uint8_t>& activations) const {
  std::vector<std::uint64_t> result;
  for (std::size_t j = 0; j < activations.size(); ++j) {
    for (int level = 0; level < activations[j]; ++level) append(j, level, result);
  }
  return result;
}

void InputRoutes::append(std::size_t neuron, int level, std::vector<std::uint64_t>& sent) const {
  for (std::uint32_t r = first[neuron]; r < first[neuron + 1]; ++r) {
    sent.push_back(Packet(packets[r]).with_level(level).bits());
  }
}

std::vector<std::uint8_t> Deployment::output_levels(
    const std::vector<std::uint64_t>& outputs) const {
  const DeployedLayer& last = layers.back();
  std::vector<std::uint8_t> result(static_cast<std::size_t>(last.neurons));
  for (const std::uint64_t bits : outputs) {
    ++result.at(static_cast<std::size_t>(Packet(bits).output() / last.levels));
  }
  return result;
}

std::vector<std::uint8_t> Deployment::encode() const {
  return base::encode_piecewise(envelope_of(*this));
}

void Deployment::write(const base::ByteSink& sink) const {
  base::write_envelope(envelope_of(*this), sink);
}

void Deployment::save(const std::string& path) const {
  base::write_file(path, [this](const base::ByteSink& sink) { write(sink); });
}

Deployment Deployment::load(const std::string& path) {
  const base::MappedFile file(path);
  return decode(file.bytes(), path);
}

Deployment Deployment::decode(base::ByteView bytes, const std::string& source) {
  const base::CborItem body = base::open_body(bytes, source, base::FileKind::kDeployment, kVersion);
  try {
    Deployment deployment;
    deployment.network = body.at("network").text();
    deployment.chip = chip_from_json(body.at("chip").json(), source);
    deployment.seed = whole_number(body.at("seed"), "seed");
    read_layers(body, source, deployment);
    const base::CborItem input = body.at("input");
    deployment.input.first = input.at("first").unpacked<std::uint32_t>();
    deployment.input.packets = input.at("packets").unpacked<std::uint64_t>();
    for (const base::CborItem& labels : body.at("cores").items()) {
      deployment.cores.push_back(read_labels(labels));
    }
    read_transactions(body.at("transactions"), deployment.transactions);
    deployment.spiking_network = body.at("spiking_network").unpacked<std::uint8_t>();
    check(deployment);
    return deployment;
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw base::UserError(fmt::format("{}: not a valid deployment: {}", source, error.what()));
  }
}

}  // namespace spikeloom::arch
