// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/inspect/result_inspection.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "common/error.h"
#include "testbenches/spikeloom/result_files.h"
#include "testbenches/spikeloom/summary_json.h"

namespace spikeloom::program {
namespace {

using nlohmann::ordered_json;

std::string number(const ordered_json& value) {
  if (value.is_null()) return "-";
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// A line for each single value of an object, those of objects in it indented.
std::string lines(const ordered_json& object, const std::string& indent) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (value.is_object() || value.is_array()) continue;
    text += cut(fmt::format("{}{:<26} {}", indent, key, number(value)), TextTable::kWidth) + "\n";
  }
  return text;
}

std::string layer_table(const ordered_json& layers) {
  TextTable table({"layer", "cores", "neurons", "spikes", "packets", "sop", "mj"});
  for (const ordered_json& layer : layers) {
    table.add({layer.at("name").get<std::string>(), number(layer.at("cores")),
               number(layer.at("neurons")), number(layer.at("spikes_per_image")),
               number(layer.at("packets_per_image")), number(layer.at("sop_per_image")),
               number(layer.at("mj_per_image"))});
  }
  return table.text();
}

/// A line of images.csv.
struct ImageLine {
  int label = 0;
  int predicted = 0;
  std::optional<double> cycles;
  std::optional<double> mj;
  bool steady = false;
  std::optional<double> latency_ms;
};

template <typename T>
bool parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse(std::string_view text, std::optional<double>& value) {
  if (text.empty()) return true;
  return parse(text, value.emplace());
}

std::optional<ImageLine> parse_line(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  ImageLine image;
  std::size_t index = 0;
  if (fields.size() != 7 || !parse(fields[0], index) || !parse(fields[1], image.label) ||
      !parse(fields[2], image.predicted) || !parse(fields[3], image.cycles) ||
      !parse(fields[4], image.mj) || (fields[5] != "0" && fields[5] != "1") ||
      !parse(fields[6], image.latency_ms)) {
    return std::nullopt;
  }
  image.steady = fields[5] == "1";
  return image;
}

std::vector<ImageLine> read_lines(const InspectedFile& file) {
  std::string_view rest(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  rest.remove_prefix(kImagesCsv.header.size());
  std::vector<ImageLine> images;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto image =
        end == std::string_view::npos ? std::nullopt : parse_line(rest.substr(0, end));
    if (!image) {
      throw common::UserError(
          fmt::format("{}:{}: not a whole line of an images.csv", file.path, images.size() + 2));
    }
    images.push_back(*image);
    rest.remove_prefix(end + 1);
  }
  return images;
}

/// Least, mean and most of the values that are there, over full ticks.
struct Spread {
  double least = 0.0;
  double sum = 0.0;
  double most = 0.0;
  std::size_t count = 0;

  void add(double value) {
    least = count == 0 ? value : std::min(least, value);
    most = count == 0 ? value : std::max(most, value);
    sum += value;
    ++count;
  }
  double mean() const { return sum / static_cast<double>(count); }
  std::string text() const {
    if (count == 0) return "-";
    return fmt::format("{:.6g}, from {:.6g} to {:.6g}", mean(), least, most);
  }
  ordered_json json() const {
    if (count == 0) return nullptr;
    return {{"mean", mean()}, {"least", least}, {"most", most}};
  }
};

}  // namespace

bool is_images_csv(const InspectedFile& file) {
  return file.bytes.size() >= kImagesCsv.header.size() &&
         std::equal(kImagesCsv.header.begin(), kImagesCsv.header.end(), file.bytes.begin());
}

Inspection inspect_summary(const InspectedFile& file) {
  Inspection result;
  try {
    const ordered_json summary = ordered_json::parse(file.bytes);
    const int schema = summary.at("schema").get<int>();
    if (schema != kSummarySchema) {
      throw common::UserError(fmt::format("{}: summary of schema {}, this program reads schema {}",
                                          file.path, schema, kSummarySchema));
    }
    result.text = fmt::format("summary of a run, schema {}\n\n", schema) + lines(summary, "") +
                  "\na layer, an image:\n" + layer_table(summary.at("layers"));
    for (const auto& [key, title] :
         {std::pair{"energy_mj_per_image", "mJ an image, by component"},
          std::pair{"late_spikes", "late spikes"}, std::pair{"configuration", "loading"}}) {
      const ordered_json& part = summary.at(key);
      if (part.is_object()) result.text += fmt::format("\n{}:\n", title) + lines(part, "  ");
    }
    result.text += "\nevery key of the chip is in its chip_description (--json)\n";
    result.json = {{"kind", "summary"},
                   {"version", schema},
                   {"bytes", file.bytes.size()},
                   {"summary", summary}};
  } catch (const nlohmann::json::exception& error) {
    throw common::UserError(
        fmt::format("{}: not the summary.json of a run: {}", file.path, error.what()));
  }
  return result;
}

Inspection inspect_images(const InspectedFile& file) {
  const std::vector<ImageLine> images = read_lines(file);
  std::map<int, std::pair<std::size_t, std::size_t>> classes;  // correct, all
  std::size_t correct = 0;
  std::size_t steady = 0;
  Spread cycles;
  Spread mj;
  for (const ImageLine& image : images) {
    auto& [right, all] = classes[image.label];
    ++all;
    right += image.label == image.predicted ? 1 : 0;
    correct += image.label == image.predicted ? 1 : 0;
    if (!image.steady) continue;
    ++steady;
    if (image.cycles) cycles.add(*image.cycles);
    if (image.mj) mj.add(*image.mj);
  }
  TextTable table({"label", "images", "correct", "%"});
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
      "images of a run, a line each: index, label, predicted, cycles, mj, steady\n\n"
      "images   {}, {} with times that count (steady)\n"
      "correct  {} ({} %)\ncycles   {}\nmJ       {}\n\n",
      images.size(), steady, correct, percent(correct, images.size()), cycles.text(), mj.text());
  result.text += table.text();
  result.json = {{"kind", "images"},        {"bytes", file.bytes.size()},
                 {"images", images.size()}, {"correct", correct},
                 {"steady", steady},        {"cycles", cycles.json()},
                 {"mj", mj.json()},         {"labels", labels}};
  return result;
}

}  // namespace spikeloom::program
