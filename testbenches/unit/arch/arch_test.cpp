// SPDX-License-Identifier: Apache-2.0
// Tests the formats and facts that several folders share: units, files, packets, addresses, tables
// and deployments.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/base/config_file.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/units.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/random.h"
#include "testbenches/unit/support/temporary_file.h"

namespace {

using namespace spikeloom::arch;
using namespace spikeloom::base;
using spikeloom::test::TemporaryFile;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

/// Returns the message of the UserError that `action` throws.
std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

// ---- Units

TEST(Units, Quantities) {
  EXPECT_DOUBLE_EQ(parse_quantity("252 MHz", Unit::kHertz).value(), 252e6);
  EXPECT_DOUBLE_EQ(parse_quantity("0.9 V", Unit::kVolt).value(), 0.9);
  EXPECT_DOUBLE_EQ(parse_quantity("2.64 pJ", Unit::kJoule).value(), 2.64e-12);
  EXPECT_DOUBLE_EQ(parse_quantity("3 fJ", Unit::kJoule).value(), 3e-15);
  EXPECT_DOUBLE_EQ(parse_quantity("5 nW", Unit::kWatt).value(), 5e-9);
  EXPECT_DOUBLE_EQ(parse_quantity("5   uW", Unit::kWatt).value(), 5e-6);
  EXPECT_DOUBLE_EQ(parse_quantity("-1.5e3 mW", Unit::kWatt).value(), -1.5);
  EXPECT_DOUBLE_EQ(parse_quantity("1 kHz", Unit::kHertz).value(), 1e3);
  EXPECT_DOUBLE_EQ(parse_quantity("1 GHz", Unit::kHertz).value(), 1e9);
  EXPECT_DOUBLE_EQ(parse_quantity("7 s", Unit::kSecond).value(), 7.0);
  // "m" is milli before a unit, and metre alone.
  EXPECT_DOUBLE_EQ(parse_quantity("7 m", Unit::kMetre).value(), 7.0);
  EXPECT_DOUBLE_EQ(parse_quantity("7 mm", Unit::kMetre).value(), 7e-3);
}

TEST(Units, WhatIsNoQuantity) {
  for (const char* text : {"", "252", "252MHz", "MHz", "252 ", "252 M", "252 mhz", "252 MHz ",
                           " 252 MHz", "252 THz", "252 V", "252 MMHz", "inf Hz", "nan Hz", "1,5 Hz",
                           "0x10 Hz", "1e999 Hz", "1 Hz Hz", "1\tHz"}) {
    EXPECT_EQ(parse_quantity(text, Unit::kHertz), std::nullopt) << "'" << text << "'";
  }
}

TEST(Units, Format) {
  EXPECT_EQ(format_quantity(252e6, Unit::kHertz), "252 MHz");
  EXPECT_EQ(format_quantity(0.9, Unit::kVolt), "900 mV");
  EXPECT_EQ(format_quantity(1e-6, Unit::kWatt), "1 uW");
  EXPECT_EQ(format_quantity(2.64e-12, Unit::kJoule), "2.64 pJ");
  EXPECT_EQ(format_quantity(0.0, Unit::kJoule), "0 J");
  EXPECT_EQ(format_quantity(1e11, Unit::kHertz), "100 GHz");
  EXPECT_EQ(symbol(Unit::kMetre), "m");
  for (const double value : {1e-15, 3e-12, 5e-9, 7e-6, 0.25, 1.0, 999.0, 1e3, 4e6, 8e9}) {
    EXPECT_DOUBLE_EQ(parse_quantity(format_quantity(value, Unit::kJoule), Unit::kJoule).value(),
                     value);
  }
}

// ---- Configuration files

/// Reads a small file with one key of each kind; returns the errors.
std::string read_errors(const std::string& content, const std::vector<Override>& overrides = {}) {
  const TemporaryFile file(content);
  return file.without_path(error_of([&] {
    ConfigFile config(file.path(), "thing", overrides);
    const ConfigMap root = config.root();
    root.text("name");
    root.quantity("clock", Unit::kHertz, {1e3, 1e9});
    root.real("scale", {0.0, 2.0}, 1.0);
    root.boolean("fast", false);
    const ConfigMap core = root.map("core");
    core.integer("axons", {1, 65536});
    core.choice("kind", {"small", "large"}, 0);
    config.finish();
  }));
}

constexpr const char* kGood =
    "name: x\n"
    "clock: 1 MHz\n"
    "core:\n"
    "  axons: 5\n";

TEST(Config, ValuesAndDefaults) {
  const TemporaryFile file(
      "name: \"a b\"\nclock: 1.5 MHz\nscale: 0.5\nfast: true\ncore: {axons: 7, kind: large}\n");
  ConfigFile config(file.path(), "thing");
  const ConfigMap root = config.root();
  EXPECT_EQ(config.path(), file.path());
  EXPECT_EQ(root.text("name"), "a b");
  EXPECT_DOUBLE_EQ(root.quantity("clock", Unit::kHertz, {1e3, 1e9}), 1.5e6);
  EXPECT_DOUBLE_EQ(root.real("scale", {0.0, 2.0}), 0.5);
  EXPECT_TRUE(root.boolean("fast"));
  EXPECT_TRUE(root.has("core"));
  EXPECT_FALSE(root.has("axons"));
  const ConfigMap core = root.map("core");
  EXPECT_THAT(core.keys(), ElementsAre("axons", "kind"));
  EXPECT_EQ(core.path("axons"), "core.axons");
  EXPECT_EQ(core.integer("axons", {1, 7}), 7);
  EXPECT_EQ(core.choice("kind", {"small", "large"}), 1U);
  EXPECT_EQ(core.integer("rows", {1, 9}, 3), 3);
  EXPECT_EQ(root.text("note", "none"), "none");
  config.finish();
}

TEST(Config, Lists) {
  const TemporaryFile file("axes:\n  size: [1, 2 V, a]\n  none: []\n  map: {b: 1}\n");
  ConfigFile config(file.path(), "thing");
  const ConfigMap axes = config.root().map("axes");
  EXPECT_EQ(axes.kind("size"), ConfigKind::kList);
  EXPECT_EQ(axes.kind("map"), ConfigKind::kMap);
  EXPECT_EQ(axes.kind("other"), ConfigKind::kMissing);
  const ConfigMap size = axes.list("size");
  EXPECT_EQ(size.kind("0"), ConfigKind::kValue);
  EXPECT_THAT(size.keys(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(size.integer("0", {0, 9}), 1);
  EXPECT_EQ(size.text("1"), "2 V");
  EXPECT_EQ(size.text("2"), "a");
  EXPECT_EQ(size.location("1"), file.path() + ":2:13");
  EXPECT_TRUE(axes.list("none").keys().empty());
  EXPECT_TRUE(axes.list("missing").keys().empty());
  axes.map("map").integer("b", {0, 9});
  config.finish();
  axes.list("map");
  EXPECT_EQ(error_of([&] { config.finish(); }),
            file.path() + ":4:8: thing.axes.map: got a mapping, expected a list: [a, b, c]");
}

TEST(Config, AnOverrideSaysWhereItIsFrom) {
  const TemporaryFile file("axons: 1\n");
  ConfigFile config(file.path(), "thing", {{"axons", "-3", "sweep.yaml:7:9"}});
  config.root().integer("axons", {1, 9});
  EXPECT_EQ(error_of([&] { config.finish(); }),
            "sweep.yaml:7:9: thing.axons: got -3, allowed 1..9");
}

TEST(Config, EachErrorAtItsPlace) {
  EXPECT_EQ(read_errors(kGood), "no error");
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\ncore:\n  axons: -3\n"),
            "PATH:4:10: thing.core.axons: got -3, allowed 1..65536");
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\ncore:\n  axons: 65537\n"),
            "PATH:4:10: thing.core.axons: got 65537, allowed 1..65536");
  for (const std::string text : {"five", "5.0", "0x5", "5 5", "99999999999999999999"}) {
    EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\ncore:\n  axons: " + text + "\n"),
              "PATH:4:10: thing.core.axons: got " + text + ", allowed 1..65536 (a whole number)");
  }
  EXPECT_EQ(read_errors("name: x\nclock: 252\ncore:\n  axons: 5\n"),
            "PATH:2:8: thing.clock: got 252, allowed 1 kHz to 1 GHz (a number and its unit, Hz)");
  EXPECT_EQ(read_errors("name: x\nclock: 2 GHz\ncore:\n  axons: 5\n"),
            "PATH:2:8: thing.clock: got 2 GHz, allowed 1 kHz to 1 GHz");
  EXPECT_EQ(read_errors(std::string(kGood) + "scale: 2.5\n"),
            "PATH:5:8: thing.scale: got 2.5, allowed 0..2");
  EXPECT_EQ(read_errors(std::string(kGood) + "scale: much\n"),
            "PATH:5:8: thing.scale: got much, allowed 0..2 (a number)");
  EXPECT_EQ(read_errors(std::string(kGood) + "scale: .nan\n"),
            "PATH:5:8: thing.scale: got .nan, allowed 0..2 (a number)");
  EXPECT_EQ(read_errors(std::string(kGood) + "scale: nan\n"),
            "PATH:5:8: thing.scale: got nan, allowed 0..2");
  EXPECT_EQ(read_errors(std::string(kGood) + "fast: yes\n"),
            "PATH:5:7: thing.fast: got yes, allowed true, false");
  EXPECT_EQ(read_errors(std::string(kGood) + "  kind: medium\n"),
            "PATH:5:9: thing.core.kind: got medium, allowed small, large");
  EXPECT_EQ(read_errors("name: ''\nclock: 1 MHz\ncore:\n  axons: 5\n"),
            "PATH:1:7: thing.name: is empty");
}

