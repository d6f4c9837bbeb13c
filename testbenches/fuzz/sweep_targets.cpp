// SPDX-License-Identifier: Apache-2.0
// Results of sweeps: what users ask, and databases that someone has edited.
#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cli/sweep_report/sweep_page.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/explore/sweep/sweep_queries.h"
#include "spikeloom/explore/sweep/sweep_store.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

namespace fs = std::filesystem;

/// An endless query is no finding; less time than users have lets more inputs run.
constexpr std::chrono::seconds kTime{1};

/// Writes a database as the results of a sweep; returns their directory.
fs::path sweep_directory(const char* name, base::ByteView database) {
  const fs::path directory = fs::path(scratch_folder()) / name;
  fs::create_directory(directory);
  fs::remove(directory / (std::string(explore::kSweepDatabase) + "-journal"));
  write_scratch(std::string(name) + "/" + explore::kSweepDatabase, database);
  return directory;
}

/// Formats a table in each way.
void print(const explore::QueryTable& table) {
  table.text();
  table.csv();
  base::json_text(table.json(), 2);
}

/// Runs `work`, which may be refused while other work goes on.
template <typename Work>
void allow_refusal(const Work& work) {
  try {
    work();
  } catch (const base::UserError&) {
    // The right answer to a question that the database does not answer.
  }
}

}  // namespace

void read_sweep_query(base::ByteView input) {
  static const fs::path kDirectory = sweep_directory(
      "query",
      base::read_file(SPIKELOOM_SOURCE_DIR "/testbenches/fuzz/corpus/sweep-database/voltages"));
  explore::SweepQueries queries(kDirectory, kTime);
  const std::string text = text_of(input);
  allow_refusal([&] { print(queries.pareto({text})); });
  print(queries.query(text));
}

void read_sweep_database(base::ByteView input) {
  const fs::path directory = sweep_directory("database", input);
  explore::SweepQueries queries(directory, kTime);
  allow_refusal([&] { print(queries.query("order by point")); });
  allow_refusal([&] { print(queries.sensitivities()); });
  allow_refusal([&] { print(queries.spread()); });
  allow_refusal([&] { print(queries.pareto(queries.metrics())); });
  print(queries.state());
  std::ostringstream notes;
  cli::sweep_page(directory.string(), notes);
}

}  // namespace spikeloom::fuzz
