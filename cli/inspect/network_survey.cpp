// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/network_survey.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> models_in(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> models;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".onnx" && entry->is_regular_file()) {
      models.push_back(entry->path());
    }
  }
  if (error) {
    throw base::UserError(fmt::format("{}: cannot be read: {}", directory, error.message()));
  }
  if (models.empty()) {
    throw base::UserError(
        fmt::format("{}: contains no *.onnx file, expected a folder of ONNX models", directory));
  }
  std::sort(models.begin(), models.end());
  return models;
}

/// Returns what was found, without the file, the node's name and what is accepted: "(Conv): its
/// weights ...".
std::string finding_of(std::string message, const std::string& path) {
  if (message.rfind(path + ": ", 0) == 0) message.erase(0, path.size() + 2);
  message = message.substr(0, message.find("; accepted:"));
  if (message.rfind("node \"", 0) == 0) {
    const std::size_t end = message.find("\" (");
    if (end != std::string::npos) message.erase(0, end + 2);
  }
  return message;
}

/// Returns the finding with names and numbers left out, so that equal reasons have equal texts.
std::string reason_of(const std::string& finding) {
  std::string reason;
  bool quoted = false;
  for (const char c : finding) {
    if (c == '"') {
      quoted = !quoted;
      if (quoted) reason += "\"..\"";
    } else if (!quoted) {
      const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
      if (!digit) reason += c;
      if (digit && (reason.empty() || reason.back() != '#')) reason += '#';
    }
  }
  return reason;
}

std::int64_t spiking_neurons(const converter::SpikingNetwork& network) {
  std::int64_t count = 0;
  for (const converter::SpikingLayer& layer : network.layers) {
    count += std::int64_t{layer.output.size()} * layer.levels();
  }
  return count;
}

}  // namespace

Inspection survey_networks(const std::string& directory, const converter::ImportOptions& options,
                           base::ProgressSink* sink) {
  const std::vector<fs::path> models = models_in(directory);
  const base::StopGuard guard;
  base::Progress progress(sink, "models", models.size());
  base::TextTable table({"model", "layers", "spiking", "outcome"}, 1, true);
  std::map<std::string, int> reasons;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::size_t accepted = 0;
  for (const fs::path& model : models) {
    base::StopGuard::check();
    const std::string name = model.lexically_relative(directory).string();
    bool refused = false;
    try {
      const converter::SpikingNetwork network =
          converter::import_onnx(model.string(), options).network;
      table.add({name, fmt::format("{}", network.layers.size()),
                 fmt::format("{}", spiking_neurons(network)), "accepted"});
      list.push_back({{"model", name},
                      {"accepted", true},
                      {"layers", network.layers.size()},
                      {"spiking_neurons", spiking_neurons(network)}});
      ++accepted;
    } catch (const base::UserError& error) {
      refused = true;
      const std::string finding = finding_of(error.what(), model.string());
      table.add({name, "-", "-", finding});
      list.push_back({{"model", name}, {"accepted", false}, {"message", error.what()}});
      ++reasons[reason_of(finding)];
    }
    progress.advance(1, refused ? 1 : 0);
  }
  std::vector<std::pair<std::string, int>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  base::TextTable counts({"models", "reason"}, 0, true);
  nlohmann::ordered_json refusals = nlohmann::ordered_json::array();
  for (const auto& [reason, count] : sorted) {
    counts.add({fmt::format("{}", count), reason});
    refusals.push_back({{"models", count}, {"reason", reason}});
  }
  Inspection result;
  result.text = table.text() + fmt::format("\n{} of {} models accepted\n", accepted, models.size());
  if (!sorted.empty()) result.text += "\n" + counts.text();
  result.json = {{"models", models.size()},
                 {"accepted", accepted},
                 {"refusals", std::move(refusals)},
                 {"outcomes", std::move(list)}};
  return result;
}

}  // namespace spikeloom::cli