TEST(Config, MissingKeysAreAtTheirParent) {
  EXPECT_EQ(read_errors("clock: 1 MHz\ncore:\n  axons: 5\n"),
            "PATH:1:1: thing.name: missing, and there is no default");
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\ncore:\n  kind: small\n"),
            "PATH:4:3: thing.core.axons: missing, and there is no default");
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\n"),
            "PATH:1:1: thing.core.axons: missing, and there is no default");
}

TEST(Config, WrongKindsOfNodes) {
  EXPECT_EQ(read_errors("name: [a, b]\nclock: 1 MHz\ncore:\n  axons: 5\n"),
            "PATH:1:7: thing.name: got a list, expected a single value");
  EXPECT_EQ(read_errors("name: {a: b}\nclock: 1 MHz\ncore:\n  axons: 5\n"),
            "PATH:1:7: thing.name: got a mapping, expected a single value");
  EXPECT_THAT(read_errors("name: x\nclock: 1 MHz\ncore: 5\n"),
              HasSubstr("PATH:3:7: thing.core: got 5, expected a mapping of keys to values"));
  EXPECT_THAT(read_errors("name:\nclock: 1 MHz\ncore:\n  axons: 5\n"),
              HasSubstr("thing.name: got nothing, expected a single value"));
}

TEST(Config, UnknownKeysNameTheKnownOnes) {
  EXPECT_EQ(read_errors(std::string(kGood) + "  axon: 5\n"),
            "PATH:5:9: thing.core.axon: unknown key, allowed here: axons, kind");
  EXPECT_EQ(read_errors(std::string(kGood) + "cores: {a: 1, b: {c: 2}}\n"),
            "PATH:5:8: thing.cores: unknown key, allowed here: clock, core, fast, name, scale");
}

TEST(Config, DuplicateKeys) {
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\nname: y\ncore:\n  axons: 5\n"),
            "PATH:1:7: thing.name: given again at line 3");
}

TEST(Config, AllErrorsAtOnce) {
  EXPECT_EQ(read_errors("clock: 5\ncore:\n  axons: 0\n  kind: no\n  extra: 1\nfast: 1\nmore: 2\n"),
            "PATH:1:1: thing.name: missing, and there is no default\n"
            "PATH:1:8: thing.clock: got 5, allowed 1 kHz to 1 GHz (a number and its unit, Hz)\n"
            "PATH:6:7: thing.fast: got 1, allowed true, false\n"
            "PATH:3:10: thing.core.axons: got 0, allowed 1..65536\n"
            "PATH:4:9: thing.core.kind: got no, allowed small, large\n"
            "PATH:5:10: thing.core.extra: unknown key, allowed here: axons, kind\n"
            "PATH:7:7: thing.more: unknown key, allowed here: clock, core, fast, name, scale");
}

TEST(Config, WhatIsNotYaml) {
  EXPECT_THAT(read_errors("name: x\nclock: [1\n"), HasSubstr("PATH:3:1: not valid YAML: "));
  EXPECT_THAT(read_errors("a: b: c\n"), HasSubstr("PATH:1:5: not valid YAML: "));
  EXPECT_EQ(read_errors("- a\n- b\n"), "PATH:1:1: expected a mapping of keys to values");
  EXPECT_EQ(read_errors("word\n"), "PATH:1:1: expected a mapping of keys to values");
  EXPECT_THAT(read_errors(""), HasSubstr("PATH"));
}

TEST(Config, OneDocumentInAFile) {
  EXPECT_EQ(read_errors("---\n" + std::string(kGood)), "no error");
  EXPECT_EQ(read_errors(std::string(kGood) + "...\n"), "no error");
  EXPECT_EQ(read_errors(std::string(kGood) + "---\nname: y\n"),
            "PATH:5:1: a second document begins here, allowed is one in a file");
}

TEST(Config, AliasesStandForWhatIsElsewhere) {
  EXPECT_EQ(read_errors("name: &n x\nclock: 1 MHz\ncore: {axons: 5, kind: *n}\n"),
            "PATH:1:7: thing.core.kind: got x, allowed small, large");
  EXPECT_EQ(read_errors("name: x\nclock: 1 MHz\ncore: &c\n  axons: 5\n  kind: *c\n"),
            "PATH:5:9: this alias stands for a mapping or list that it is part of");
  EXPECT_EQ(read_errors("&r\nname: x\nclock: 1 MHz\ncore: {axons: [5, *r]}\n"),
            "PATH:4:19: this alias stands for a mapping or list that it is part of");
  EXPECT_THAT(read_errors("name: *n\n"), HasSubstr("PATH:1:7: not valid YAML: "));
}

// Nine lists of nine aliases each stand for 9^9 values.
TEST(Config, AliasesThatMultiply) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 9; ++j) text += fmt::format("*a{}, ", i - 1);
    text += "]\n";
  }
  EXPECT_EQ(read_errors(text),
            "PATH:6:10: here are more than 100000 keys and values, with aliases replaced by what "
            "they stand for");
}

TEST(Config, DepthIsBounded) {
  const std::string message = "mappings and lists are nested more than 64 deep";
  const auto lists = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']') + "\n"; };
  EXPECT_EQ(read_errors(kGood + ("fast: " + lists(63))),
            "PATH:5:7: thing.fast: got a list, expected a single value");
  EXPECT_EQ(read_errors("name: " + lists(64)), "PATH:1:70: " + message);
  EXPECT_EQ(read_errors("name: " + lists(100000)), "PATH:1:70: " + message);
  EXPECT_THAT(read_errors("name: " + std::string(100000, '[')), HasSubstr(message));
  // Each line holds the one before it.
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) text += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  EXPECT_EQ(read_errors(text), "PATH:63:12: " + message);
}

TEST(Config, MoreThanAFileOfSettings) {
  EXPECT_EQ(read_errors(std::string((std::size_t{16} << 20) + 1, '#')),
            "PATH: longer than 16 MiB, which no settings are");
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("k{}: 1\n", i);
  const std::string errors = read_errors(text);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 100);
  EXPECT_THAT(errors, HasSubstr("\nand 903 more"));
}

TEST(Config, FilesThatCannotBeRead) {
  EXPECT_EQ(error_of([] { ConfigFile("/nowhere/x.yaml", "thing"); }),
            "/nowhere/x.yaml: cannot be read: No such file or directory");
  EXPECT_EQ(error_of([] { ConfigFile("/", "thing"); }), "/: cannot be read: a directory");
}

TEST(Config, Overrides) {
  EXPECT_EQ(read_errors(kGood, {{"core.axons", "9"}, {"fast", "true"}, {"core.kind", "large"}}),
            "no error");
  // An override of an existing key is checked like the file, but the message names the command
  // line.
  EXPECT_EQ(read_errors(kGood, {{"core.axons", "0"}}),
            "--set thing.core.axons=0: thing.core.axons: got 0, allowed 1..65536");
  // The last override of a key wins.
  EXPECT_EQ(read_errors(kGood, {{"core.axons", "0"}, {"core.axons", "5"}}), "no error");
  // An override can correct a value of the file or supply a missing one.
  EXPECT_EQ(read_errors("name: x\nclock: 5\ncore:\n  axons: 5\n", {{"clock", "5 MHz"}}),
            "no error");
  EXPECT_EQ(read_errors("name: x\nclock: 5 MHz\n", {{"core.axons", "5"}}), "no error");
  EXPECT_EQ(read_errors(kGood, {{"core.axon", "5"}}),
            "--set thing.core.axon=5: thing.core.axon: unknown key, allowed here: axons, kind");
  EXPECT_EQ(read_errors(kGood, {{"core", "5"}}),
            "--set thing.core=5: thing.core: is a mapping with the keys axons");
  EXPECT_THAT(read_errors(kGood, {{"clock.fast", "5"}}),
              HasSubstr("thing.clock: got a mapping, expected a single value"));
}

TEST(Config, AfterAnErrorTheDefaultIsGiven) {
  const TemporaryFile file("fast: yes\nsize: 77\nscale: much\nkind: medium\n");
  ConfigFile config(file.path(), "thing");
  const ConfigMap root = config.root();
  EXPECT_TRUE(root.boolean("fast", true));
  EXPECT_FALSE(root.boolean("fast", false));
  EXPECT_FALSE(root.boolean("fast"));
  EXPECT_EQ(root.integer("size", {1, 9}, 5), 5);
  EXPECT_DOUBLE_EQ(root.real("scale", {0.0, 2.0}, 1.0), 1.0);
  EXPECT_EQ(root.choice("kind", {"small", "large"}, 1), 1U);
}

