// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sweep_store.h"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/version.h"
#include "spikeloom/explore/sweep/metric_fields.h"
#include "spikeloom/explore/sweep/query_table.h"

namespace spikeloom::explore {
namespace {

using Json = nlohmann::ordered_json;

/// Version of the tables.
constexpr int kSchema = 1;

constexpr const char* kTables = R"(
CREATE TABLE sweep(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE inputs(role TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL,
                    PRIMARY KEY(role, path));
CREATE TABLE axes(position INTEGER PRIMARY KEY, axis TEXT NOT NULL, key TEXT NOT NULL,
                  "column" TEXT NOT NULL);
CREATE TABLE metrics(position INTEGER PRIMARY KEY, field TEXT NOT NULL, "column" TEXT NOT NULL);
CREATE TABLE mappings(mapping TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, report TEXT);
CREATE TABLE runs(point INTEGER NOT NULL, repetition INTEGER NOT NULL,
                  settings TEXT NOT NULL, coordinates TEXT NOT NULL, mapping TEXT,
                  status TEXT NOT NULL CHECK(status IN ('waiting', 'done', 'failed', 'refused')),
                  reason TEXT, summary TEXT, wall_seconds REAL, cpu_seconds REAL,
                  work_cpu_seconds REAL, PRIMARY KEY(point, repetition));
)";

const char* name(Outcome::Status status) {
  switch (status) {
    case Outcome::Status::kDone:
      return "done";
    case Outcome::Status::kFailed:
    case Outcome::Status::kMachineError:
      return "failed";
  }
  return "";
}

std::string path_of(const std::string& field) {
  std::string path = "$";
  std::size_t begin = 0;
  while (begin <= field.size()) {
    const std::size_t dot = std::min(field.find('.', begin), field.size());
    path += "." + sql_name(field.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return path;
}

std::string extract(const Metric& metric) {
  const bool of_mapping = metric.field.rfind(kMappingPrefix, 0) == 0;
  const std::string field = of_mapping ? metric.field.substr(kMappingPrefix.size()) : metric.field;
  return fmt::format("json_extract({}, {})", of_mapping ? "report" : "summary",
                     sql_text(path_of(field)));
}

/// Describes in one line how a part differs between two identities of sweeps.
std::string difference(const std::string& part, const Json& before, const Json& now) {
  if (part == "points" && before.size() != now.size()) {
    return fmt::format("points: were {}, are {}", before.size(), now.size());
  }
  for (std::size_t i = 0; part == "points" && i < before.size(); ++i) {
    if (before[i] == now[i]) continue;
    return fmt::format("point {}: was {}, is {}", i, base::json_text(before[i]),
                       base::json_text(now[i]));
  }
  return fmt::format("{}: was {}, is {}", part, base::json_text(before), base::json_text(now));
}

}  // namespace

SweepStore::SweepStore(const std::filesystem::path& directory, const SweepPlan& plan)
    : plan_(plan), database_((directory / kSweepDatabase).string(), Database::Mode::kCreate) {
  // Readers do not hold the writer up, nor it them.
  database_.execute("PRAGMA journal_mode = WAL");
  // Survives a power failure.
  database_.execute("PRAGMA synchronous = FULL");
  Transaction transaction(database_);
  if (database_.has_table("sweep")) {
    check();
  } else {
    create();
  }
  describe();
  make_views();
  transaction.commit();
  update_run_.emplace(database_,
                      "UPDATE runs SET status = ?, reason = ?, summary = ?, wall_seconds = ?, "
                      "cpu_seconds = ?, work_cpu_seconds = ? WHERE point = ? AND repetition = ?");
}

void SweepStore::close() {
  update_run_.reset();
  // One file that can also be read where nothing can be written. A reader can be in the way; the
  // next start tries again.
  try {
    database_.execute("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = DELETE");
  } catch (const base::UserError&) {
  }
}

void SweepStore::create() {
  database_.execute(kTables);
  Statement fact(database_, "INSERT INTO sweep VALUES(?, ?)");
  fact.bind("schema", std::to_string(kSchema)).run();
  fact.bind("version", base::kVersion).run();
  fact.bind("name", plan_.file.name).run();
  fact.bind("question", base::json_text(plan_.identity())).run();
  Statement input(database_, "INSERT INTO inputs VALUES(?, ?, ?)");
  for (const SweepInput& item : plan_.inputs) {
    input.bind(item.role, item.path, item.content).run();
  }
  insert_runs();
}

void SweepStore::insert_runs() {
  const std::vector<Axis::Key> keys = plan_.file.keys();
  const std::vector<std::string> columns = plan_.file.columns();
  Statement insert(database_,
                   "INSERT INTO runs(point, repetition, settings, coordinates, mapping, status, "
                   "reason) VALUES(?, ?, ?, ?, ?, ?, ?)");
  for (const PlannedRun& run : plan_.runs) {
    Json settings = Json::object();
    Json coordinates = Json::object();
    for (std::size_t k = 0; k < keys.size(); ++k) {
      settings[keys[k].key] = run.texts[k];
      coordinates[columns[k]] = to_json(value_of(run.texts[k]));
    }
    const bool refused = !run.refused.empty();
    insert
        .bind(run.point, run.repetition, base::json_text(settings), base::json_text(coordinates),
              run.mapping.empty() ? Value() : Value(run.mapping), refused ? "refused" : "waiting",
              refused ? Value(run.refused) : Value())
        .run();
  }
}

void SweepStore::check() {
  check_question();
  check_inputs();
}

void SweepStore::check_question() {
  std::map<std::string, std::string> facts;
  Statement select(database_, "SELECT key, value FROM sweep");
  while (select.step()) facts[select.text(0)] = select.text(1);
  const auto refuse = [&](const std::string& changes) {
    throw base::UserError(
        fmt::format("{}: these results belong to another sweep than {}:\n{}\nTo continue it, undo "
                    "this change; to start a new sweep, give another directory (-o)",
                    database_.path(), plan_.file.path, changes));
  };
  if (facts["schema"] != std::to_string(kSchema) || facts["version"] != base::kVersion) {
    refuse(fmt::format("  program: was version {} (schema {}), is {} (schema {})", facts["version"],
                       facts["schema"], base::kVersion, kSchema));
  }
  const Json before = Json::parse(facts["question"]);
  std::vector<std::string> changes;
  const Json question = plan_.identity();
  for (const auto& [part, now] : question.items()) {
    if (before.at(part) != now) changes.push_back("  " + difference(part, before.at(part), now));
  }
  if (!changes.empty()) refuse(fmt::format("{}", fmt::join(changes, "\n")));
}

void SweepStore::check_inputs() {
  std::map<std::pair<std::string, std::string>, std::string> before;
  Statement select(database_, "SELECT role, path, content FROM inputs");
  while (select.step()) before[{select.text(0), select.text(1)}] = select.text(2);
  std::vector<std::string> changes;
  for (const SweepInput& input : plan_.inputs) {
    const auto found = before.find({input.role, input.path});
    if (found == before.end()) {
      changes.push_back(fmt::format("  {} {}: was not there before", input.role, input.path));
    } else if (found->second != input.content) {
      changes.push_back(fmt::format("  {} {}: has changed since", input.role, input.path));
    }
  }
  if (changes.empty()) return;
  throw base::UserError(
      fmt::format("{}: these results were made from other files:\n{}\nTo continue the sweep, undo "
                  "this change; to start a new one, give another directory (-o)",
                  database_.path(), fmt::join(changes, "\n")));
}

/// Writes what may change between two starts of a sweep: title, formatting of the file, and
/// metrics.
void SweepStore::describe() {
  const SweepFile& file = plan_.file;
  Statement fact(database_, "INSERT OR REPLACE INTO sweep VALUES(?, ?)");
  fact.bind("title", file.title).run();
  fact.bind("file", file.path).run();
  fact.bind("source", file.source).run();
  fact.bind("sampling", to_text(file.sampling)).run();
  database_.execute("DELETE FROM axes; DELETE FROM metrics");
  Statement axis(database_, "INSERT INTO axes VALUES(?, ?, ?, ?)");
  const std::vector<std::string> columns = file.columns();
  std::size_t position = 0;
  for (const Axis& item : file.axes) {
    for (const Axis::Key& key : item.keys()) {
      axis.bind(static_cast<std::int64_t>(position), item.name(), key.key, columns[position]).run();
      ++position;
    }
  }
  Statement metric(database_, "INSERT INTO metrics VALUES(?, ?, ?)");
  for (std::size_t i = 0; i < file.metrics.size(); ++i) {
    const Metric& item = file.metrics[i];
    metric.bind(static_cast<std::int64_t>(i), item.field, item.column).run();
  }
}

void SweepStore::make_views() {
  std::string each;
  std::string grouped;
  std::string means;
  for (const std::string& column : plan_.file.columns()) {
    each += fmt::format(", json_extract(coordinates, {}) AS {}", sql_text("$." + sql_name(column)),
                        sql_name(column));
    grouped += ", " + sql_name(column);
  }
  for (const Metric& metric : plan_.file.metrics) {
    each += fmt::format(", {} AS {}", extract(metric), sql_name(metric.column));
    means += fmt::format(", avg({0}) AS {0}", sql_name(metric.column));
  }
  database_.execute("DROP VIEW IF EXISTS points; DROP VIEW IF EXISTS results");
  database_.execute(
      fmt::format("CREATE VIEW results AS SELECT point, repetition{}, runs.status AS status, "
                  "runs.reason AS reason FROM runs LEFT JOIN mappings USING(mapping)",
                  each));
  database_.execute(fmt::format(
      "CREATE VIEW points AS SELECT point{}{}, sum(status = 'done') AS runs, CASE WHEN "
      "sum(status = 'waiting') THEN 'waiting' WHEN sum(status = 'failed') THEN 'failed' "
      "WHEN sum(status = 'refused') THEN 'refused' ELSE 'done' END AS status, max(reason) AS "
      "reason FROM results GROUP BY point",
      grouped, means));
}

std::vector<std::size_t> SweepStore::waiting() {
  std::set<std::pair<std::int64_t, std::int64_t>> places;
  Statement select(database_, "SELECT point, repetition FROM runs WHERE status = 'waiting'");
  while (select.step()) places.insert({select.integer(0), select.integer(1)});
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < plan_.runs.size(); ++i) {
    if (places.count({plan_.runs[i].point, plan_.runs[i].repetition}) != 0) indices.push_back(i);
  }
  return indices;
}

std::size_t SweepStore::count(const std::string& status) {
  Statement select(database_, "SELECT count(*) FROM runs WHERE status = ?");
  select.bind(status).step();
  return static_cast<std::size_t>(select.integer(0));
}

void SweepStore::retry_failed() {
  Transaction transaction(database_);
  database_.execute(
      "UPDATE runs SET status = 'waiting', reason = NULL WHERE status = 'failed';"
      "DELETE FROM mappings WHERE status = 'failed'");
  transaction.commit();
}

bool SweepStore::has_mapping(const std::string& mapping) {
  Statement select(database_, "SELECT 1 FROM mappings WHERE mapping = ? AND status = 'done'");
  return select.bind(mapping).step();
}

void SweepStore::record_mapping(const std::string& mapping, const Outcome& outcome) {
  const bool made = !outcome.report.empty();
  Statement insert(database_, "INSERT OR REPLACE INTO mappings VALUES(?, ?, ?, ?)");
  insert
      .bind(mapping, made ? "done" : "failed", made ? Value() : Value(outcome.reason),
            made ? Value(outcome.report) : Value())
      .run();
}

void SweepStore::record_run(const PlannedRun& run, const Outcome& outcome) {
  const bool done = outcome.status == Outcome::Status::kDone;
  update_run_
      ->bind(name(outcome.status), done ? Value() : Value(outcome.reason),
             done ? Value(outcome.summary) : Value(), outcome.wall_seconds, outcome.cpu_seconds,
             outcome.work_cpu_seconds, run.point, run.repetition)
      .run();
}

void SweepStore::export_table(const std::filesystem::path& path) {
  const QueryTable table = select(database_, "SELECT * FROM results ORDER BY point, repetition");
  base::write_file(path.string(), table.csv());
}

}  // namespace spikeloom::explore
