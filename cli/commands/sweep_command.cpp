// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/sweep_command.h"

#include <filesystem>
#include <optional>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/command_line/mpi_launch.h"
#include "cli/command_line/output_options.h"
#include "spikeloom/base/error.h"
#include "spikeloom/explore/sweep/edited_database.h"
#include "spikeloom/explore/sweep/sweep_queries.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

CommandLine sweep_line() {
  CommandLine line{{}, {{"sweep", "SWEEP.yaml|DIR"}}};
  line.options.add_options()("jobs,j",
                             options::value<unsigned>()->default_value(1)->value_name("N"),
                             "worker processes, of each rank under mpirun; the results are the "
                             "same for any number")(
      "output,o", options::value<std::string>()->value_name("DIR"),
      "directory of the results (default: results/NAME); a sweep that is there continues")(
      "dry-run", "check everything, print the points and an estimate of the time")(
      "retry-failed", "run failed points again")(
      "query", options::value<std::string>()->value_name("CONDITION"),
      "print the points of DIR for which it holds: \"ms_per_image < 0.55 order by mj_per_image\"")(
      "pareto", options::value<std::string>()->value_name("METRICS"),
      "print the points of DIR that no other beats in all of these; METRIC:max if more is "
      "better")("sensitivity", "print the sensitivity of each metric of DIR to each axis")(
      "spread", "print the spread of the repetitions of each point of DIR")(
      "csv", "print the answer as CSV in place of a table");
  add_output_options(line.options);
  return line;
}

explore::QueryTable answer(explore::SweepQueries& answers, const options::variables_map& values) {
  if (values.count("query") != 0) return answers.query(values["query"].as<std::string>());
  if (values.count("pareto") != 0) {
    std::vector<std::string> objectives;
    const auto text = values["pareto"].as<std::string>();
    boost::algorithm::split(objectives, text, boost::algorithm::is_any_of(","));
    return answers.pareto(objectives);
  }
  if (values.count("sensitivity") != 0) return answers.sensitivities();
  if (values.count("spread") != 0) return answers.spread();
  return answers.state();
}

int print_answer(const options::variables_map& values) {
  const auto directory = values["sweep"].as<std::string>();
  const explore::QueryTable table = explore::with_database(directory, [&] {
    explore::SweepQueries answers(directory);
    return answer(answers, values);
  });
  print_result(values, values.count("csv") != 0 ? table.csv() : table.text(),
               [&] { return table.json(); });
  return 0;
}

int run_sweep(const options::variables_map& values) {
  // Under MPI each rank becomes the MPI program; other starts do not load MPI.
  if (started_by_mpi()) become_mpi_program();
  std::optional<explore::LocalPool> pool;
  return sweep(values, [&pool](std::size_t jobs) -> explore::Pool& { return pool.emplace(jobs); });
}

}  // namespace

int sweep(const options::variables_map& values, const explore::MakePool& make_pool) {
  const auto path = values["sweep"].as<std::string>();
  if (std::filesystem::is_directory(path)) return print_answer(values);
  for (const char* option : {"query", "pareto", "sensitivity", "spread", "csv"}) {
    if (values.count(option) == 0) continue;
    throw base::UserError(
        fmt::format("--{}: needs the directory of a sweep's results, got {}", option, path));
  }
  explore::SweepRequest request;
  request.path = path;
  if (values.count("output") != 0) request.output = values["output"].as<std::string>();
  request.jobs = values["jobs"].as<unsigned>();
  if (request.jobs == 0) throw base::UserError("--jobs: got 0, allowed 1 or more");
  request.dry_run = values.count("dry-run") != 0;
  request.retry_failed = values.count("retry-failed") != 0;
  request.progress = progress_sink(values);
  const explore::SweepReport end = explore::run_sweep(request, make_pool);
  print_result(values, end.text, [&] { return end.json; });
  return 0;
}

const Command kSweepCommand = {
    "sweep",
    "Run the points of a design space, and query their results",
    "A sweep continues where it was stopped. Under mpirun all ranks share its points. With a "
    "directory in place of a sweep file, --query, --pareto, --sensitivity or --spread answers from "
    "the results there; 'spikeloom report' draws them.",
    "spikeloom sweep configs/sweeps/links.yaml -j 2 -o links\n"
    "spikeloom sweep links --query \"ms_per_image < 0.55 order by mj_per_image\"\n"
    "spikeloom sweep links --pareto ms_per_image,mj_per_image",
    sweep_line,
    run_sweep};

}  // namespace spikeloom::cli