TEST(Config, OverridesOfListItems) {
  const std::string text = "sizes: [1, 2, 3]\nnone: []\nparts: [{size: 1}, {size: 2}]\n";
  const TemporaryFile file(text);
  const auto errors = [&](const std::string& path) {
    return error_of([&] {
      ConfigFile config(file.path(), "thing", {{path, "9"}});
      const ConfigMap root = config.root();
      root.list("none");
      for (const std::string& key : root.list("sizes").keys()) {
        root.list("sizes").integer(key, {0, 9});
      }
      for (const std::string& key : root.list("parts").keys()) {
        root.list("parts").map(key).integer("size", {0, 9});
      }
      config.finish();
    });
  };
  ConfigFile config(file.path(), "thing", {{"sizes.1", "9"}, {"parts.0.size", "7"}});
  const ConfigMap sizes = config.root().list("sizes");
  EXPECT_EQ(config.root().kind("sizes"), ConfigKind::kList);
  EXPECT_THAT(sizes.keys(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(sizes.integer("1", {0, 9}), 9);
  EXPECT_EQ(sizes.integer("2", {0, 9}), 3);
  EXPECT_EQ(config.root().list("parts").map("0").integer("size", {0, 9}), 7);
  EXPECT_EQ(errors("sizes.2"), "no error");
  EXPECT_EQ(errors("parts.1.size"), "no error");
  for (const std::string key : {"3", "-1", "01", "x", "x.y"}) {
    EXPECT_EQ(errors("sizes." + key),
              "--set thing.sizes." + key + "=9: thing.sizes: is a list with the items 0, 1, 2");
  }
  EXPECT_EQ(errors("none.0"), "--set thing.none.0=9: thing.none: is a list with the items ");
  EXPECT_EQ(errors("sizes"), "--set thing.sizes=9: thing.sizes: is a list with the items 0, 1, 2");
  EXPECT_EQ(errors("parts.1"),
            "--set thing.parts.1=9: thing.parts.1: is a mapping with the keys size");
}

TEST(ConfigFile, OverridesReplaceLists) {
  const TemporaryFile file("sizes: [1, 2, 3]\nparts: [{size: 4}, {size: 5}]\nside: 6\n");
  ConfigFile config(file.path(), "thing",
                    {{"sizes", "[7, 8]"}, {"parts", "[]"}, {"names", "[a, \"b, c\"]"}});
  const ConfigMap root = config.root();
  EXPECT_THAT(root.list("sizes").keys(), ElementsAre("0", "1"));
  EXPECT_EQ(root.list("sizes").integer("0", {0, 9}), 7);
  EXPECT_EQ(root.list("sizes").integer("1", {0, 9}), 8);
  EXPECT_TRUE(root.list("sizes").overridden("0"));
  EXPECT_THAT(root.list("parts").keys(), ElementsAre());
  EXPECT_EQ(root.list("names").text("0"), "a");
  EXPECT_EQ(root.list("names").text("1"), "b, c");
  EXPECT_EQ(root.integer("side", {0, 9}), 6);
  EXPECT_EQ(error_of([&] { config.finish(); }), "no error");
  EXPECT_EQ(root.list("names").location("1"), "--set thing.names=[a, \"b, c\"]");
  const auto problem = [&](const std::string& key, const std::string& value) {
    return error_of([&] {
      ConfigFile changed(file.path(), "thing", {{key, value}});
      changed.root().skip("sizes");
      changed.root().skip("parts");
      changed.root().integer("side", {0, 9});
      changed.finish();
    });
  };
  for (const std::string value : {"[1, [2]]", "[1, 2", "[{a: 1}]"}) {
    EXPECT_EQ(problem("sizes", value), "--set thing.sizes=" + value + ": thing.sizes: got " +
                                           value + ", expected a list of values: [a, b, c]");
  }
  EXPECT_EQ(problem("side", "[1]"),
            "--set thing.side=[1]: thing.side: got [1], allowed 0..9 (a whole number)");
}

TEST(Config, OfJson) {
  const nlohmann::json tree = {{"name", "x"},    {"clock", "2 MHz"},       {"scale", 0.1},
                               {"fast", true},   {"core", {{"axons", 7}}}, {"list", {1, -2}},
                               {"none", nullptr}};
  ConfigFile config = ConfigFile::from_json(tree, "f", "thing");
  const ConfigMap root = config.root();
  EXPECT_EQ(root.text("name"), "x");
  EXPECT_DOUBLE_EQ(root.quantity("clock", Unit::kHertz, {1e3, 1e9}), 2e6);
  EXPECT_EQ(root.real("scale", {0.0, 1.0}), 0.1);
  EXPECT_TRUE(root.boolean("fast"));
  EXPECT_EQ(root.map("core").integer("axons", {1, 9}), 7);
  EXPECT_EQ(root.list("list").integer("0", {-9, 9}), 1);
  EXPECT_EQ(root.list("list").integer("1", {-9, 9}), -2);
  EXPECT_EQ(root.text("none"), "");
  root.map("core").integer("rows", {1, 9});
  EXPECT_EQ(error_of([&] { config.finish(); }),
            "f: thing.none: got nothing, expected a single value\n"
            "f: thing.core.rows: missing, and there is no default");
  EXPECT_EQ(error_of([] {
              ConfigFile::from_json({1, 2}, "f", "thing");
            }),
            "f: thing: expected a mapping of keys to values");
  // The same path twice.
  ConfigFile twice = ConfigFile::from_json({{"core", {{"axons", 7}}}, {"core.axons", 8}}, "f", "");
  EXPECT_EQ(twice.root().map("core").integer("axons", {1, 9}), 7);
  EXPECT_EQ(error_of([&] { twice.finish(); }), "f: core.axons: given twice");
}

TEST(Config, ParseOverride) {
  const Override change = parse_override("chip.core.axons=512");
  EXPECT_EQ(change.path, "chip.core.axons");
  EXPECT_EQ(change.value, "512");
  EXPECT_EQ(parse_override("a=").value, "");
  EXPECT_EQ(parse_override("a=b=c").value, "b=c");
  EXPECT_EQ(error_of([] { parse_override("core.axons"); }),
            "--set core.axons: expected key=value, e.g. chip.core.axons=512");
  EXPECT_EQ(error_of([] { parse_override("=5"); }),
            "--set =5: expected key=value, e.g. chip.core.axons=512");
}

// ---- Packets

TEST(PacketFormat, FieldsAreWhereTheyAreSaidToBe) {
  const Packet core = Packet::to_cores({0x11, 0x22, 0x33, 0x44}, 0x55, 0x6677);
  EXPECT_EQ(core.bits(), std::uint64_t{1} << 62 | std::uint64_t{0x11} << 54 |
                             std::uint64_t{0x22} << 47 | std::uint64_t{0x33} << 40 |
                             std::uint64_t{0x44} << 33 | 0x55U << 16 | 0x6677U);
  EXPECT_EQ(Packet::to_host(0xabcdef).bits(), std::uint64_t{2} << 62 | 0xabcdefU);
  EXPECT_EQ(core.with_parity(1).bits(), core.bits() | std::uint64_t{1} << 61);
}

TEST(PacketFormat, RoundTrip) {
  std::mt19937 random(1);
  const auto up_to = [&](int maximum) {
    return std::uniform_int_distribution<int>(0, maximum)(random);
  };
  for (int i = 0; i < 10000; ++i) {
    const bool corner = i < 2;
    const auto pick = [&](int maximum) { return corner ? i * maximum : up_to(maximum); };
    const Region region{pick(127), pick(127), pick(127), pick(127)};
    const int group = pick(Packet::kMaxGroups - 1);
    const int axon = pick(Packet::kMaxAxons);
    const int parity = pick(1);
    const Packet packet = Packet::to_cores(region, group, axon).with_parity(parity);
    ASSERT_EQ(packet.kind(), PacketKind::kCore);
    ASSERT_TRUE(packet.valid());
    ASSERT_EQ(packet.region(), region);
    ASSERT_EQ(packet.group(), group);
    ASSERT_EQ(packet.axon(), axon);
    ASSERT_EQ(packet.parity(), parity);
    ASSERT_EQ(packet.with_parity(1 - parity).parity(), 1 - parity);
    ASSERT_EQ(packet.with_parity(1 - parity).with_parity(parity).bits(), packet.bits());
    ASSERT_EQ(Packet(packet.bits()).bits(), packet.bits());
    const int output = pick(Packet::kMaxOutputs - 1);
    const Packet host = Packet::to_host(output).with_parity(parity);
    ASSERT_EQ(host.kind(), PacketKind::kHost);
    ASSERT_TRUE(host.valid());
    ASSERT_EQ(host.output(), output);
    ASSERT_EQ(host.parity(), parity);
  }
}

TEST(PacketFormat, LevelsFollowOneAnother) {
  const Packet packet = Packet::to_cores({1, 2, 3, 4}, 5, 100);
  EXPECT_EQ(packet.with_level(0).bits(), packet.bits());
  EXPECT_EQ(packet.with_level(3).axon(), 103);
  EXPECT_EQ(packet.with_level(3).group(), 5);
  EXPECT_EQ(Packet::to_host(65535).with_level(1).output(), 65536);
}

TEST(PacketFormat, InvalidOnes) {
  EXPECT_FALSE(Packet().valid());
  EXPECT_FALSE(Packet(std::uint64_t{3} << 62).valid());
}

TEST(RegionTest, CoresAndMesh) {
  const Region region{1, 2, 3, 2};
  EXPECT_EQ(region.cores(), 3);
  EXPECT_TRUE(region.contains(1, 2));
  EXPECT_TRUE(region.contains(3, 2));
  EXPECT_FALSE(region.contains(0, 2));
  EXPECT_FALSE(region.contains(4, 2));
  EXPECT_FALSE(region.contains(2, 1));
  EXPECT_FALSE(region.contains(2, 3));
  const MeshDescription mesh{4, 3};
  EXPECT_TRUE(mesh.contains(region));
  EXPECT_FALSE(mesh.contains({0, 0, 4, 0}));
  EXPECT_FALSE(mesh.contains({0, 0, 0, 3}));
  EXPECT_FALSE(mesh.contains({2, 0, 1, 0}));
  EXPECT_FALSE(mesh.contains({0, 2, 0, 1}));
  EXPECT_EQ(mesh.cores(), 12);
  for (int core = 0; core < 12; ++core) {
    EXPECT_EQ(mesh.core_at(mesh.x(core), mesh.y(core)), core);
  }
  EXPECT_EQ(mesh.core_at(3, 1), 7);
}

// ---- Addresses

TEST(Addresses, FieldsAreWhereTheyAreSaidToBe) {
  EXPECT_EQ((BusAddress{0x12, 0x3456, 0x7, 0x89abcd8}.encode()), 0x00123456789abcd8U);
  EXPECT_EQ(core_address(3, CoreRegion::kThresholds, 0x10), 0x0000000380000010U);
  EXPECT_EQ(chip_address(ChipRegion::kStatus, 8), 0x0000ffff10000008U);
  EXPECT_EQ(local_address(0x00123456789abcd8), 0x789abcd8U);
}

TEST(Addresses, RoundTrip) {
  for (const int chip : {0, 1, 255}) {
    for (const int unit : {0, 1, 1023, 0xfffe, kChipUnit}) {
      for (const int region : {0, 9, 15}) {
        for (const std::uint64_t offset :
             {std::uint64_t{0}, std::uint64_t{8}, (std::uint64_t{1} << 28) - 8}) {
          const auto decoded = BusAddress::decode(BusAddress{chip, unit, region, offset}.encode());
          ASSERT_TRUE(decoded.has_value());
          EXPECT_EQ(decoded->chip, chip);
          EXPECT_EQ(decoded->unit, unit);
          EXPECT_EQ(decoded->region, region);
          EXPECT_EQ(decoded->offset, offset);
        }
      }
    }
  }
  for (int bit = 56; bit < 64; ++bit) {
    EXPECT_EQ(BusAddress::decode(std::uint64_t{1} << bit), std::nullopt);
  }
}

TEST(Addresses, AreDescribed) {
  ChipDescription chip{};
  chip.mesh = {4, 2};
  chip.board = {3, 2};
  EXPECT_EQ(describe_address(chip, core_address(3, CoreRegion::kRoutes, 0x10)),
            "chip0.core_3_0, region routes, offset 0x10");
  EXPECT_EQ(describe_address(chip, BusAddress{4, 7, 12, 8}.encode()),
            "chip4.core_7_3, region none, offset 0x8");
  EXPECT_EQ(describe_address(chip, BusAddress{2, 8, 1, 8}.encode()),
            "chip2, no core 8, region status, offset 0x8");
  EXPECT_EQ(describe_address(chip, chip_address(ChipRegion::kStatus, 8)),
            "chip0, its own region 1, offset 0x8");
  EXPECT_EQ(describe_address(chip, std::uint64_t{1} << 60), "reserved bits set");
}

TEST(Names, OfCoresHaveChipAndBoardCoordinates) {
  ChipDescription chip{};
  chip.mesh = {4, 2};
  chip.board = {3, 2};
  EXPECT_EQ(core_name(chip, 0), "chip0.core_0_0");
  EXPECT_EQ(core_name(chip, 11), "chip2.core_11_0");
  EXPECT_EQ(core_name(chip, 47), "chip5.core_11_3");
  for (int core = 0; core < chip.grid().cores(); ++core) {
    EXPECT_EQ(find_core(chip, core_name(chip, core)), core);
  }
  for (const char* none : {"", "chip0", "chip0.core_4_0", "chip1.core_0_0", "chip0.core_00_0",
                           "chip0.core_0_0 ", "core_0_0"}) {
    EXPECT_EQ(find_core(chip, none), std::nullopt) << none;
  }
}

TEST(Addresses, SizesOfRegions) {
  CoreDescription core{};
  core.axons = 10;
  core.dendrites = 130;
  core.synapse = Synapse::kTernary;
  core.fan_in_groups = 3;
  core.thresholds_per_dendrite = 3;
  core.route_entries = 5;
  core.expansion.entries = 7;
  core.neuron = Neuron::kStochastic;
  EXPECT_EQ(plane_row_bytes(core), 24U);
  const std::vector<std::uint64_t> expected = {
      24, 8, 64, 240, 240, 3 * 8, 130 * 16, 264 /* 260 padded */, 1560, 5 * 8, 32 /* 28 padded */,
      16};
  for (const CoreRegionInfo& info : kCoreRegions) {
    EXPECT_EQ(region_bytes(core, info.region), expected[static_cast<std::size_t>(info.region)])
        << name(info.region);
    EXPECT_EQ(info.region, kCoreRegions[static_cast<std::size_t>(info.region)].region);
  }
  core.neuron = Neuron::kThreshold;
  EXPECT_EQ(region_bytes(core, CoreRegion::kRandom), 0U);
  core.synapse = Synapse::kBinaryPair;
  EXPECT_EQ(plane_row_bytes(core), 24U);
  EXPECT_EQ(region_bytes(core, CoreRegion::kMinusPlane), 0U);
  EXPECT_EQ(region_bytes(core, CoreRegion::kNeurons), 65U * 16);
  EXPECT_EQ(region_bytes(core, CoreRegion::kThresholds), 784U);  // 65 * 3 * 4 = 780
}

template <std::size_t kCount>
void expect_in_order(const std::array<Register, kCount>& registers, std::uint64_t bytes) {
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(registers[i].offset, i * 8) << registers[i].name;
    EXPECT_THAT(registers[i].bits, AllOf(Ge(1), Le(64))) << registers[i].name;
  }
  EXPECT_EQ(bytes, kCount * 8);
}

TEST(Addresses, RegistersFillTheirRegions) {
  expect_in_order(core_control::kRegisters, core_control::kBytes);
  expect_in_order(core_status::kRegisters, core_status::kBytes);
  expect_in_order(chip_control::kRegisters, chip_control::kBytes);
  expect_in_order(chip_status::kRegisters, chip_status::kBytes);
  expect_in_order(host_port::kRegisters, host_port::kRegisters.size() * 8);
  for (std::size_t i = 0; i < kCoreCounterTable.size(); ++i) {
    EXPECT_EQ(counter_offset(kCoreCounterTable[i].counter), i * 8);
  }
  std::uint64_t all = 0;
  for (const interrupt::Bit& bit : interrupt::kTable) all |= bit.mask;
  EXPECT_EQ(all, interrupt::kAll);
}

template <std::size_t kCount>
void expect_apart(const std::array<BitField, kCount>& fields) {
  std::array<std::uint64_t, 2> taken{};
  for (const BitField& field : fields) {
    const std::uint64_t bits = field.mask() << field.shift;
    EXPECT_EQ(taken[static_cast<std::size_t>(field.word)] & bits, 0U) << field.name;
    EXPECT_EQ(bits >> field.shift, field.mask()) << field.name;
    taken[static_cast<std::size_t>(field.word)] |= bits;
  }
}

TEST(Tables, FieldsDoNotOverlap) {
  expect_apart(GroupEntry::kFields);
  expect_apart(NeuronEntry::kFields);
  expect_apart(packet_field::kToCores);
  expect_apart(packet_field::kToEntries);
  expect_apart(ExpansionEntry::kFields);
  expect_apart(GatherEntry::kFields);
  expect_apart(GatherEntry::kShiftedFields);
  expect_apart(packet_field::kToHost);
}

// ---- Tables

TEST(Tables, FieldsAreWhereTheyAreSaidToBe) {
  EXPECT_EQ((GroupEntry{0x1111, 0x2222, 0x3333}.encode()), 0x0000333322221111U);
  EXPECT_THAT((NeuronEntry{0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666}.encode()),
              ElementsAre(0x4444333322221111U, 0x0000000066665555U));
  // A chip with one weight plane takes the whole entry for the dendrite.
  EXPECT_EQ((GatherEntry{0xabcd, 0}.encode(1)), 0xabcd);
  EXPECT_EQ((GatherEntry{0x1234, 5}.encode(8)), 0x1234 | 5 << 13);
  EXPECT_EQ(GatherEntry::max_dendrites(1), 65536);
  EXPECT_EQ(GatherEntry::max_dendrites(2), 8192);
}

TEST(Tables, GatherEntriesRoundTrip) {
  for (int word = 0; word < 65536; ++word) {
    for (const int planes : {1, 2, 8}) {
      const GatherEntry entry = GatherEntry::decode(static_cast<std::uint16_t>(word), planes);
      ASSERT_EQ(entry.dendrite, planes == 1 ? word : word % 8192);
      ASSERT_EQ(entry.shift, planes == 1 ? 0 : word / 8192);
      ASSERT_EQ(entry.encode(planes), word);
    }
  }
}

TEST(Tables, RoundTrip) {
  std::mt19937 random(2);
  for (int i = 0; i < 1000; ++i) {
    const auto pick = [&] {
      return i == 0 ? 65535 : std::uniform_int_distribution<int>(0, 65535)(random);
    };
    const GroupEntry group{pick(), pick(), pick()};
    const GroupEntry back = GroupEntry::decode(group.encode());
    ASSERT_EQ(back.first_dendrite, group.first_dendrite);
    ASSERT_EQ(back.dendrites, group.dendrites);
    ASSERT_EQ(back.axons, group.axons);
    const NeuronEntry neuron{pick(), pick(), pick(), pick(), pick(), pick()};
    const auto words = neuron.encode();
    const NeuronEntry again = NeuronEntry::decode(words[0], words[1]);
    ASSERT_EQ(again.first_gather, neuron.first_gather);
    ASSERT_EQ(again.gathers, neuron.gathers);
    ASSERT_EQ(again.first_threshold, neuron.first_threshold);
    ASSERT_EQ(again.thresholds, neuron.thresholds);
    ASSERT_EQ(again.first_route, neuron.first_route);
    ASSERT_EQ(again.routes, neuron.routes);
  }
}

// ---- Envelopes

std::vector<std::uint8_t> small_file() {
  return encode_envelope({FileKind::kDeployment, 7, {{"a", 1}, {"b", {1, 2, 3}}}});
}

std::string decode_error(const std::vector<std::uint8_t>& bytes) {
  return error_of([&] { decode_envelope(bytes, "f"); });
}

TEST(EnvelopeFormat, RoundTrip) {
  const std::vector<std::uint8_t> bytes = small_file();
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 8), "SPIKLOOM");
  EXPECT_TRUE(has_envelope(bytes));
  EXPECT_FALSE(has_envelope(std::vector<std::uint8_t>{'S', 'P'}));
  const Envelope envelope = decode_envelope(bytes, "f");
  EXPECT_EQ(envelope.kind, FileKind::kDeployment);
  EXPECT_EQ(envelope.version, 7U);
  EXPECT_EQ(envelope.body, (nlohmann::json{{"a", 1}, {"b", {1, 2, 3}}}));
  EXPECT_EQ(decode_body(bytes, "f", FileKind::kDeployment, 7), envelope.body);
  EXPECT_EQ(small_file(), bytes);
}

