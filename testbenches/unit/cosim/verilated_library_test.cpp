// SPDX-License-Identifier: Apache-2.0
// Tests that modules are built, loaded and driven, on a module of its own.
#include "spikeloom/cosim/verilated_library.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cosim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Adds up `step` in each cycle; stores the sums by address.
constexpr const char* kAdder = R"(
package adder_params;
  localparam int WIDTH = 40;
endpackage
module adder #(parameter START = 5) (
    input clock, input reset, input [7:0] step, input [2:0] address, input [98:0] wide_in,
    output reg [adder_params::WIDTH-1:0] sum, output [39:0] stored, output [98:0] wide_out);
  reg [39:0] memory [0:7];
  assign stored = memory[address];
  assign wide_out = ~wide_in;
  always @(posedge clock) begin
    sum <= reset ? START : sum + {32'd0, step};
    memory[address] <= sum;
  end
endmodule
)";

/// A test with a cache of its own.
class VerilatedLibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = VerilatedLibrary::missing(); !reason.empty()) {
      GTEST_SKIP() << reason;
    }
    ::setenv("XDG_CACHE_HOME", directory_.path().c_str(), 1);
  }

  static VerilatedSource adder() {
    VerilatedSource source;
    source.files = {{"adder.sv", kAdder}, {"files.f", "adder.sv\n"}};
    source.top = "adder";
    return source;
  }
  /// Returns the names of the files in the cache.
  static std::vector<std::string> cached() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(VerilatedLibrary::cache_directory())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  const fs::path& directory() const { return directory_.path(); }

 private:
  base::TemporaryDirectory directory_ = base::TemporaryDirectory::create_in_system();
};

/// An adder with its clock.
class Adder {
 public:
  explicit Adder(const VerilatedSource& source) : module(VerilatedLibrary::load(source)) {}

  void cycle(std::uint64_t next_step) {
    step.set(next_step);
    clock.set(0);
    module.eval();
    clock.set(1);
    module.eval();
  }

  VerilatedModule module;
  VerilatedPin clock = module.pin("clock");
  VerilatedPin reset = module.pin("reset");
  VerilatedPin step = module.pin("step");
  VerilatedPin sum = module.pin("sum");
};

TEST_F(VerilatedLibraryTest, DrivesPinsOfAllWidths) {
  Adder adder(VerilatedLibraryTest::adder());
  adder.reset.set(1);
  adder.cycle(7);
  EXPECT_EQ(adder.sum.get(), 5U);
  adder.reset.set(0);
  adder.module.pin("address").set(6);
  for (const unsigned step : {7U, 255U, 1U}) adder.cycle(step);
  EXPECT_EQ(adder.sum.get(), 5U + 7U + 255U + 1U);
  EXPECT_EQ(adder.module.pin("stored").get(), 5U + 7U + 255U);

  VerilatedPin in = adder.module.pin("wide_in");
  EXPECT_EQ(in.bits(), 99);
  in.set(20, 64, 0x123456789abcdef0U);
  adder.module.eval();
  VerilatedPin out = adder.module.pin("wide_out");
  EXPECT_EQ(out.get(20, 64), ~std::uint64_t{0x123456789abcdef0U});
  EXPECT_EQ(out.get(0, 20), 0xfffffU);
  EXPECT_EQ(out.get(84, 15), 0x7fffU);
  EXPECT_EQ(out.get(22, 7), ~(0x123456789abcdef0U >> 2) & 0x7f);
  adder.sum.set(4, 8, 0xa5);
  EXPECT_EQ(adder.sum.get(), 0xa5cU);
  EXPECT_THROW(adder.module.pin("nothing"), std::out_of_range);
}

TEST_F(VerilatedLibraryTest, InstancesAndParametersAreIndependent) {
  VerilatedSource source = adder();
  Adder first(source);
  Adder second(source);
  source.parameters = {{"START", 100}};
  Adder other(source);
  for (Adder* each : {&first, &second, &other}) {
    each->reset.set(1);
    each->cycle(0);
    each->reset.set(0);
  }
  first.cycle(3);
  EXPECT_EQ(first.sum.get(), 8U);
  EXPECT_EQ(second.sum.get(), 5U);
  EXPECT_EQ(other.sum.get(), 100U);
}

TEST_F(VerilatedLibraryTest, StateIsSavedAndRestored) {
  VerilatedSource source = adder();
  source.state = true;
  Adder adder(source);
  for (int i = 0; i < 4; ++i) adder.cycle(10);
  const std::vector<std::uint8_t> state = adder.module.save();
  const std::uint64_t sum = adder.sum.get();
  adder.cycle(9);
  adder.cycle(9);
  adder.module.restore(state);
  EXPECT_EQ(adder.sum.get(), sum);
  adder.cycle(1);
  EXPECT_EQ(adder.sum.get(), sum + 1);
  EXPECT_EQ(adder.module.pin("stored").get(), sum);
}

