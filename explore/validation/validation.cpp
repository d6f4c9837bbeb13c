// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/validation/validation.h"

#include <algorithm>
#include <map>
#include <utility>

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/error.h"
#include "spikeloom/base/optional_json.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/base/units.h"
#include "spikeloom/explore/percent.h"

namespace spikeloom::explore {
namespace {

using nlohmann::ordered_json;

double ticks_per_image(const arch::Deployment& deployment) {
  const arch::SyncDescription& sync = deployment.chip.sync;
  return sync.pipeline ? sync.ticks_per_image : deployment.layers.back().depth + 1;
}

double value_of(Figure figure, const sim::Summary& summary, const arch::Deployment& deployment) {
  const double seconds = deployment.chip.seconds(summary.cycles_per_image->mean);
  const double joule = summary.joule_per_image->mean;
  const double operations = summary.total(&sim::LayerSummary::sop_per_image);
  switch (figure) {
    case Figure::kTime:
      return seconds;
    case Figure::kEnergy:
      return joule;
    case Figure::kPower:
      return joule / seconds;
    case Figure::kEnergyPerSop:
      return joule / operations;
    case Figure::kEfficiency:
      return operations / joule;
    case Figure::kSopRate:
      return operations / seconds;
    case Figure::kTickRate:
      return ticks_per_image(deployment) / seconds;
    case Figure::kArea:
      return summary.area.chip();
  }
  return 0.0;
}

const char* status(const PublishedFigure& figure) { return figure.fitted ? "fitted" : "predicted"; }

/// Formats "a", or "a..b" if the two texts differ.
std::string range(const std::string& low, const std::string& high) {
  return low == high ? low : low + ".." + high;
}

std::string percent(double value) { return fmt::format("{:+.1f}", kPercent * value); }

std::string text(const Interval& values, Figure figure) {
  const double factor = shown_in(figure).factor;
  return range(fmt::format("{:.4g}", values.low * factor),
               fmt::format("{:.4g}", values.high * factor));
}

std::string error_text(const Interval& errors) {
  return range(percent(errors.low), percent(errors.high)) + " %";
}

std::string heading(const Mechanism& mechanism) {
  if (mechanism.name.empty()) return {};
  std::string text = fmt::format("{} {}: {}\n", mechanism.rank, mechanism.name, mechanism.title);
  for (const Parameter& parameter : mechanism.parameters) {
    text +=
        fmt::format("  {}, allowed {}..{}{}\n", parameter.setting(), parameter.minimum,
                    parameter.maximum, parameter.at_bound() ? ": AT ITS BOUND, no value fits" : "");
  }
  return text;
}

std::string figures_table(const MechanismResult& result) {
  base::TextTable table({"", "published", "model", "error", "allowed", ""}, 1, true);
  for (const CaseResult& item : result.cases) {
    for (std::size_t i = 0; i < item.published.figures.size(); ++i) {
      const PublishedFigure& figure = item.published.figures[i];
      const FigureUnit unit = shown_in(figure.figure);
      const bool ran = !item.runs.empty();
      table.add({fmt::format("{} {}", item.published.name, unit.symbol),
                 fmt::format("{:.4g}", figure.value * unit.factor),
                 ran ? text(item.values(i), figure.figure) : "-",
                 ran ? error_text(item.errors(i)) : "-",
                 fmt::format("{:.0f} %", kPercent * figure.tolerance),
                 fmt::format("{}{}", status(figure), item.within(i) ? "" : " OUT")});
    }
  }
  std::string text = table.text();
  for (const CaseResult& item : result.cases) {
    if (item.refusal.empty()) continue;
    for (const std::string& line :
         base::wrap(fmt::format("{} does not run: {}", item.published.name, item.refusal),
                    base::TextTable::kWidth)) {
      text += line + "\n";
    }
  }
  return text;
}

/// The runs behind the figures of a mechanism.
std::string runs_table(const MechanismResult& result) {
  base::TextTable table({"", "images", "accuracy", "input spikes", "spikes", "paper SOP"});
  for (const CaseResult& item : result.cases) {
    const ValidationCase& published = item.published;
    for (const CaseRun& run : item.runs) {
      const std::string name = published.name + (run.activity.empty() ? "" : " ") + run.activity;
      table.add({name, std::to_string(run.images),
                 run.accuracy ? fmt::format("{:.2f} %", kPercent * *run.accuracy) : "-",
                 fmt::format("{:.0f}", run.input_spikes), fmt::format("{:.0f}", run.spikes),
                 fmt::format("{:.4g}", run.paper_sop)});
    }
    if (!published.spikes && !published.paper_sop && !published.accuracy) continue;
    table.add({published.name + ", published", "",
               published.accuracy ? fmt::format("{:.2f} %", kPercent * *published.accuracy) : "",
               "", published.spikes ? fmt::format("{:.0f}", *published.spikes) : "",
               published.paper_sop ? fmt::format("{:.4g}", *published.paper_sop) : ""});
  }
  return table.text();
}

/// One line a mechanism: the errors of all predicted figures.
std::string comparison_table(const Validation& validation,
                             const std::vector<MechanismResult>& results) {
  std::vector<std::string> header = {"errors in %", "fit"};
  std::vector<std::pair<std::size_t, std::size_t>> predicted;  // case, figure
  for (std::size_t c = 0; c < validation.cases.size(); ++c) {
    const ValidationCase& item = validation.cases[c];
    for (std::size_t i = 0; i < item.figures.size(); ++i) {
      if (item.figures[i].fitted) continue;
      predicted.emplace_back(c, i);
      header.push_back(fmt::format("{} {}", item.name, shown_in(item.figures[i].figure).symbol));
    }
  }
  if (predicted.empty()) return {};
  base::TextTable table(header);
  for (const MechanismResult& result : results) {
    std::vector<std::string> row = {
        fmt::format("{} {}", result.mechanism.rank, result.mechanism.name)};
    double worst = 0.0;
    for (const CaseResult& item : result.cases) {
      for (std::size_t i = 0; i < item.published.figures.size(); ++i) {
        if (!item.published.figures[i].fitted || item.runs.empty()) continue;
        for (const double error : {item.errors(i).low, item.errors(i).high}) {
          if (std::abs(error) > std::abs(worst)) worst = error;
        }
      }
    }
    row.push_back(percent(worst));
    for (const auto& [c, i] : predicted) {
      if (result.cases[c].runs.empty()) {
        row.emplace_back("-");
        continue;
      }
      const Interval errors = result.cases[c].errors(i);
      row.push_back(range(percent(errors.low), percent(errors.high)));
    }
    table.add(row);
  }
  for (const SpikeRule& rule : spike_rules(validation)) {
    std::vector<std::string> row = {fmt::format("as {} per spike", rule.of), percent(0.0)};
    for (const auto& [c, i] : predicted) {
      const ValidationCase& item = validation.cases[c];
      const Figure figure = item.figures[i].figure;
      row.push_back(item.name != rule.name      ? ""
                    : figure == Figure::kTime   ? percent(rule.time_error)
                    : figure == Figure::kEnergy ? percent(rule.energy_error)
                                                : "");
    }
    table.add(row);
  }
  return table.text();
}

ordered_json interval_json(const Interval& interval, double factor = 1.0) {
  return {interval.low * factor, interval.high * factor};
}

ordered_json figure_json(const CaseResult& item, std::size_t i) {
  const PublishedFigure& figure = item.published.figures[i];
  const double factor = shown_in(figure.figure).factor;
  ordered_json json = {{"unit", shown_in(figure.figure).symbol},
                       {"published", figure.value * factor},
                       {"status", status(figure)},
                       {"model", nullptr},
                       {"error", nullptr},
                       {"tolerance", figure.tolerance},
                       {"within", item.within(i)}};
  if (!item.runs.empty()) {
    json["model"] = interval_json(item.values(i), factor);
    json["error"] = interval_json(item.errors(i));
  }
  if (!figure.source.empty()) json["source"] = figure.source;
  return json;
}

ordered_json case_json(const CaseResult& item) {
  ordered_json runs = ordered_json::array();
  for (const CaseRun& run : item.runs) {
    ordered_json shares = ordered_json::object();
    for (const sim::TermShare& term : run.energy) shares[term.name] = term.share;
    runs.push_back({{"activity", run.activity},
                    {"images", run.images},
                    {"accuracy", base::optional_json(run.accuracy)},
                    {"input_spikes_per_image", run.input_spikes},
                    {"spikes_per_image", run.spikes},
                    {"paper_sop_per_image", run.paper_sop},
                    {"mapping", run.mapping},
                    {"energy_shares", std::move(shares)}});
  }
  ordered_json figures;
  for (std::size_t i = 0; i < item.published.figures.size(); ++i) {
    figures[std::string(name(item.published.figures[i].figure))] = figure_json(item, i);
  }
  return {{"name", item.published.name},
          {"published_accuracy", base::optional_json(item.published.accuracy)},
          {"published_spikes_per_image", base::optional_json(item.published.spikes)},
          {"published_paper_sop_per_image", base::optional_json(item.published.paper_sop)},
          {"refusal", item.refusal},
          {"runs", std::move(runs)},
          {"figures", std::move(figures)}};
}

ordered_json mechanism_json(const MechanismResult& result) {
  ordered_json parameters = ordered_json::array();
  for (const Parameter& parameter : result.mechanism.parameters) {
    parameters.push_back({{"key", parameter.key},
                          {"case", parameter.fitted_to},
                          {"figure", name(parameter.figure)},
                          {"value", parameter.value},
                          {"min", parameter.minimum},
                          {"max", parameter.maximum},
                          {"step", parameter.step},
                          {"unit", parameter.unit},
                          {"at_bound", parameter.at_bound()}});
  }
  ordered_json cases = ordered_json::array();
  for (const CaseResult& item : result.cases) cases.push_back(case_json(item));
  return {{"name", result.mechanism.name},
          {"title", result.mechanism.title},
          {"rank", result.mechanism.rank},
          {"parameters", std::move(parameters)},
          {"cases", std::move(cases)}};
}

}  // namespace

FigureUnit shown_in(Figure figure) {
  switch (figure) {
    case Figure::kTime:
      return {"ms", 1e3};
    case Figure::kEnergy:
      return {"mJ", 1e3};
    case Figure::kPower:
      return {"mW", 1e3};
    case Figure::kEnergyPerSop:
      return {"pJ/SOP", 1e12};
    case Figure::kEfficiency:
      return {"GSOPS/W", 1e-9};
    case Figure::kSopRate:
      return {"MSOPS", 1e-6};
    case Figure::kTickRate:
      return {"kHz", 1e-3};
    case Figure::kArea:
      return {"mm2", 1.0};
  }
  return {"", 1.0};
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

CaseRun measure(const ValidationCase& published, const std::string& activity,
                const sim::Summary& summary, const sim::EnergyReport& energy,
                const arch::Deployment& deployment) {
  if (!summary.cycles_per_image || !summary.joule_per_image) {
    throw base::UserError(fmt::format("{}: {} images are too few: the pipeline was never full",
                                      published.name, summary.images));
  }
  CaseRun run;
  run.activity = activity;
  run.images = summary.images;
  run.accuracy = summary.accuracy();
  run.input_spikes = summary.layers.front().spikes_per_image;
  run.spikes = summary.total(&sim::LayerSummary::spikes_per_image);
  run.paper_sop = summary.total(&sim::LayerSummary::paper_sop_per_image);
  run.mapping = mapping_checksum(deployment);
  run.energy = energy.shares();
  for (const PublishedFigure& figure : published.figures) {
    run.figures.push_back(value_of(figure.figure, summary, deployment));
  }
  return run;
}

Interval CaseResult::values(std::size_t i) const {
  const auto [low, high] = std::minmax_element(
      runs.begin(), runs.end(),
      [i](const CaseRun& a, const CaseRun& b) { return a.figures[i] < b.figures[i]; });
  return {low->figures[i], high->figures[i]};
}

Interval CaseResult::errors(std::size_t i) const {
  const Interval all = values(i);
  const double value = published.figures[i].value;
  return {all.low / value - 1.0, all.high / value - 1.0};
}

bool CaseResult::within(std::size_t i) const {
  if (runs.empty()) return false;
  const Interval all = errors(i);
  const double tolerance = published.figures[i].tolerance;
  return -all.low <= tolerance && all.high <= tolerance;
}

std::vector<SpikeRule> spike_rules(const Validation& validation) {
  const auto has = [](const ValidationCase& item, bool fitted) {
    const PublishedFigure* const time = item.find(Figure::kTime);
    const PublishedFigure* const energy = item.find(Figure::kEnergy);
    return item.spikes && time != nullptr && energy != nullptr && time->fitted == fitted &&
           energy->fitted == fitted;
  };
  const std::vector<ValidationCase>& cases = validation.cases;
  const auto base = std::find_if(cases.begin(), cases.end(),
                                 [&](const ValidationCase& item) { return has(item, true); });
  std::vector<SpikeRule> rules;
  if (base == cases.end()) return rules;
  for (const ValidationCase& item : cases) {
    if (!has(item, false)) continue;
    const double factor = *item.spikes / *base->spikes;
    SpikeRule rule;
    rule.of = base->name;
    rule.name = item.name;
    rule.seconds = factor * base->find(Figure::kTime)->value;
    rule.joule = factor * base->find(Figure::kEnergy)->value;
    rule.time_error = rule.seconds / item.find(Figure::kTime)->value - 1.0;
    rule.energy_error = rule.joule / item.find(Figure::kEnergy)->value - 1.0;
    rules.push_back(rule);
  }
  return rules;
}

bool passes(const Validation& validation, const std::vector<MechanismResult>& results) {
  for (const MechanismResult& result : results) {
    const bool all = results.size() == 1 || result.mechanism.name == validation.favoured;
    if (!all && result.mechanism.at_bound()) continue;
    for (const CaseResult& item : result.cases) {
      for (std::size_t i = 0; i < item.published.figures.size(); ++i) {
        if ((all || item.published.figures[i].fitted) && !item.within(i)) return false;
      }
    }
  }
  return true;
}

std::string format(const Validation& validation, const std::vector<MechanismResult>& results) {
  std::string text = validation.source + "\n";
  for (const MechanismResult& result : results) {
    text += "\n" + heading(result.mechanism) + figures_table(result) + runs_table(result);
  }
  if (results.size() > 1) {
    text += "\n" + comparison_table(validation, results);
    text += validation.favoured.empty()
                ? "no mechanism is favoured: the published figures do not decide\n"
                : fmt::format("favoured: {}\n", validation.favoured);
  }
  return text;
}

std::string format_sensitivity(const std::vector<MechanismResult>& results, double percent) {
  constexpr double kShown = 0.05;
  std::string text;
  for (const MechanismResult& result : results) {
    std::vector<std::string> header = {fmt::format("+{:g} % of", percent)};
    std::map<std::string, std::vector<double>> rows;  // [coefficient][run]
    std::size_t column = 0;
    for (const CaseResult& item : result.cases) {
      for (const CaseRun& run : item.runs) {
        header.push_back(item.published.name + (run.activity.empty() ? "" : " ") + run.activity);
        for (const sim::TermShare& term : run.energy) {
          std::vector<double>& row = rows[term.name];
          row.resize(column + 1);
          row[column] = percent * term.share;
        }
        ++column;
      }
    }
    std::vector<std::pair<std::string, std::vector<double>>> sorted(rows.begin(), rows.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return a.second.front() > b.second.front();
    });
    base::TextTable table(header);
    for (auto& [name, values] : sorted) {
      if (*std::max_element(values.begin(), values.end()) < kShown) continue;
      values.resize(column);
      std::vector<std::string> row = {name};
      for (const double value : values) row.push_back(fmt::format("{:+.1f} %", value));
      table.add(row);
    }
    text += fmt::format("\n{}energy, if a coefficient grows:\n{}", heading(result.mechanism),
                        table.text());
  }
  return text;
}

ordered_json to_json(const Validation& validation, const std::vector<MechanismResult>& results) {
  ordered_json rules = ordered_json::array();
  for (const SpikeRule& rule : spike_rules(validation)) {
    rules.push_back({{"of", rule.of},
                     {"case", rule.name},
                     {"ms_per_image", base::to_milli(rule.seconds)},
                     {"mj_per_image", base::to_milli(rule.joule)},
                     {"time_error", rule.time_error},
                     {"energy_error", rule.energy_error}});
  }
  ordered_json mechanisms = ordered_json::array();
  for (const MechanismResult& result : results) mechanisms.push_back(mechanism_json(result));
  return {{"source", validation.source},
          {"passes", passes(validation, results)},
          {"favoured", validation.favoured},
          {"spike_rules", std::move(rules)},
          {"mechanisms", std::move(mechanisms)}};
}

}  // namespace spikeloom::explore