TEST(EnvelopeFormat, ChecksumIsTheCommonCrc32) {
  // The body {} is the single byte 0xa0; the test knows its CRC-32 (ISO-HDLC).
  const auto bytes = encode_envelope({FileKind::kDeployment, 1, nlohmann::json::object()});
  ASSERT_EQ(bytes.size(), 33U);
  EXPECT_EQ(bytes[32], 0xa0);
  std::uint32_t crc = 0xffffffff;
  crc ^= 0xa0;
  for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
  crc = ~crc;
  std::uint32_t stored = 0;
  std::memcpy(&stored, &bytes[24], sizeof stored);
  EXPECT_EQ(stored, crc);
}

TEST(EnvelopeFormat, ChecksumOfTheFileFollowsFromItsHeader) {
  std::vector<std::uint8_t> bytes = small_file();
  EXPECT_EQ(file_checksum(bytes), checksum(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::uint8_t> part(bytes.begin(),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(file_checksum(part), checksum(part)) << size;
  }
  bytes[12] = static_cast<std::uint8_t>(bytes[12] ^ 1);  // in the header
  EXPECT_EQ(file_checksum(bytes), checksum(bytes));
}

TEST(EnvelopeFormat, EachCorruptionIsFound) {
  const std::vector<std::uint8_t> good = small_file();
  const auto with = [&](std::size_t at, std::uint8_t flip) {
    std::vector<std::uint8_t> bytes = good;
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ flip);
    return decode_error(bytes);
  };
  EXPECT_EQ(with(0, 1), "f: not a spikeloom file (no SPIKLOOM header)");
  for (const std::size_t at : {8U, 12U, 16U, 24U, 28U}) {
    EXPECT_EQ(with(at, 1), "f: corrupted: the header's checksum does not match") << at;
  }
  EXPECT_EQ(with(32, 1), "f: corrupted: the body's checksum does not match");
  EXPECT_EQ(with(good.size() - 1, 0x80), "f: corrupted: the body's checksum does not match");
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      EXPECT_NE(with(at, static_cast<std::uint8_t>(1 << bit)), "no error") << at << "." << bit;
    }
  }
}

