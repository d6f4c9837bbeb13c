// SPDX-License-Identifier: Apache-2.0
// Tests what the program writes to terminals and shells: wrapped text, progress bars, and kinds of
// option values.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_line/command_list.h"
#include "cli/commands/dispatch.h"
#include "cli/help/option_info.h"
#include "cli/terminal/progress_bar.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Returns the first line of the refusal of a command line.
std::string refusal_of(const std::vector<std::string>& arguments) {
  try {
    parse_arguments(kReplayCommand, arguments);
  } catch (const base::UserError& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
  }
  return "";
}

TEST(Arguments, WithPercentSignsAreNotGivenToTheLibrarysMessages) {
  EXPECT_EQ(refusal_of({"a.npz", "b.yaml", "--jobs", "%50%"}),
            "spikeloom replay: wrong arguments: a.npz b.yaml --jobs %50%");
  EXPECT_EQ(refusal_of({"a.npz", "b.yaml", "--jobs", "50%"}),
            "spikeloom replay: the argument ('50%') for option '--jobs' is invalid");
  EXPECT_EQ(refusal_of({"%50%.npz", "b.yaml"}), "");
}

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_THAT(base::wrap("one two  three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(base::wrap("one", 3), ElementsAre("one"));
  EXPECT_THAT(base::wrap("a longword b", 4), ElementsAre("a", "longword", "b"));
  EXPECT_THAT(base::wrap("", 4), ElementsAre(""));
}

TEST(ProgressLine, ShowsBarRateAndTimeLeft) {
  EXPECT_EQ(progress_line({"images", 0, 10, 0.0}, 31), "images 0/10 [                ]");
  EXPECT_EQ(progress_line({"images", 5, 10, 2.0}, 47),
            "images 5/10 [========        ] 2.5/s, 0:02 left");
  EXPECT_EQ(progress_line({"images", 10, 10, 4.0}, 47),
            "images 10/10 [===============] 2.5/s, 0:00 left");
}

TEST(ProgressLine, FitsAnyTerminal) {
  const ProgressState state{"images", 1, 100000, 7.0};
  EXPECT_EQ(progress_line(state, 40), "images 1/100000 0.14/s, 99:59:59 left");
  for (std::size_t columns = 1; columns < 100; ++columns) {
    EXPECT_LE(progress_line(state, columns).size(), columns);
  }
}

TEST(ProgressLine, RatesOfAllSizes) {
  EXPECT_THAT(progress_line({"moves", 1000, 100000, 1.0}, 79),
              testing::EndsWith("1000/s, 1:39 left"));
  EXPECT_THAT(progress_line({"moves", 50, 100000, 1.0}, 79),
              testing::EndsWith("50.0/s, 33:19 left"));
}

TEST(ValueKind, IsReadFromTheName) {
  const ValueKind words("cycle|functional");
  EXPECT_THAT(words.words, ElementsAre("cycle", "functional"));
  EXPECT_THAT(words.types, IsEmpty());
  EXPECT_FALSE(words.any_file || words.directory);
  const ValueKind files("FILE.snn|FILE.onnx");
  EXPECT_THAT(files.types, ElementsAre("snn", "onnx"));
  EXPECT_THAT(files.words, IsEmpty());
  EXPECT_TRUE(ValueKind("FILE").any_file);
  EXPECT_TRUE(ValueKind("DIR").directory);
  const ValueKind both("SWEEP.yaml|DIR");
  EXPECT_THAT(both.types, ElementsAre("yaml"));
  EXPECT_TRUE(both.directory);
  for (const char* name : {"N", "KEY=VALUE", "SCOPE"}) {
    const ValueKind free(name);
    EXPECT_THAT(free.words, IsEmpty());
    EXPECT_THAT(free.types, IsEmpty());
    EXPECT_FALSE(free.any_file || free.directory);
  }
}

TEST(OptionInfo, HasAllOfADescription) {
  boost::program_options::options_description options;
  options.add_options()(
      "jobs,j", boost::program_options::value<int>()->default_value(1)->value_name("N"), "workers")(
      "chip", boost::program_options::value<std::string>()->required()->value_name("CHIP.yaml"),
      "a chip")("quiet", "nothing");
  const auto list = list_options(options);
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(signature(list[0]), "-j, --jobs N");
  EXPECT_EQ(explanation(list[0]), "workers (default: 1)");
  EXPECT_FALSE(list[0].required);
  EXPECT_EQ(signature(list[1]), "--chip CHIP.yaml");
  EXPECT_TRUE(list[1].required);
  EXPECT_EQ(signature(list[2]), "--quiet");
  EXPECT_EQ(explanation(list[2]), "nothing");
}

}  // namespace
}  // namespace spikeloom::cli
