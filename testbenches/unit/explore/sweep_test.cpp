// SPDX-License-Identifier: Apache-2.0
// Tests axes, sampling, conditions, Pareto fronts, sensitivities, and the database that stores
// them.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/npy.h"
#include "spikeloom/explore/sweep/axis.h"
#include "spikeloom/explore/sweep/conditions.h"
#include "spikeloom/explore/sweep/database.h"
#include "spikeloom/explore/sweep/job.h"
#include "spikeloom/explore/sweep/pareto.h"
#include "spikeloom/explore/sweep/query_table.h"
#include "spikeloom/explore/sweep/sampling.h"
#include "spikeloom/explore/sweep/sensitivity.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::explore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

Number number(const std::string& text) { return Number::parse(text).value(); }

ValueRange range(const std::string& from, const std::string& to, Scale scale = Scale::kLinear) {
  return {number(from), number(to), scale, number(from).whole && number(to).whole};
}

Axis axis(const std::string& key, const std::vector<std::string>& values) {
  return {key, {{key, "here", values, {}, std::nullopt}}};
}

Axis axis(const std::string& key, const ValueRange& values) {
  return {key, {{key, "here", {}, {}, values}}};
}

template <typename Work>
std::string error_of(const Work& work) {
  try {
    work();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Axis, Numbers) {
  EXPECT_TRUE(number("12").whole);
  EXPECT_FALSE(number("12.0").whole);
  EXPECT_FALSE(number("252 MHz").whole);
  EXPECT_DOUBLE_EQ(number("252 MHz").value, 252e6);
  EXPECT_EQ(number("0.65 V").text(), "0.65 V");
  EXPECT_EQ(number("650  mV").text(), "650 mV");
  EXPECT_FALSE(Number::parse("mesh"));
  EXPECT_FALSE(Number::parse("1 2"));
  EXPECT_FALSE(Number::parse("nan"));
  EXPECT_EQ(value_of("12"), Value(std::int64_t{12}));
  EXPECT_EQ(value_of("0.9 V"), Value(0.9));
  EXPECT_EQ(value_of("mesh"), Value("mesh"));
}

TEST(Axis, Ranges) {
  EXPECT_THAT(range("0.6 V", "0.9 V").steps(4), ElementsAre("0.6 V", "0.7 V", "0.8 V", "0.9 V"));
  EXPECT_THAT(range("1", "1000", Scale::kLogarithmic).steps(4),
              ElementsAre("1", "10", "100", "1000"));
  EXPECT_THAT(range("1", "9").by(4), ElementsAre("1", "5", "9"));
  EXPECT_THAT(range("1", "10").by(4), ElementsAre("1", "5", "9"));
  // The step has no exact binary representation.
  EXPECT_THAT(range("0.0", "0.3").by(0.1), ElementsAre("0", "0.1", "0.2", "0.3"));
}

TEST(Axis, WholeNumbersStayWhole) {
  EXPECT_THAT(range("1", "16", Scale::kLogarithmic).steps(6),
              ElementsAre("1", "2", "3", "5", "9", "16"));
  EXPECT_THAT(range("1", "4", Scale::kLogarithmic).steps(8), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(range("1", "4").at(0.5), "3");
  EXPECT_EQ(range("1.0", "4").at(0.5), "2.5");
}

TEST(Sampling, GridStepsTheLastAxisFirst) {
  EXPECT_THAT(draw({axis("a", {"1", "2"}), axis("b", {"x", "y"})}, {}),
              ElementsAre(ElementsAre("1", "x"), ElementsAre("1", "y"), ElementsAre("2", "x"),
                          ElementsAre("2", "y")));
}

TEST(Sampling, LinkedKeysStepTogether) {
  const Axis linked("size", {{"axons", "", {"8", "16"}, {}, std::nullopt},
                             {"dendrites", "", {"4", "6"}, {}, std::nullopt}});
  EXPECT_THAT(draw({linked}, {}), ElementsAre(ElementsAre("8", "4"), ElementsAre("16", "6")));
  for (const Sample& sample : draw({linked}, {SamplingMethod::kRandom, 50, 3})) {
    EXPECT_EQ(sample[1], sample[0] == "8" ? "4" : "6");
  }
}

TEST(Sampling, EqualPointsAreOne) {
  EXPECT_THAT(draw({axis("a", {"1", "2"})}, {SamplingMethod::kRandom, 100, 1}), SizeIs(2));
}

TEST(Sampling, SeedsGiveTheSameAgain) {
  const std::vector<Axis> axes = {axis("a", range("0.0", "1.0")), axis("b", range("0.0", "1.0"))};
  for (const SamplingMethod method : {SamplingMethod::kRandom, SamplingMethod::kLatinHypercube}) {
    EXPECT_EQ(draw(axes, {method, 20, 1}), draw(axes, {method, 20, 1}));
    EXPECT_NE(draw(axes, {method, 20, 1}), draw(axes, {method, 20, 2}));
  }
  // The first numbers of mt19937_64 with this seed, as the C++ standard defines the engine.
  EXPECT_THAT(draw({axis("a", range("0.0", "1.0"))}, {SamplingMethod::kRandom, 2, 1}),
              ElementsAre(ElementsAre("0.133876644012533"), ElementsAre("0.136407036366197")));
}

TEST(Sampling, LatinHypercubeHasOnePointInEachPart) {
  constexpr std::size_t kCount = 16;
  const auto samples = draw({axis("a", range("0.0", "16.0")), axis("b", range("0.0", "16.0"))},
                            {SamplingMethod::kLatinHypercube, kCount, 5});
  ASSERT_THAT(samples, SizeIs(kCount));
  for (std::size_t k = 0; k < 2; ++k) {
    std::set<double> parts;
    for (const Sample& sample : samples) parts.insert(std::floor(std::stod(sample[k])));
    EXPECT_THAT(parts, SizeIs(kCount));
  }
  EXPECT_NE(samples[0][0], samples[0][1]);
}

TEST(Conditions, LeaveOutPoints) {
  const std::vector<Sample> all = {
      {"8", "0.8 V"}, {"16", "0.8 V"}, {"8", "900 mV"}, {"16", "0.9 V"}};
  EXPECT_EQ(without_excluded({"axons", "voltage"}, all, {}), all);
  EXPECT_THAT(
      without_excluded({"axons", "voltage"}, all,
                       {{"axons * voltage > 13", "s:1:1"}, {"voltage = 0.8 AND axons < 9", ""}}),
      ElementsAre(ElementsAre("16", "0.8 V"), ElementsAre("8", "900 mV")));
}

TEST(Conditions, WrongOnesAreToldAtOnce) {
  const auto refuse = [](const std::vector<Condition>& conditions) {
    return error_of([&] { without_excluded({"axons"}, {{"8"}}, conditions); });
  };
  const std::string both = refuse({{"axonz > 1", "s:1:1"}, {"axons >", "s:2:2"}});
  EXPECT_THAT(both, HasSubstr("s:1:1: exclude:"));
  EXPECT_THAT(both, HasSubstr("no such column: axonz (columns: axons)"));
  EXPECT_THAT(both, HasSubstr("s:2:2: exclude:"));
  EXPECT_THAT(refuse({{"1); DELETE FROM samples; --", "s"}}), HasSubstr("more than one statement"));
}

TEST(Pareto, KeepsWhatNobodyBeats) {
  EXPECT_THAT(pareto_front({{1, 9}, {2, 5}, {3, 5}, {4, 4}, {4, 6}, {9, 1}}),
              ElementsAre(0, 1, 3, 5));
  EXPECT_THAT(pareto_front({{1, 1}, {1, 1}, {2, 1}}), ElementsAre(0, 1));
  EXPECT_THAT(pareto_front({{3}, {1}, {2}}), ElementsAre(1));
  EXPECT_TRUE(pareto_front({}).empty());
}

Levels levels_of(const std::vector<std::string>& texts) {
  std::vector<std::vector<Value>> values;
  for (const std::string& text : texts) values.push_back({value_of(text)});
  return find_levels(values);
}

TEST(SensitivityTest, OfAGrid) {
  // metric = 10 a + b on a grid: the variances are 25 and 0.25, and 25.25 in total.
  const std::vector<double> metric = {0, 1, 10, 11};
  const Sensitivity a = sensitivity(levels_of({"0", "0", "1", "1"}), metric);
  const Sensitivity b = sensitivity(levels_of({"x", "y", "x", "y"}), metric);
  EXPECT_DOUBLE_EQ(a.range.value(), 25.0 / 25.25);
  EXPECT_DOUBLE_EQ(b.range.value(), 0.25 / 25.25);
  EXPECT_EQ(a.min_at, "0");
  EXPECT_EQ(a.minimum, 0.5);
  EXPECT_EQ(a.max_at, "1");
  EXPECT_EQ(a.maximum, 10.5);
  EXPECT_EQ(b.max_at, "y");
}

TEST(SensitivityTest, OfAConstant) {
  const Sensitivity none = sensitivity(levels_of({"0", "1"}), {3, 3});
  EXPECT_FALSE(none.range);
  EXPECT_EQ(none.minimum, 3.0);
  EXPECT_EQ(none.maximum, 3.0);
}

TEST(SensitivityTest, ValuesThatDoNotRepeatAreBinned) {
  std::vector<std::string> texts;
  std::vector<double> metric;
  for (int i = 0; i < 20; ++i) {
    texts.push_back(std::to_string(19 - i));
    metric.push_back(i % 2);
  }
  const Levels levels = levels_of(texts);
  EXPECT_THAT(levels.names, ElementsAre("0..3", "4..7", "8..11", "12..15", "16..19"));
  EXPECT_EQ(levels.of_point.front(), 4U);
  EXPECT_DOUBLE_EQ(sensitivity(levels, metric).range.value(), 0.0);
}

/// Returns a run file of LeNet with `more` lines.
std::string run_text(const std::string& more) {
  const std::string configs = SPIKELOOM_SOURCE_DIR "/configs/";
  return "name: a\nnetwork: " + configs + "networks/lenet-fashion-k1b2.onnx\nchip: " + configs +
         "chips/reference.yaml\nenergy: " + configs + "energy/65nm.yaml\n" + more;
}

TEST(JobTest, ImagesMayNotChangeDuringASweep) {
  const test::TemporaryFile images(
      base::npy_header("|u1", {1, 28, 28}) + std::string(std::size_t{28} * 28, '\0'), ".npy");
  const test::TemporaryFile run(
      run_text("data: {images: " + images.path() + "}\nfirst: 0\nimages: 1\nseed: 1\n"), ".yaml");
  Job job;
  job.run = run.path();
  job.data = "the content of others";
  const Outcome outcome = JobRunner().perform(job);
  EXPECT_EQ(outcome.status, Outcome::Status::kMachineError);
  EXPECT_EQ(outcome.reason, run.path() + ": the images have changed since the sweep began");
}

TEST(JobTest, MessagesHaveTheBytesOfTheFiles) {
  Job job;
  job.files["run.yaml"] = "name: a  # M\xfcller, and \xe2\x82\xac\n";
  job.settings = {"images=\xff"};
  const Job back = Job::decode(job.encode());
  EXPECT_EQ(back.files, job.files);
  EXPECT_EQ(back.settings, job.settings);
  Outcome outcome;
  outcome.reason = "M\xfcller";
  EXPECT_EQ(Outcome::decode(outcome.encode()).reason, outcome.reason);
}

TEST(JobTest, TheDeploymentMayNotChangeDuringASweep) {
  const test::TemporaryFile deployment("another one");
  const test::TemporaryFile run(
      run_text("data: fashion-mnist\ndeployment: " + deployment.path() + "\n"), ".yaml");
  Job job;
  job.run = run.path();
  job.given = "the content of the one before";
  const Outcome outcome = JobRunner().perform(job);
  EXPECT_EQ(outcome.status, Outcome::Status::kMachineError);
  EXPECT_EQ(outcome.reason, run.path() + ": the deployment has changed since the sweep began");
}

TEST(DatabaseTest, ReadersOnlyRead) {
  Database database(":memory:", Database::Mode::kCreate);
  database.execute("CREATE TABLE numbers(value)");
  Statement(database, "INSERT INTO numbers VALUES(?)").bind(7).run();
  database.restrict_to_reading();
  {
    Statement select(database, "SELECT max(value) + 0.5, NULL, 'a' FROM numbers");
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.value(0), Value(7.5));
    EXPECT_EQ(select.value(1), Value());
    EXPECT_EQ(select.value(2), Value("a"));
  }
  for (const char* sql :
       {"DELETE FROM numbers", "DROP TABLE numbers", "INSERT INTO numbers VALUES(1)",
        "UPDATE numbers SET value = 1", "CREATE TABLE more(x)", "PRAGMA user_version = 3",
        "ATTACH 'other.sqlite' AS other", "SELECT load_extension('x')", "BEGIN", "VACUUM"}) {
    EXPECT_THAT(error_of([&] { Statement(database, sql).run(); }), HasSubstr("auth")) << sql;
  }
  EXPECT_THAT(error_of([&] { Statement(database, "SELECT 1; SELECT 2"); }),
              HasSubstr("more than one statement"));
  EXPECT_EQ(error_of([&] { Statement(database, "-- nothing"); }),
            ":memory:: -- nothing: is not a statement");
  EXPECT_EQ(error_of([&] { Statement(database, "SELECT 1").bind(7); }),
            ":memory:: cannot bind a value: column index out of range");
  EXPECT_EQ(error_of([] { Database("/no/such.sqlite", Database::Mode::kReadOnly); }),
            "/no/such.sqlite: cannot be opened: unable to open database file");
}

std::string refusal_of(Database& database, const std::string& sql) {
  return error_of([&] { select(database, sql); });
}

TEST(DatabaseTest, AnswersThatNeverEndAreRefused) {
  Database database(":memory:", Database::Mode::kCreate);
  database.restrict_to_reading(std::chrono::seconds{1});
  const std::string count = "WITH a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) ";
  EXPECT_EQ(
      refusal_of(database, count + "SELECT n FROM a WHERE n < 0"),
      ":memory:: " + count + "SELECT n FROM a WHERE n < 0: interrupted (a query may take 1 s)");
}

TEST(DatabaseTest, AnswersThatFillTheMemoryAreRefused) {
  Database database(":memory:", Database::Mode::kCreate);
  database.restrict_to_reading();
  const std::string count = "WITH a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) ";
  EXPECT_EQ(refusal_of(database, count + "SELECT n FROM a"),
            ":memory:: " + count +
                "SELECT n FROM a: got 1048577 rows and 40 MiB so far, allowed 1048576 rows and "
                "256 MiB: add a LIMIT");
  EXPECT_EQ(select(database, count + "SELECT n FROM a LIMIT 1048576").rows.size(), kMaxAnswerRows);
  // Each text has 32 MiB.
  EXPECT_EQ(refusal_of(database, count + "SELECT hex(zeroblob(1 << 24)) FROM a"),
            ":memory:: " + count +
                "SELECT hex(zeroblob(1 << 24)) FROM a: got 8 rows and 256 MiB so far, allowed "
                "1048576 rows and 256 MiB: add a LIMIT");
  EXPECT_EQ(refusal_of(database, "SELECT zeroblob(100000000)"),
            ":memory:: SELECT zeroblob(100000000): string or blob too big");
}

TEST(DatabaseTest, TransactionsAreWholeOrNotAtAll) {
  Database database(":memory:", Database::Mode::kCreate);
  {
    const Transaction given_up(database);
    database.execute("CREATE TABLE numbers(value)");
  }
  EXPECT_FALSE(database.has_table("numbers"));
}

TEST(AnswerTableTest, Csv) {
  const QueryTable table{{"a", "b", "c", "d", "e", "f"},
                         {{std::int64_t{1}, 0.1, Value(), "a,b", "say \"x\"", "two\nlines"}}};
  EXPECT_EQ(table.csv(), "a,b,c,d,e,f\n1,0.1,,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
}

TEST(ContentHash, IsARfc4122NameBySha1) {
  // uuid5 in the OID name space, computed with Python's uuid module.
  EXPECT_EQ(base::content_hash("spikeloom"), "1cb3d643-695a-5bd7-b322-b5c5e5affdb6");
  EXPECT_NE(base::content_hash("a"), base::content_hash("b"));
}

}  // namespace
}  // namespace spikeloom::explore