TEST(EnvelopeFormat, EachTruncationIsFound) {
  const std::vector<std::uint8_t> good = small_file();
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::vector<std::uint8_t> bytes(good.begin(),
                                          good.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string error = decode_error(bytes);
    if (size < 8) {
      EXPECT_EQ(error, "f: not a spikeloom file (no SPIKLOOM header)");
    } else if (size < 32) {
      EXPECT_EQ(error, "f: truncated inside its header");
    } else {
      EXPECT_EQ(error, "f: truncated or extended: has " + std::to_string(size - 32) +
                           " bytes, expected " + std::to_string(good.size() - 32));
    }
  }
  std::vector<std::uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_EQ(decode_error(longer), "f: truncated or extended: has " +
                                      std::to_string(good.size() - 31) + " bytes, expected " +
                                      std::to_string(good.size() - 32));
}

TEST(EnvelopeFormat, WrongKindsAndVersions) {
  EXPECT_EQ(decode_error(encode_envelope({static_cast<FileKind>(9), 1, nullptr})),
            "f: a file of unknown kind 9");
  EXPECT_EQ(error_of([] { decode_body(small_file(), "f", FileKind::kSpikingNetwork, 7); }),
            "f: is a deployment, expected a spiking network");
  EXPECT_EQ(error_of([] { decode_body(small_file(), "f", FileKind::kDeployment, 8); }),
            "f: deployment format version 7, this program reads version 8");
}

TEST(EnvelopeFormat, PackedNumbers) {
  const std::vector<std::int32_t> values = {1, -1, INT32_MIN, INT32_MAX};
  const nlohmann::json json = pack(values);
  ASSERT_TRUE(json.is_binary());
  EXPECT_EQ(json.get_binary().size(), 16U);
  EXPECT_EQ(json.get_binary()[0], 1);
  EXPECT_EQ(unpack<std::int32_t>(json), values);
  EXPECT_TRUE(unpack<std::uint64_t>(pack(std::vector<std::uint64_t>{})).empty());
}

TEST(Files, WriteAndRead) {
  const TemporaryFile file("old");
  const std::vector<std::uint8_t> bytes = {0, 1, 255, 10, 13};
  write_file(file.path(), bytes);
  EXPECT_EQ(read_file(file.path()), bytes);
  write_file(file.path(), "text\n");
  EXPECT_EQ(read_file(file.path()).size(), 5U);
  EXPECT_EQ(error_of([] { read_file("/nowhere/x"); }),
            "/nowhere/x: cannot be read: No such file or directory");
  EXPECT_EQ(error_of([] { read_file("/"); }), "/: cannot be read: not a regular file");
  EXPECT_EQ(error_of([] { write_file("/nowhere/x", "a"); }),
            "/nowhere/x: cannot be written: No such file or directory");
}

// ---- Chip files

using spikeloom::test::kChipFile;

std::string chip_errors(const std::vector<Override>& overrides) {
  const TemporaryFile file(kChipFile);
  return file.without_path(error_of([&] { load_chip(file.path(), overrides); }));
}

TEST(ChipFile, IsReadAndRoundTrips) {
  const TemporaryFile file(kChipFile);
  const ChipDescription chip = load_chip(file.path());
  EXPECT_EQ(chip.name, "tiny");
  EXPECT_DOUBLE_EQ(chip.clock_hz, 1e8);
  EXPECT_DOUBLE_EQ(chip.voltage_v, 0.8);
  EXPECT_EQ(chip.mesh.cores(), 8);
  EXPECT_EQ(chip.core.axons, 64);
  EXPECT_EQ(chip.core.synapse, Synapse::kTernary);
  EXPECT_EQ(chip.core.max_thresholds(), 128);
  EXPECT_EQ(chip.router.link_cycles, 2);
  EXPECT_EQ(chip.host_port.x, 3);
  EXPECT_DOUBLE_EQ(chip.seconds(1e8), 1.0);
  const nlohmann::json json = to_json(chip);
  EXPECT_EQ(to_json(chip_from_json(json, "f")), json);
  EXPECT_EQ(json["core"]["synapse"], "ternary");
  EXPECT_EQ(json["core"]["timing"]["word_bits"], 256);
}

