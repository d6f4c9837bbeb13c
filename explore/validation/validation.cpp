// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/validation/validation.h"

#include <algorithm>
#include <filesystem>

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/config_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/base/units.h"

namespace spikeloom::explore {
namespace {

using base::to_milli;

constexpr double kPercent = 100.0;

PublishedFigure read_figure(const base::ConfigMap& map, base::Unit unit) {
  PublishedFigure figure;
  figure.value = map.quantity("published", unit, {1e-9, 1e3});
  figure.fitted = map.choice("status", {"fitted", "predicted"}) == 0;
  figure.tolerance = map.real("tolerance", {0.0, 10.0});
  return figure;
}

ComparedFigure compare(const PublishedFigure& published, double own, double activity) {
  return {published, own, own * activity};
}

const char* status(const PublishedFigure& figure) { return figure.fitted ? "fitted" : "predicted"; }

nlohmann::ordered_json figure_json(const ComparedFigure& figure) {
  return {{"published", to_milli(figure.published.value)},
          {"status", status(figure.published)},
          {"model", to_milli(figure.own)},
          {"model_at_published_activity", to_milli(figure.scaled)},
          {"error", figure.error()},
          {"tolerance", figure.published.tolerance},
          {"within", figure.within()}};
}

Validation read_validation(base::ConfigFile&& file, const std::string& path,
                           const std::vector<std::string>& only) {
  const base::ConfigMap root = file.root();
  Validation validation;
  validation.source = root.text("source");
  const base::ConfigMap mapping = root.map("mapper");
  validation.settings = {
      fmt::format("mapper.objective={}", mapping.text("objective")),
      fmt::format("seed={}", mapping.integer("seed", {0, INT64_MAX})),
  };
  const base::ConfigMap cases = root.map("cases");
  for (const std::string& name : cases.keys()) {
    const base::ConfigMap map = cases.map(name);
    ValidationCase item;
    item.name = name;
    item.run = (std::filesystem::path(path).parent_path() / map.text("run")).lexically_normal();
    const base::ConfigMap networks = map.list("networks");
    for (const std::string& key : networks.keys()) item.networks.push_back(networks.text(key));
    item.data = map.text("data");
    item.images = map.integer("images", {1, INT32_MAX});
    item.mapping = static_cast<std::uint32_t>(map.integer("mapping", {0, UINT32_MAX}));
    item.spikes = map.real("spikes", {1.0, 1e12});
    item.paper_sop = map.real("paper_sop", {1.0, 1e15});
    item.accuracy = map.real("accuracy", {0.0, 1.0});
    item.time = read_figure(map.map("time"), base::Unit::kSecond);
    item.energy = read_figure(map.map("energy"), base::Unit::kJoule);
    validation.cases.push_back(std::move(item));
  }
  if (validation.cases.empty()) file.error("cases", "is empty");
  file.finish();
  if (only.empty()) return validation;
  std::vector<ValidationCase> chosen;
  for (const std::string& name : only) {
    const auto found = std::find_if(validation.cases.begin(), validation.cases.end(),
                                    [&](const ValidationCase& item) { return item.name == name; });
    if (found == validation.cases.end()) {
      throw base::UserError(
          fmt::format("--case: got {}, allowed {}", name, fmt::join(cases.keys(), ", ")));
    }
    chosen.push_back(*found);
  }
  validation.cases = std::move(chosen);
  return validation;
}

}  // namespace

Validation load_validation(const std::string& path, const std::vector<std::string>& only) {
  return read_validation(base::ConfigFile(path, ""), path, only);
}

Validation parse_validation(const std::string& text, const std::string& path,
                            const std::vector<std::string>& only) {
  return read_validation(base::ConfigFile::parse(text, path), path, only);
}

std::uint32_t mapping_checksum(const arch::Deployment& deployment) {
  boost::crc_32_type crc;
  for (const arch::Transaction& transaction : deployment.transactions) {
    crc.process_bytes(&transaction.address, sizeof transaction.address);
    crc.process_bytes(transaction.data.data(), transaction.data.size());
  }
  const std::vector<std::uint64_t>& packets = deployment.input.packets;
  crc.process_bytes(packets.data(), packets.size() * sizeof(std::uint64_t));
  return crc.checksum();
}

CaseResult compare(const ValidationCase& published, const sim::Summary& summary,
                   const arch::Deployment& deployment) {
  if (!summary.cycles_per_image || !summary.joule_per_image) {
    throw base::UserError(fmt::format("{}: {} images are too few: the pipeline was never full",
                                      published.name, summary.images));
  }
  CaseResult result;
  result.published = published;
  result.images = summary.images;
  result.accuracy = summary.accuracy();
  result.spikes = summary.total(&sim::LayerSummary::spikes_per_image);
  result.paper_sop = summary.total(&sim::LayerSummary::paper_sop_per_image);
  result.mapping = mapping_checksum(deployment);
  const double activity = published.spikes / result.spikes;
  result.time =
      compare(published.time, deployment.chip.seconds(summary.cycles_per_image->mean), activity);
  result.energy = compare(published.energy, summary.joule_per_image->mean, activity);
  return result;
}

bool passes(const std::vector<CaseResult>& results) {
  return std::all_of(results.begin(), results.end(), [](const CaseResult& result) {
    return result.time.within() && result.energy.within();
  });
}

std::string format(const Validation& validation, const std::vector<CaseResult>& results) {
  base::TextTable figures({"", "published", "model", "scaled", "error", "allowed", "parameters"});
  base::TextTable networks(
      {"", "images", "accuracy", "published", "spikes", "published", "paper SOP", "published"});
  std::string changed;
  for (const CaseResult& result : results) {
    const auto add = [&](const char* unit, const ComparedFigure& figure) {
      figures.add({fmt::format("{} {}", result.published.name, unit),
                   fmt::format("{:.4g}", to_milli(figure.published.value)),
                   fmt::format("{:.4f}", to_milli(figure.own)),
                   fmt::format("{:.4f}", to_milli(figure.scaled)),
                   fmt::format("{:+.1f} %", kPercent * figure.error()),
                   fmt::format("{:.0f} %", kPercent * figure.published.tolerance),
                   fmt::format("{}{}", status(figure.published), figure.within() ? "" : " OUT")});
    };
    add("ms", result.time);
    add("mJ", result.energy);
    networks.add({result.published.name, std::to_string(result.images),
                  result.accuracy ? fmt::format("{:.2f} %", kPercent * *result.accuracy) : "-",
                  fmt::format("{:.2f} %", kPercent * result.published.accuracy),
                  fmt::format("{:.0f}", result.spikes),
                  fmt::format("{:.0f}", result.published.spikes),
                  fmt::format("{:.4g}", result.paper_sop),
                  fmt::format("{:.4g}", result.published.paper_sop)});
    if (result.mapping != result.published.mapping) {
      changed += fmt::format("\n{}: mapping {}, the figures belong to {}\n", result.published.name,
                             result.mapping, result.published.mapping);
    }
  }
  return fmt::format(
      "{}\n\n{}scaled: to the published number of spikes per image; the error is of the scaled "
      "figure\n\n{}{}",
      validation.source, figures.text(), networks.text(), changed);
}

nlohmann::ordered_json to_json(const Validation& validation,
                               const std::vector<CaseResult>& results) {
  nlohmann::ordered_json json;
  json["source"] = validation.source;
  json["passes"] = passes(results);
  json["cases"] = nlohmann::ordered_json::array();
  for (const CaseResult& result : results) {
    json["cases"].push_back({{"name", result.published.name},
                             {"images", result.images},
                             {"accuracy", result.accuracy ? nlohmann::ordered_json(*result.accuracy)
                                                          : nlohmann::ordered_json(nullptr)},
                             {"published_accuracy", result.published.accuracy},
                             {"spikes_per_image", result.spikes},
                             {"published_spikes_per_image", result.published.spikes},
                             {"paper_sop_per_image", result.paper_sop},
                             {"published_paper_sop_per_image", result.published.paper_sop},
                             {"mapping", result.mapping},
                             {"pinned_mapping", result.published.mapping},
                             {"ms_per_image", figure_json(result.time)},
                             {"mj_per_image", figure_json(result.energy)}});
  }
  return json;
}

}  // namespace spikeloom::explore
