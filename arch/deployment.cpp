// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/deployment.h"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/base/config_file.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"

namespace spikeloom::arch {

namespace {

/// Maximum number of levels of a layer: a label has 8 bits for it, and so does an activation.
constexpr int kMaxLevels = 255;

void require(bool condition, const char* what) {
  if (!condition) throw std::invalid_argument(what);
}

/// Reads an unsigned integer of at most `max`; `what` is its name in messages.
std::uint64_t whole_number(const nlohmann::json& json, const char* what,
                           std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) {
  require(json.is_number_unsigned() && json.get<std::uint64_t>() <= max, what);
  return json.get<std::uint64_t>();
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
void read_layers(const nlohmann::json& body, const std::string& source, Deployment& deployment) {
  base::ConfigFile file = base::ConfigFile::from_json(
      {{"layers", body.at("layers")}, {"input", {{"levels", body.at("input").at("levels")}}}},
      source, "");
  const base::ConfigMap list = file.root().list("layers");
  for (const std::string& key : list.keys()) {
    deployment.layers.push_back(read_layer(list.map(key), deployment.chip.grid().cores()));
  }
  deployment.input.levels =
      static_cast<int>(file.root().map("input").integer("levels", {1, kMaxLevels}));
  file.finish();
}

nlohmann::json labels_to_json(const CoreLabels& labels) {
  std::vector<std::uint32_t> neurons;
  neurons.reserve(labels.neurons.size() * 2);
  for (const NeuronLabel& label : labels.neurons) {
    neurons.push_back(label.neuron);
    neurons.push_back(static_cast<std::uint32_t>(label.layer) |
                      static_cast<std::uint32_t>(label.first_level) << 16 |
                      static_cast<std::uint32_t>(label.levels) << 24);
  }
  return {{"core", labels.core},
          {"group_layers", base::pack(labels.group_layers)},
          {"neurons", base::pack(neurons)}};
}

CoreLabels labels_from_json(const nlohmann::json& json) {
  CoreLabels labels;
  labels.core = static_cast<int>(
      whole_number(json.at("core"), "core number", std::numeric_limits<int>::max()));
  labels.group_layers = base::unpack<std::uint16_t>(json.at("group_layers"));
  const auto words = base::unpack<std::uint32_t>(json.at("neurons"));
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    labels.neurons.push_back({words[i], static_cast<std::uint16_t>(words[i + 1] & 0xffff),
                              static_cast<std::uint8_t>(words[i + 1] >> 16 & 0xff),
                              static_cast<std::uint8_t>(words[i + 1] >> 24)});
  }
  return labels;
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
  nlohmann::json body;
  body["network"] = network;
  body["chip"] = to_json(chip);
  body["seed"] = seed;
  body["layers"] = nlohmann::json::array();
  for (const DeployedLayer& layer : layers) body["layers"].push_back(layer_to_json(layer));
  body["input"] = {{"levels", input.levels},
                   {"first", base::pack(input.first)},
                   {"packets", base::pack(input.packets)}};
  body["cores"] = nlohmann::json::array();
  for (const CoreLabels& labels : cores) body["cores"].push_back(labels_to_json(labels));
  body["transactions"] = nlohmann::json::array();
  for (const Transaction& transaction : transactions) {
    body["transactions"].push_back({transaction.address, base::pack(transaction.data)});
  }
  body["spiking_network"] = base::pack(spiking_network);
  return base::encode_envelope({base::FileKind::kDeployment, kVersion, std::move(body)});
}

Deployment Deployment::decode(const std::vector<std::uint8_t>& bytes, const std::string& source) {
  const nlohmann::json body =
      base::decode_body(bytes, source, base::FileKind::kDeployment, kVersion);
  try {
    Deployment deployment;
    body.at("network").get_to(deployment.network);
    deployment.chip = chip_from_json(body.at("chip"), source);
    deployment.seed = whole_number(body.at("seed"), "seed");
    read_layers(body, source, deployment);
    const nlohmann::json& input = body.at("input");
    deployment.input.first = base::unpack<std::uint32_t>(input.at("first"));
    deployment.input.packets = base::unpack<std::uint64_t>(input.at("packets"));
    for (const nlohmann::json& labels : body.at("cores")) {
      deployment.cores.push_back(labels_from_json(labels));
    }
    for (const nlohmann::json& transaction : body.at("transactions")) {
      deployment.transactions.push_back({whole_number(transaction.at(0), "address"),
                                         base::unpack<std::uint8_t>(transaction.at(1))});
    }
    deployment.spiking_network = base::unpack<std::uint8_t>(body.at("spiking_network"));
    check(deployment);
    return deployment;
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw base::UserError(fmt::format("{}: not a valid deployment: {}", source, error.what()));
  }
}

}  // namespace spikeloom::arch