TEST(ChipFile, CreditCyclesAreWrittenWhereThereAreAny) {
  const TemporaryFile file(kChipFile);
  EXPECT_EQ(load_chip(file.path()).router.credit_cycles, 0);
  EXPECT_EQ(to_json(load_chip(file.path()))["router"].count("credit_cycles"), 0U);
  const ChipDescription chip = load_chip(file.path(), {{"router.credit_cycles", "7"}});
  EXPECT_EQ(chip.router.credit_cycles, 7);
  EXPECT_EQ(chip_from_json(to_json(chip), "f").router.credit_cycles, 7);
  EXPECT_EQ(chip_errors({{"router.credit_cycles", "-1"}}),
            "--set chip.router.credit_cycles=-1: chip.router.credit_cycles: got -1, allowed "
            "0..1024");
}

TEST(ChipFile, TimesAndCopiesOfOtherChips) {
  const TemporaryFile file(kChipFile);
  const nlohmann::json plain = to_json(load_chip(file.path()));
  EXPECT_EQ(plain["core"]["timing"].count("cycles_per_word"), 0U);
  EXPECT_EQ(plain["core"].count("rows"), 0U);
  EXPECT_EQ(plain["host_port"].count("multicast"), 0U);
  EXPECT_EQ(plain["sync"].count("ticks_per_image"), 0U);
  EXPECT_EQ(plain.count("trunk"), 0U);
  const std::vector<Override> overrides = {{"core.timing.cycles_per_word", "3"},
                                           {"core.rows", "dendrites"},
                                           {"host_port.multicast", "false"},
                                           {"sync.ticks_per_image", "4"},
                                           {"mesh.columns", "4"},
                                           {"mesh.rows", "4"},
                                           {"topology", "quadtree"},
                                           {"trunk.cycles_per_packet", "5.2704"}};
  const ChipDescription chip = load_chip(file.path(), overrides);
  const ChipDescription again = chip_from_json(to_json(chip), "f");
  EXPECT_EQ(to_json(again), to_json(chip));
  EXPECT_EQ(again.core.timing.cycles_per_word, 3);
  EXPECT_EQ(again.core.rows, CrossbarRows::kDendrites);
  EXPECT_FALSE(again.host_port.multicast);
  EXPECT_FALSE(again.multicasts(true));
  EXPECT_TRUE(again.multicasts(false));
  EXPECT_EQ(again.sync.ticks_per_image, 4);
  EXPECT_EQ(again.trunk.millicycles_per_packet(), 5270U);
  EXPECT_EQ(chip_errors({{"trunk.cycles_per_packet", "2"}}),
            "--set chip.trunk.cycles_per_packet=2: chip.trunk.cycles_per_packet: got 2, but "
            "topology: mesh has no root: allowed 0");
  std::vector<Override> fast = overrides;
  fast.back().value = "0.5";
  EXPECT_THAT(chip_errors(fast), HasSubstr("chip.trunk.cycles_per_packet: got 0.5, allowed 0, or "
                                           "1..1024"));
  EXPECT_THAT(chip_errors({{"sync.pipeline", "false"}, {"sync.ticks_per_image", "2"}}),
              HasSubstr("chip.sync.ticks_per_image: got 2, but pipeline: false, with which an "
                        "image enters when the one before has left: allowed 1"));
}

TEST(ChipFile, WeightPlanesAreWrittenWhereThereAreSeveral) {
  const TemporaryFile file(kChipFile);
  EXPECT_EQ(load_chip(file.path()).core.weight_planes, 1);
  EXPECT_EQ(to_json(load_chip(file.path()))["core"].count("weight_planes"), 0U);
  const ChipDescription chip = load_chip(file.path(), {{"core.weight_planes", "8"}});
  EXPECT_EQ(chip.core.weight_planes, 8);
  EXPECT_EQ(chip.core.shifter_stages(), 3);
  EXPECT_EQ(chip_from_json(to_json(chip), "f").core.weight_planes, 8);
  for (const char* value : {"0", "9"}) {
    EXPECT_THAT(chip_errors({{"core.weight_planes", value}}),
                HasSubstr(std::string("chip.core.weight_planes: got ") + value + ", allowed 1..8"));
  }
}

TEST(ChipFile, WeightPlanesLimitTheDendrites) {
  const Override one_threshold{"core.thresholds_per_dendrite", "1"};
  const auto errors = [&](const char* planes, const char* dendrites) {
    return chip_errors(
        {one_threshold, {"core.weight_planes", planes}, {"core.dendrites", dendrites}});
  };
  EXPECT_EQ(errors("2", "8192"), "no error");
  EXPECT_EQ(errors("1", "65535"), "no error");
  EXPECT_EQ(errors("2", "8193"),
            "--set chip.core.weight_planes=2: chip.core.weight_planes: got 2 for 8193 ternary "
            "dendrites, allowed 1, or at most 8192 dendrites");
}

TEST(ChipFile, BoardsNumberTheirCores) {
  const TemporaryFile file(kChipFile);
  const std::vector<Override> board = {{"board.columns", "3"},
                                       {"board.rows", "2"},
                                       {"inter_chip.flit_bits", "16"},
                                       {"inter_chip.link_cycles", "2"}};
  const ChipDescription chip = load_chip(file.path(), board);
  EXPECT_EQ(chip.inter_chip.packet_link_cycles(), 8);
  EXPECT_EQ(chip.grid().columns, 12);
  EXPECT_EQ(chip.grid().rows, 4);
  for (int core = 0; core < chip.grid().cores(); ++core) {
    const CoreLocation place = chip.place(core);
    EXPECT_EQ(chip.core_at(place), core);
    const int x = chip.grid().x(core), y = chip.grid().y(core);
    EXPECT_EQ(place.chip, y / 2 * 3 + x / 4);
    EXPECT_EQ(place.unit, y % 2 * 4 + x % 4);
    const auto address =
        BusAddress::decode(core_address(place.unit, CoreRegion::kRoutes, 8, place.chip));
    ASSERT_TRUE(address);
    EXPECT_EQ(address->chip, place.chip);
    EXPECT_EQ(address->unit, place.unit);
  }
  EXPECT_EQ(chip.core_at({6, 0}), std::nullopt);
  EXPECT_EQ(chip.core_at({0, 8}), std::nullopt);
  EXPECT_EQ(chip.core_at({-1, 0}), std::nullopt);
  EXPECT_EQ(to_json(chip_from_json(to_json(chip), "f")), to_json(chip));
}

TEST(ChipFile, BoardsAndTopologiesAreChecked) {
  const std::vector<Override> links = {{"inter_chip.flit_bits", "64"},
                                       {"inter_chip.link_cycles", "1"}};
  const auto errors = [&](std::vector<Override> overrides) {
    overrides.insert(overrides.end(), links.begin(), links.end());
    return chip_errors(overrides);
  };
  EXPECT_THAT(chip_errors({{"board.rows", "2"}}), HasSubstr("chip.inter_chip.link_cycles"));
  // A board that may grow needs these keys as well.
  EXPECT_THAT(chip_errors({{"board.grow", "true"}}), HasSubstr("chip.inter_chip.link_cycles"));
  EXPECT_THAT(errors({{"board.columns", "33"}}),
              HasSubstr("chip.board.columns: got 33, allowed 1..32 (mesh.columns)"));
  EXPECT_THAT(errors({{"board.columns", "32"}, {"board.rows", "9"}}),
              HasSubstr("chip.board: got 32 x 9 chips, allowed at most 256"));
  EXPECT_THAT(errors({{"topology", "quadtree"}}),
              HasSubstr("chip.mesh: got 4 x 2, but topology: quadtree needs a square mesh whose "
                        "sides are a power of two: 2 x 2, 4 x 4, 8 x 8 and so on"));
  EXPECT_THAT(errors({{"topology", "ring"}}), HasSubstr("got ring, allowed mesh, quadtree, torus"));
  EXPECT_THAT(errors({{"host_port.level", "1"}}), HasSubstr("chip.host_port.level"));
  EXPECT_EQ(errors({{"topology", "quadtree"}, {"mesh.rows", "4"}, {"host_port.level", "2"}}),
            "no error");
  EXPECT_THAT(errors({{"topology", "quadtree"}, {"mesh.rows", "4"}, {"host_port.level", "3"}}),
              HasSubstr("chip.host_port.level: got 3, allowed 0..2 (the root)"));
}

TEST(ChipFile, ChecksAcrossKeys) {
  EXPECT_EQ(chip_errors({}), "no error");
  EXPECT_EQ(chip_errors({{"host_port.x", "4"}}),
            "--set chip.host_port.x=4: chip.host_port.x: got 4, allowed 0..3 (mesh.columns, "
            "board.columns)");
  EXPECT_EQ(chip_errors({{"host_port.y", "-1"}}),
            "--set chip.host_port.y=-1: chip.host_port.y: got -1, allowed 0..127");
  EXPECT_EQ(chip_errors({{"core.synapse", "binary_pair"}, {"core.dendrites", "33"}}),
            "--set chip.core.dendrites=33: chip.core.dendrites: got 33, but synapse: binary_pair "
            "uses columns in pairs, allowed even numbers");
  EXPECT_EQ(chip_errors({{"core.synapse", "quaternary"}}),
            "--set chip.core.synapse=quaternary: chip.core.synapse: got quaternary, allowed "
            "ternary, binary_pair");
  EXPECT_EQ(chip_errors({{"core.dendrites", "65535"}, {"core.thresholds_per_dendrite", "2"}}),
            "--set chip.core.thresholds_per_dendrite=2: chip.core.thresholds_per_dendrite: got 2 "
            "for 65535 ternary dendrites, allowed at most 65536 thresholds per core");
  EXPECT_EQ(chip_errors({{"bus.max_burst_bytes", "12"}}),
            "--set chip.bus.max_burst_bytes=12: chip.bus.max_burst_bytes: got 12, allowed "
            "multiples of 8");
  EXPECT_EQ(chip_errors({{"core.timing.word_bits", "96"}}),
            "--set chip.core.timing.word_bits=96: chip.core.timing.word_bits: got 96, allowed "
            "powers of two");
}

