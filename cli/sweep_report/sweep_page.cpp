// SPDX-License-Identifier: Apache-2.0
#include "cli/sweep_report/sweep_page.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/sweep_report/sweep_model.h"
#include "spikeloom/base/error.h"
#include "spikeloom/explore/sweep/edited_database.h"
#include "spikeloom/explore/sweep/sweep_queries.h"
#include "spikeloom/explore/sweep/sweep_store.h"

namespace spikeloom::cli {
bool has_sweep(const std::string& directory) {
  return std::filesystem::exists(std::filesystem::path(directory) / explore::kSweepDatabase);
}

Page sweep_page(const std::string& directory, std::ostream& messages) {
  return explore::with_database(directory, [&] {
    explore::SweepQueries answers(directory);
    const explore::QueryTable waiting =
        answers.query("SELECT sum(status = 'waiting'), count(*) FROM points");
    if (waiting.rows[0][0] != explore::Value(std::int64_t{0})) {
      messages << fmt::format("{}: not finished: {} of {} points wait to be run\n", directory,
                              explore::to_text(waiting.rows[0][0]),
                              explore::to_text(waiting.rows[0][1]));
    }
    nlohmann::ordered_json model = sweep_model(answers, directory);
    const auto name = model.at("sweep").at("name").get<std::string>();
    Page page("Sweep " + name, std::move(model));
    page.add_scripts({"sweep_points.js", "sweep_headline.js", "sweep_plots.js",
                      "parallel_coordinates.js", "sweep_sensitivity.js", "repetitions.js",
                      "points_table.js", "sweep_provenance.js", "sweep_page.js"});
    return page;
  });
}

}  // namespace spikeloom::cli
