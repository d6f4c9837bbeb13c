// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/sweep_report/sweep_page.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "common/error.h"
#include "testbenches/spikeloom/sweep/answers.h"
#include "testbenches/spikeloom/sweep/sweep_store.h"
#include "testbenches/spikeloom/sweep_report/sweep_model.h"

namespace spikeloom::program {
bool has_sweep(const std::string& directory) {
  return std::filesystem::exists(std::filesystem::path(directory) / kSweepDatabase);
}

Page sweep_page(const std::string& directory, std::ostream& messages) {
  try {
    Answers answers(directory);
    const AnswerTable waiting =
        answers.query("SELECT sum(status = 'waiting'), count(*) FROM points");
    if (waiting.rows[0][0] != Value(std::int64_t{0})) {
      messages << fmt::format("{}: not finished: {} of {} points wait to be run\n", directory,
                              to_text(waiting.rows[0][0]), to_text(waiting.rows[0][1]));
    }
    nlohmann::ordered_json model = sweep_model(answers, directory);
    const auto name = model.at("sweep").at("name").get<std::string>();
    Page page("Sweep " + name, std::move(model));
    page.add_scripts({"sweep_points.js", "sweep_headline.js", "sweep_plots.js",
                      "parallel_coordinates.js", "sweep_sensitivity.js", "repetitions.js",
                      "points_table.js", "sweep_provenance.js", "sweep_page.js"});
    return page;
  } catch (const nlohmann::json::exception& error) {
    throw common::UserError(
        fmt::format("{}: {} is damaged: {}", directory, kSweepDatabase, error.what()));
  }
}

}  // namespace spikeloom::program