TEST(ChipFile, RangesOfItsNumbers) {
  for (const char* key : {"mesh.columns",
                          "mesh.rows",
                          "core.axons",
                          "core.dendrites",
                          "core.fan_in_groups",
                          "core.thresholds_per_dendrite",
                          "core.potential_bits",
                          "core.route_entries",
                          "core.timing.scan_axons_per_cycle",
                          "core.timing.word_bits",
                          "core.timing.neurons_per_cycle",
                          "core.timing.compare_cycles",
                          "core.timing.emit_cycles_per_packet",
                          "router.fifo_depth",
                          "router.pipeline_cycles",
                          "router.link_cycles",
                          "host_port.cycles_per_packet",
                          "sync.barrier_cycles",
                          "bus.bytes_per_cycle",
                          "bus.max_burst_bytes"}) {
    EXPECT_THAT(chip_errors({{key, "0"}}),
                HasSubstr(std::string("chip.") + key + ": got 0, allowed "));
    EXPECT_THAT(chip_errors({{key, "2000000000"}}),
                HasSubstr(std::string("chip.") + key + ": got 2000000000, allowed "));
  }
  for (const char* key : {"core.timing.gather_cycles_per_group", "bus.latency_cycles"}) {
    EXPECT_EQ(chip_errors({{key, "0"}}), "no error");
  }
}

/// A key of the chip's JSON, and its name in a chip file.
struct NumberKey {
  nlohmann::json::json_pointer pointer;
  std::string path;
};

std::vector<NumberKey> number_keys(const nlohmann::json& chip) {
  std::vector<NumberKey> keys;
  const nlohmann::json flat = chip.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (!value.is_number() || pointer == "/clock_hz" || pointer == "/voltage_v") continue;
    std::string path = pointer.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    const std::string table = "core.expansion";
    if (path.rfind(table, 0) == 0) path = "core.axon_expansion" + path.substr(table.size());
    keys.push_back({nlohmann::json::json_pointer(pointer), path});
  }
  return keys;
}

/// Returns the message without the file and key at its start.
std::string without_place(const std::string& message) {
  const std::size_t at = message.find(": chip.");
  return at == std::string::npos ? message : message.substr(at + 2);
}

TEST(ChipJson, HasTheChecksOfAChipFile) {
  const std::vector<Override> rest = {{"inter_chip.flit_bits", "64"},
                                      {"inter_chip.link_cycles", "1"},
                                      {"core.weight_planes", "2"},
                                      {"core.axon_expansion.entries", "1"},
                                      {"core.axon_expansion.cycles_per_write", "1"},
                                      {"core.axon_expansion.entry_bits", "25"}};
  const TemporaryFile file(kChipFile);
  const nlohmann::json good = to_json(load_chip(file.path(), rest));
  const std::vector<NumberKey> keys = number_keys(good);
  EXPECT_EQ(keys.size(), 35U);
  std::size_t refused = 0;
  for (const NumberKey& key : keys) {
    for (const nlohmann::json& value :
         std::vector<nlohmann::json>{-1, 0, 1, 3, 127, INT32_MAX, INT64_MIN, 1.5, "many", true}) {
      nlohmann::json chip = good;
      chip[key.pointer] = value;
      std::vector<Override> overrides = rest;
      overrides.push_back({key.path, value.is_string() ? value.get<std::string>() : value.dump()});
      const std::string from_json = error_of([&] { chip_from_json(chip, "f"); });
      EXPECT_EQ(without_place(from_json), without_place(chip_errors(overrides)))
          << key.path << " " << value;
      if (from_json != "no error") ++refused;
    }
    nlohmann::json chip = good;
    chip[key.pointer] = -1;
    EXPECT_THAT(error_of([&] { chip_from_json(chip, "f"); }),
                HasSubstr("f: chip." + key.path + ": got -1, allowed "));
  }
  EXPECT_GT(refused, 5 * keys.size());
}

TEST(ChipJson, OtherKinds) {
  const TemporaryFile file(kChipFile);
  const nlohmann::json good = to_json(load_chip(file.path()));
  const auto error = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json chip = good;
    chip[nlohmann::json::json_pointer(pointer)] = value;
    return error_of([&] { chip_from_json(chip, "f"); });
  };
  EXPECT_EQ(error("/name", "other"), "no error");
  EXPECT_EQ(error("/clock_hz", 1.5), "f: chip.clock: got 1.5 Hz, allowed 1 kHz to 100 GHz");
  EXPECT_THAT(error("/clock_hz", NAN), HasSubstr("f: chip.clock: got nan Hz, allowed "));
  EXPECT_THAT(error("/clock_hz", "fast"), HasSubstr("f: chip.clock: got fast, allowed "));
  EXPECT_THAT(error("/voltage_v", -0.9), HasSubstr("f: chip.voltage: got -0.9 V, allowed "));
  EXPECT_EQ(error("/core/synapse", "quaternary"),
            "f: chip.core.synapse: got quaternary, allowed ternary, binary_pair");
  EXPECT_EQ(error("/topology", 0), "f: chip.topology: got 0, allowed mesh, quadtree, torus");
  EXPECT_EQ(error("/sync/pipeline", 1), "f: chip.sync.pipeline: got 1, allowed true, false");
  EXPECT_THAT(error("/core", nlohmann::json::array()),
              HasSubstr("f: chip.core: got a list, expected a mapping of keys to values"));
  EXPECT_THAT(error("/router", nullptr), HasSubstr("f: chip.router.fifo_depth: missing"));
  EXPECT_THAT(error("/core/colour", 1), HasSubstr("f: chip.core.colour: unknown key, allowed"));
  EXPECT_EQ(error_of([] { chip_from_json(5, "f"); }),
            "f: chip: expected a mapping of keys to values");
}

TEST(ChipJson, RoundTrip) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    spikeloom::test::Random random(seed);
    ChipDescription chip = spikeloom::test::random_chip(random);
    chip.clock_hz = 1e9 / 3.0 + static_cast<double>(seed);
    chip.host_port.cycles_per_packet = static_cast<double>(1000 + seed) / 1e3;
    const nlohmann::json json = to_json(chip);
    const ChipDescription back = chip_from_json(json, "f");
    ASSERT_EQ(to_json(back), json);
    ASSERT_EQ(back.clock_hz, chip.clock_hz);
  }
}

// ---- Deployments

Deployment small_deployment() {
  const TemporaryFile file(kChipFile);
  Deployment deployment;
  deployment.network = "net";
  deployment.chip = load_chip(file.path());
  deployment.seed = UINT64_MAX;
  deployment.layers = {{"conv", 1, 6, 2, 2}, {"dense", 2, 3, 4, 1}};
  deployment.input = {2, {0, 1, 1, 3}, {11, 22, UINT64_MAX}};
  deployment.cores = {{0, {0, 0}, {{5, 0, 0, 2}, {4, 0, 1, 1}}}, {7, {1}, {{2, 1, 3, 1}}}};
  deployment.transactions = {{0x123456789abcdef8, {1, 2, 3, 4, 5, 6, 7, 8}}, {8, {}}};
  deployment.spiking_network = {9, 8, 7};
  return deployment;
}

TEST(SpikeProfileFile, RoundTrip) {
  SpikeProfile profile;
  profile.network = "n";
  profile.network_crc = 0xffffffff;
  profile.images = 3;
  profile.layers = {{"input", {1, 2}}, {"dense", {}}};
  const SpikeProfile back = SpikeProfile::decode(profile.encode(), "f");
  EXPECT_EQ(back.network, "n");
  EXPECT_EQ(back.network_crc, 0xffffffff);
  EXPECT_EQ(back.images, 3U);
  ASSERT_EQ(back.layers.size(), 2U);
  EXPECT_EQ(back.layers[0].spikes, (std::vector<std::uint32_t>{1, 2}));
}

