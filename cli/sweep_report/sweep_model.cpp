// SPDX-License-Identifier: Apache-2.0
#include "cli/sweep_report/sweep_model.h"

#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/explore/sweep/metric_fields.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

ordered_json table_model(const explore::QueryTable& table) {
  ordered_json rows = ordered_json::array();
  for (const std::vector<explore::Value>& row : table.rows) {
    ordered_json& values = rows.emplace_back(ordered_json::array());
    for (const explore::Value& value : row) values.push_back(explore::to_json(value));
  }
  return {{"columns", table.columns}, {"rows", std::move(rows)}};
}

/// Parses JSON of a database that someone may have edited, within bounds of depth and size.
ordered_json parse(const std::string& text) { return base::parse_json({text.begin(), text.end()}); }

/// Returns the properties of the sweep as a whole.
ordered_json facts_model(explore::SweepQueries& answers) {
  ordered_json facts = ordered_json::object();
  for (const std::vector<explore::Value>& row :
       answers.query("SELECT key, value FROM sweep").rows) {
    facts[explore::to_text(row[0])] = explore::to_text(row[1]);
  }
  ordered_json question = parse(facts.at("question").get<std::string>());
  question.erase("points");
  facts["question"] = std::move(question);
  return facts;
}

/// Returns each metric with the rows of its minimum and maximum.
ordered_json metrics_model(explore::SweepQueries& answers, const explore::QueryTable& points) {
  ordered_json metrics = ordered_json::array();
  for (const std::vector<explore::Value>& row :
       answers.query("SELECT field, \"column\" FROM metrics ORDER BY position").rows) {
    const std::string field = explore::to_text(row[0]);
    const std::string column = explore::to_text(row[1]);
    ordered_json& metric = metrics.emplace_back(ordered_json{
        {"field", field}, {"column", column}, {"more", explore::higher_is_better(field)}});
    for (const bool more : {false, true}) {
      const std::vector<std::size_t> best = explore::pareto_rows(points, {{column, more}});
      metric[more ? "max" : "min"] = best.empty() ? ordered_json() : ordered_json(best.front());
    }
  }
  return metrics;
}

/// Returns the Pareto-optimal rows of `points` by objectives as for --pareto:
/// "ms_per_image,accuracy:max".
ordered_json fronts_model(const std::vector<std::string>& metrics,
                          const explore::QueryTable& points) {
  ordered_json fronts = ordered_json::object();
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    for (std::size_t j = i + 1; j < metrics.size(); ++j) {
      for (const bool more_i : {false, true}) {
        for (const bool more_j : {false, true}) {
          const std::vector<explore::Objective> pair = {{metrics[i], more_i}, {metrics[j], more_j}};
          fronts[pair[0].text() + "," + pair[1].text()] = explore::pareto_rows(points, pair);
        }
      }
    }
  }
  return fronts;
}

}  // namespace

ordered_json sweep_model(explore::SweepQueries& answers, const std::string& directory) {
  const explore::QueryTable points = answers.query("1 ORDER BY point");
  if (points.rows.size() > kMaxPagePoints) {
    throw base::UserError(fmt::format(
        "{}: got {} points, allowed at most {} on a page; --query and --csv of spikeloom sweep "
        "have no limit",
        directory, points.rows.size(), kMaxPagePoints));
  }
  ordered_json json = {{"directory", directory}, {"sweep", facts_model(answers)}};
  json["axes"] =
      table_model(answers.query("SELECT axis, key, \"column\" FROM axes ORDER BY position"));
  json["metrics"] = metrics_model(answers, points);
  json["state"] = table_model(answers.state());
  json["runs"] = table_model(
      answers.query("SELECT status, count(*) AS runs FROM runs GROUP BY status ORDER BY status"));
  json["seeds"] =
      table_model(answers.query("SELECT DISTINCT json_extract(summary, '$.seed') AS seed FROM runs "
                                "WHERE status = 'done' ORDER BY seed"));
  json["inputs"] =
      table_model(answers.query("SELECT role, path, content FROM inputs ORDER BY role, path"));
  json["points"] = table_model(points);
  // As in the sweep file, with units.
  json["settings"] = ordered_json::array();
  for (const std::vector<explore::Value>& row :
       answers.query("SELECT settings FROM runs WHERE repetition = 0 ORDER BY point").rows) {
    ordered_json& texts = json["settings"].emplace_back(ordered_json::array());
    const ordered_json settings = parse(explore::to_text(row[0]));
    for (const ordered_json& text : settings) texts.push_back(text);
  }
  json["fronts"] = fronts_model(answers.metrics(), points);
  json["sensitivities"] = table_model(answers.sensitivities());
  json["spread"] = table_model(answers.spread());
  return json;
}

}  // namespace spikeloom::cli
