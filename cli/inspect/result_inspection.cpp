// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/result_inspection.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/json_integer.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/sim/results/csv_table.h"
#include "spikeloom/sim/results/summary_json.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

std::string number(const ordered_json& value) {
  if (value.is_null()) return "-";
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Returns a line for each scalar of an object; nested objects are indented.
std::string lines(const ordered_json& object, const std::string& indent) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (value.is_object() || value.is_array()) continue;
    text += base::truncated(fmt::format("{}{:<26} {}", indent, key, number(value)),
                            base::TextTable::kWidth) +
            "\n";
  }
  return text;
}

std::string layer_table(const ordered_json& layers) {
  base::TextTable table({"layer", "cores", "neurons", "spikes", "packets", "sop", "mj"});
  for (const ordered_json& layer : layers) {
    table.add({layer.at("name").get<std::string>(), number(layer.at("cores")),
               number(layer.at("neurons")), number(layer.at("spikes_per_image")),
               number(layer.at("packets_per_image")), number(layer.at("sop_per_image")),
               number(layer.at("mj_per_image"))});
  }
  return table.text();
}

/// Minimum, mean and maximum of the values that are present, over steady ticks.
struct Spread {
  double minimum = 0.0;
  double sum = 0.0;
  double maximum = 0.0;
  std::size_t count = 0;

  void add(double value) {
    minimum = count == 0 ? value : std::min(minimum, value);
    maximum = count == 0 ? value : std::max(maximum, value);
    sum += value;
    ++count;
  }
  double mean() const { return sum / static_cast<double>(count); }
  std::string text() const {
    if (count == 0) return "-";
    return fmt::format("{:.6g}, from {:.6g} to {:.6g}", mean(), minimum, maximum);
  }
  ordered_json json() const {
    if (count == 0) return nullptr;
    return {{"mean", mean()}, {"min", minimum}, {"max", maximum}};
  }
};

}  // namespace

bool is_images_csv(const InspectedFile& file) {
  return sim::begins_as(file.text(), sim::kImagesCsv);
}

Inspection inspect_summary(const InspectedFile& file) {
  Inspection result;
  try {
    const ordered_json summary = base::parse_json(file.bytes);
    const int schema = base::json_integer<int>(summary.at("schema"), "schema");
    if (schema != sim::kSummarySchema) {
      throw base::UserError(fmt::format("{}: summary of schema {}, this program reads schema {}",
                                        file.path, schema, sim::kSummarySchema));
    }
    result.text = fmt::format("summary of a run, schema {}\n\n", schema) + lines(summary, "") +
                  "\na layer, an image:\n" + layer_table(summary.at("layers"));
    for (const auto& [key, title] :
         {std::pair{"energy_mj_per_image", "mJ/image, by component"},
          std::pair{"late_spikes", "late spikes"}, std::pair{"configuration", "loading"}}) {
      const ordered_json& part = summary.at(key);
      if (part.is_object()) result.text += fmt::format("\n{}:\n", title) + lines(part, "  ");
    }
    result.text += "\n--json also shows chip_description, all keys of the chip\n";
    result.json = {{"kind", "summary"},
                   {"version", schema},
                   {"bytes", file.bytes.size()},
                   {"summary", summary}};
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw base::UserError(
        fmt::format("{}: not the summary.json of a run: {}", file.path, error.what()));
  }
  return result;
}

Inspection inspect_images(const InspectedFile& file) {
  const sim::CsvTable images(file.text(), file.path, sim::kImagesCsv);
  std::map<long, std::pair<std::size_t, std::size_t>> classes;  // correct, all
  std::size_t correct = 0;
  std::size_t labelled = 0;
  std::size_t steady = 0;
  Spread cycles;
  Spread mj;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images.number(i, "label")) {
      const long label = images.integer(i, "label");
      const long predicted = images.integer(i, "predicted");
      const std::size_t right = label == predicted ? 1 : 0;
      classes[label].first += right;
      ++classes[label].second;
      correct += right;
      ++labelled;
    }
    if (images.integer(i, "steady") == 0) continue;
    ++steady;
    if (const auto value = images.number(i, "cycles")) cycles.add(*value);
    if (const auto value = images.number(i, "mj")) mj.add(*value);
  }
  base::TextTable table({"label", "images", "correct", "%"});
  ordered_json labels = ordered_json::array();
  const auto percent = [](std::size_t right, std::size_t all) {
    return all == 0 ? "-"
                    : fmt::format("{:.2f}",
                                  100.0 * static_cast<double>(right) / static_cast<double>(all));
  };
  for (const auto& [label, counts] : classes) {
    const auto [right, all] = counts;
    table.add({fmt::format("{}", label), fmt::format("{}", all), fmt::format("{}", right),
               percent(right, all)});
    labels.push_back({{"label", label}, {"images", all}, {"correct", right}});
  }
  Inspection result;
  result.text = fmt::format(
      "images of a run, each: index, label, predicted, cycles, mj, steady, latency_ms\n\n"
      "images   {}, {} with times that count (steady)\n"
      "correct  {}\ncycles   {}\nmJ       {}\n\n",
      images.size(), steady,
      labelled == 0 ? "- (no labels)"
                    : fmt::format("{} ({} %)", correct, percent(correct, labelled)),
      cycles.text(), mj.text());
  if (labelled != 0) result.text += table.text();
  result.json = {{"kind", "images"},        {"bytes", file.bytes.size()},
                 {"images", images.size()}, {"correct", nullptr},
                 {"steady", steady},        {"cycles", cycles.json()},
                 {"mj", mj.json()},         {"labels", labels}};
  if (labelled != 0) result.json["correct"] = correct;
  return result;
}

}  // namespace spikeloom::cli