TEST_F(VerilatedLibraryTest, WritesWaves) {
  VerilatedSource source = adder();
  source.waves = true;
  Adder adder(source);
  const std::string path = (directory() / "waves.vcd").string();
  adder.module.open_waves(path);
  for (std::uint64_t time = 0; time < 4000; time += 1000) {
    adder.cycle(1);
    adder.module.dump_waves(time);
  }
  adder.module.close_waves();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_THAT(text.str(), testing::ContainsRegex("timescale +1ps"));
  EXPECT_THAT(text.str(), HasSubstr("sum [39:0]"));
  EXPECT_THAT(text.str(), HasSubstr("\n#3000\n"));
  EXPECT_THROW(Adder(source).module.open_waves((directory() / "no" / "waves.vcd").string()),
               base::UserError);
}

TEST_F(VerilatedLibraryTest, IsBuiltOnceForAllProcesses) {
  const VerilatedSource source = adder();
  std::vector<pid_t> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(::fork());
    if (others.back() == 0) ::_exit(VerilatedLibrary::load(source) == nullptr ? 1 : 0);
  }
  for (const pid_t id : others) {
    int status = -1;
    ::waitpid(id, &status, 0);
    EXPECT_EQ(status, 0);
  }
  ASSERT_EQ(cached().size(), 1U);
  const fs::path library = VerilatedLibrary::cache_directory() / cached().front();
  const auto built = fs::last_write_time(library);
  VerilatedLibrary::load(source);
  EXPECT_EQ(fs::last_write_time(library), built);
  VerilatedSource changed = source;
  changed.files["adder.sv"] += "// changed\n";
  VerilatedLibrary::load(changed);
  EXPECT_EQ(cached().size(), 2U);
}

std::string refusal(const VerilatedSource& source) {
  try {
    VerilatedLibrary::load(source);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "not refused";
}

TEST_F(VerilatedLibraryTest, ErrorsOfTheToolsAreShown) {
  VerilatedSource source = adder();
  source.files["adder.sv"] += "module broken(; endmodule\n";
  const std::string text = refusal(source);
  const fs::path log = VerilatedLibrary::cache_directory() / "adder.log";
  EXPECT_THAT(text, HasSubstr("verilator of adder in RTL ended with status 1; its log is " +
                              log.string() + " and ends with\n"));
  EXPECT_THAT(text, HasSubstr("adder.sv:16:15: syntax error"));
  EXPECT_TRUE(fs::exists(log));
  EXPECT_THAT(cached(), testing::ElementsAre("adder.log"));
}

TEST_F(VerilatedLibraryTest, DamagedLibrariesAreNamed) {
  // In place of Verilator a program that tells where the library is built, whose name that has.
  const std::string path = std::getenv("PATH");
  const fs::path tool = directory() / "verilator";
  std::ofstream(tool) << "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\npwd > '"
                      << (directory() / "where").string() << "'\nexit 1\n";
  fs::permissions(tool, fs::perms::owner_all);
  ::setenv("PATH", (directory().string() + ":" + path).c_str(), 1);
  refusal(adder());
  std::string built;
  std::getline(std::ifstream(directory() / "where"), built);
  const std::string library = fs::path(built).replace_extension(".so").string();
  std::ofstream(library) << "no library";
  EXPECT_THAT(
      refusal(adder()),
      testing::ContainsRegex(library + ": cannot be loaded: .*; remove it to build it again"));
  fs::remove(library);
  const std::string empty = "c++ -shared -o '" + library + "' -x c++ /dev/null";
  ASSERT_EQ(std::system(empty.c_str()), 0);
  EXPECT_EQ(refusal(adder()), library + ": is not a module; remove it");
  ::setenv("PATH", path.c_str(), 1);
}

TEST_F(VerilatedLibraryTest, MissingProgramsAreNamed) {
  const std::string path = std::getenv("PATH");
  ::setenv("CXX", "no-such-compiler -m64", 1);
  EXPECT_THAT(refusal(adder()),
              HasSubstr("modules in RTL are translated to C++, but there is no compiler "
                        "no-such-compiler (set CXX, or in Debian: apt install g++)"));
  ::unsetenv("CXX");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_THAT(refusal(adder()), HasSubstr("no program verilator in PATH"));
  ::setenv("PATH", path.c_str(), 1);
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "/somewhere", 1);
  EXPECT_EQ(VerilatedLibrary::cache_directory(), "/somewhere/.cache/spikeloom/rtl");
  ::unsetenv("HOME");
  EXPECT_THAT(refusal(adder()), HasSubstr("neither XDG_CACHE_HOME nor HOME is set"));
}

}  // namespace
}  // namespace spikeloom::cosim