TEST(SpikeProfileFile, NumbersThatAreNotWhole) {
  const auto error = [](const char* key, const nlohmann::json& value) {
    SpikeProfile profile;
    profile.images = 3;
    nlohmann::json body =
        decode_body(profile.encode(), "f", FileKind::kSpikeProfile, SpikeProfile::kVersion);
    body[key] = value;
    const auto bytes = encode_envelope({FileKind::kSpikeProfile, SpikeProfile::kVersion, body});
    return error_of([&] { SpikeProfile::decode(bytes, "f"); });
  };
  const std::string images = "f: not a valid spike profile: images: got ";
  const std::string allowed = ", allowed 1..9007199254740992 (a whole number)";
  EXPECT_EQ(error("images", std::nan("")), images + "nan" + allowed);
  EXPECT_EQ(error("images", 0.5), images + "0.5" + allowed);
  EXPECT_EQ(error("images", 0), images + "0" + allowed);
  EXPECT_EQ(error("images", -1), images + "-1" + allowed);
  EXPECT_EQ(error("images", std::uint64_t{1} << 63), images + "9223372036854775808" + allowed);
  EXPECT_EQ(error("images", "3"), images + "string" + allowed);
  EXPECT_EQ(error("network_crc", std::uint64_t{1} << 32),
            "f: not a valid spike profile: network_crc: got 4294967296, allowed 0..4294967295 (a "
            "whole number)");
}

TEST(Payload, EqualOnesOfAPoolShareTheirBytes) {
  PayloadPool pool;
  const std::vector<std::uint8_t> bytes = {1, 2, 3};
  const Payload first = pool.make(bytes.data(), 3);
  const Payload again = pool.make(std::vector<std::uint8_t>(bytes).data(), 3);
  const Payload shorter = pool.make(bytes.data(), 2);
  EXPECT_EQ(first.data(), again.data());
  EXPECT_NE(first.data(), bytes.data());
  EXPECT_NE(shorter.data(), first.data());
  EXPECT_EQ(std::vector<std::uint8_t>(first.begin(), first.end()), bytes);
  EXPECT_EQ(shorter, (Payload{1, 2}));
  EXPECT_FALSE(shorter == first);
  EXPECT_TRUE(Payload().empty());
  EXPECT_EQ(pool.make(nullptr, 0), Payload());
}

TEST(DeploymentFile, RoundTrip) {
  const Deployment d = small_deployment();
  const std::vector<std::uint8_t> bytes = d.encode();
  const Deployment back = Deployment::decode(bytes, "f");
  EXPECT_EQ(back.network, d.network);
  EXPECT_EQ(to_json(back.chip), to_json(d.chip));
  EXPECT_EQ(back.seed, d.seed);
  ASSERT_EQ(back.layers.size(), 2U);
  EXPECT_EQ(back.layers[1].name, "dense");
  EXPECT_EQ(back.layers[1].depth, 2);
  EXPECT_EQ(back.layers[1].neurons, 3);
  EXPECT_EQ(back.layers[1].levels, 4);
  EXPECT_EQ(back.layers[0].cores, 2);
  EXPECT_EQ(back.input.levels, 2);
  EXPECT_EQ(back.input.first, d.input.first);
  EXPECT_EQ(back.input.packets, d.input.packets);
  ASSERT_EQ(back.cores.size(), 2U);
  EXPECT_EQ(back.cores[1].core, 7);
  EXPECT_EQ(back.cores[0].group_layers, d.cores[0].group_layers);
  ASSERT_EQ(back.cores[0].neurons.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back.cores[0].neurons[i].neuron, d.cores[0].neurons[i].neuron);
    EXPECT_EQ(back.cores[0].neurons[i].layer, d.cores[0].neurons[i].layer);
    EXPECT_EQ(back.cores[0].neurons[i].first_level, d.cores[0].neurons[i].first_level);
    EXPECT_EQ(back.cores[0].neurons[i].levels, d.cores[0].neurons[i].levels);
  }
  ASSERT_EQ(back.transactions.size(), 2U);
  EXPECT_EQ(back.transactions[0].address, d.transactions[0].address);
  EXPECT_EQ(back.transactions[0].data, d.transactions[0].data);
  EXPECT_EQ(back.spiking_network, d.spiking_network);
  EXPECT_EQ(back.encode(), bytes);
  const TemporaryFile file;
  d.save(file.path());
  EXPECT_EQ(Deployment::load(file.path()).encode(), bytes);
}

TEST(DeploymentFile, WhatDoesNotFitTogether) {
  const auto error = [](const std::function<void(Deployment&)>& change) {
    Deployment deployment = small_deployment();
    change(deployment);
    return error_of([&] { Deployment::decode(deployment.encode(), "f"); });
  };
  const auto bad = [](const std::string& what) { return "f: not a valid deployment: " + what; };
  EXPECT_EQ(error([](Deployment&) {}), "no error");
  EXPECT_EQ(error([](Deployment& d) { d.layers.clear(); }), bad("no layers"));
  EXPECT_EQ(error([](Deployment& d) { d.input.first.clear(); }), bad("input routes"));
  EXPECT_EQ(error([](Deployment& d) { d.input.first[0] = 1; }), bad("input routes"));
  EXPECT_EQ(error([](Deployment& d) { d.input.first[1] = 2; }), bad("input routes"));
  EXPECT_EQ(error([](Deployment& d) { d.input.packets.pop_back(); }), bad("input routes"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].core = 8; }), bad("core number"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].core = -1; }), bad("core number"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].group_layers[1] = 2; }), bad("layer of a group"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].neurons[1].layer = 2; }),
            bad("layer of a neuron"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].neurons[1].neuron = 6; }), bad("neuron"));
  EXPECT_EQ(error([](Deployment& d) { d.cores[0].neurons[1].levels = 2; }), bad("neuron"));
  EXPECT_EQ(error([](Deployment& d) { d.layers[1].neurons = Packet::kMaxOutputs / 4 + 1; }),
            bad("more outputs of the last layer than packets can name"));
}

TEST(DeploymentFile, RangesOfItsNumbers) {
  const auto error = [](const std::function<void(Deployment&)>& change) {
    Deployment deployment = small_deployment();
    change(deployment);
    return error_of([&] { Deployment::decode(deployment.encode(), "f"); });
  };
  EXPECT_EQ(error([](Deployment& d) { d.layers[1].levels = 0; }),
            "f: layers.1.levels: got 0, allowed 1..255");
  EXPECT_EQ(error([](Deployment& d) { d.layers[1].levels = 256; }),
            "f: layers.1.levels: got 256, allowed 1..255");
  EXPECT_EQ(error([](Deployment& d) { d.layers[0].neurons = -1; }),
            "f: layers.0.neurons: got -1, allowed 1..2147483647");
  EXPECT_EQ(error([](Deployment& d) { d.layers[0].depth = 0; }),
            "f: layers.0.depth: got 0, allowed 1..2147483647");
  EXPECT_EQ(error([](Deployment& d) { d.layers[0].cores = 9; }),
            "f: layers.0.cores: got 9, allowed 0..8");
  EXPECT_EQ(error([](Deployment& d) { d.input.levels = 0; }),
            "f: input.levels: got 0, allowed 1..255");
  EXPECT_EQ(error([](Deployment& d) { d.chip.mesh.columns = INT32_MAX; }),
            "f: chip.mesh.columns: got 2147483647, allowed 1..128");
  EXPECT_EQ(error([](Deployment& d) { d.chip.core.axons = -1; }),
            "f: chip.core.axons: got -1, allowed 1..65535");
}

TEST(DeploymentFile, NumbersThatAreNotWhole) {
  const nlohmann::json good =
      decode_body(small_deployment().encode(), "f", FileKind::kDeployment, Deployment::kVersion);
  const auto error = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json body = good;
    body[nlohmann::json::json_pointer(pointer)] = value;
    const auto bytes = encode_envelope({FileKind::kDeployment, Deployment::kVersion, body});
    return error_of([&] { Deployment::decode(bytes, "f"); });
  };
  EXPECT_EQ(error("/chip/core/axons", 62.7),
            "f: chip.core.axons: got 62.7, allowed 1..65535 (a whole number)");
  EXPECT_EQ(error("/layers/0/levels", 1.5),
            "f: layers.0.levels: got 1.5, allowed 1..255 (a whole number)");
  for (const nlohmann::json& value : std::vector<nlohmann::json>{1.5, -1, 1e30, "a", nullptr}) {
    EXPECT_EQ(error("/seed", value), "f: not a valid deployment: seed");
    EXPECT_EQ(error("/cores/0/core", value), "f: not a valid deployment: core number");
    EXPECT_EQ(error("/transactions/0/0", value), "f: not a valid deployment: address");
  }
  EXPECT_EQ(error("/cores/0/core", std::uint64_t{1} << 32),
            "f: not a valid deployment: core number");
  EXPECT_EQ(error("/layers", 5), "f: layers: got 5, expected a list: [a, b, c]");
}

TEST(DeploymentFile, BodiesOfAnotherForm) {
  const auto decode = [](const nlohmann::json& body) {
    const auto bytes = encode_envelope({FileKind::kDeployment, Deployment::kVersion, body});
    return error_of([&] { Deployment::decode(bytes, "f"); });
  };
  EXPECT_THAT(decode({}), HasSubstr("f: not a valid deployment: "));
  EXPECT_THAT(decode({{"network", 5}}), HasSubstr("f: not a valid deployment: "));
  nlohmann::json body =
      decode_body(small_deployment().encode(), "f", FileKind::kDeployment, Deployment::kVersion);
  EXPECT_EQ(decode(body), "no error");
  for (const auto& item : body.items()) {
    nlohmann::json less = body;
    less.erase(item.key());
    EXPECT_THAT(decode(less), HasSubstr("f: not a valid deployment: ")) << item.key();
  }
}

}  // namespace
