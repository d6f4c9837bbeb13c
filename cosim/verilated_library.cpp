// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/verilated_library.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include "spikeloom/base/cache_directory.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/external_program.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/cosim/resources.h"
#include "spikeloom/cosim/rtl_sources.h"

namespace spikeloom::cosim {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

constexpr const char* kVerilator = "verilator";

/// Name that Verilator gives to the class of the module (shim.cpp).
constexpr const char* kPrefix = "Model";

/// Returns the C++ compiler, which may have arguments or be started by another program, as a list
/// of words.
Words compiler() {
  const char* const chosen = std::getenv("CXX");
  std::istringstream text(chosen == nullptr ? "" : chosen);
  Words words{std::istream_iterator<std::string>(text), {}};
  if (words.empty()) words.emplace_back("c++");
  return words;
}

std::string read_text(const fs::path& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path.string());
  return {bytes.begin(), bytes.end()};
}

/// Returns the last lines of a file.
std::string end_of(const fs::path& path) {
  constexpr std::size_t kLines = 12;
  std::deque<std::string> lines;
  std::istringstream text(read_text(path));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line);
    if (lines.size() > kLines) lines.pop_front();
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

/// Holds a lock on a file while it exists: other processes wait for it.
class FileLock {
 public:
  explicit FileLock(fs::path path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) throw base::unwritable(path_.string());
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) throw base::unwritable(path_.string());
      base::StopGuard::check();
    }
  }
  ~FileLock() {
    std::error_code ignored;
    fs::remove(path_, ignored);
    ::close(descriptor_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  fs::path path_;
  int descriptor_;
};

/// Builds a library.
class Build {
 public:
  /// Works in `directory`, which exists.
  Build(const VerilatedSource& source, fs::path directory)
      : source_(source), directory_(std::move(directory)), log_(directory_ / "log") {}

  /// Writes the library and returns its path.
  fs::path run(base::ProgressSink* sink) {
    base::Progress progress(sink, "steps of the RTL build", 3);
    verilate();
    progress.advance(1);
    compile();
    progress.advance(1);
    link();
    progress.advance(1);
    return directory_ / kLibrary;
  }

 private:
  static constexpr const char* kLibrary = "module.so";

  void write(const std::string& name, std::string_view text) const {
    base::write_file((directory_ / name).string(), text);
  }

  void finish(const std::string& name, base::ExternalProgram& program) const {
    const base::ExitStatus end = program.wait();
    if (end.signal == 0 && end.status == 0) return;
    // The directory is about to be removed.
    const fs::path kept = directory_.parent_path() / (source_.top + ".log");
    std::error_code ignored;
    fs::copy_file(log_, kept, fs::copy_options::overwrite_existing, ignored);
    throw base::UserError(fmt::format("{} of {} in RTL {}; its log is {} and ends with\n{}", name,
                                      source_.top, end.text(), kept.string(), end_of(log_)));
  }

  void run_program(const Words& words) const {
    base::ExternalProgram program(words, directory_, log_);
    finish(words.front(), program);
  }

  /// Translates the module to C++.
  void verilate() const {
    for (const auto& [name, text] : source_.files) write(name, text);
    Words words = {kVerilator, "--cc",         "-O3",        "--x-assign", "fast",   "--x-initial",
                   "fast",     "--no-timing",  "-Wno-fatal", "-Mdir",      ".",      "--prefix",
                   kPrefix,    "--top-module", source_.top,  "-f",         kFileList};
    for (const auto& [name, value] : source_.parameters) {
      words.push_back(fmt::format("-G{}={}", name, value));
    }
    if (source_.waves) words.emplace_back("--trace");
    if (source_.state) words.emplace_back("--savable");
    run_program(words);
  }

  /// Returns the directory of Verilator's own C++ sources.
  fs::path include_directory() const {
    const fs::path answer = directory_ / "root";
    base::ExternalProgram program({kVerilator, "--getenv", "VERILATOR_ROOT"}, directory_, answer);
    finish(kVerilator, program);
    std::string root = read_text(answer);
    root.erase(root.find_last_not_of('\n') + 1);
    return fs::path(root) / "include";
  }

  Words compiler_words(const fs::path& include, const char* optimization) const {
    const auto flag = [](const char* name, bool value) {
      return fmt::format("-D{}={}", name, value ? 1 : 0);
    };
    Words words = compiler();
    const Words flags = {"-std=gnu++17",
                         optimization,
                         "-fPIC",
                         "-fvisibility=hidden",
                         "-w",
                         "-I.",
                         fmt::format("-I{}", include.string()),
                         fmt::format("-I{}", (include / "vltstd").string()),
                         flag("VM_COVERAGE", false),
                         flag("VM_SC", false),
                         flag("VM_TRACE", source_.waves),
                         flag("VM_TRACE_FST", false),
                         flag("VM_TRACE_VCD", source_.waves),
                         flag("SPIKELOOM_WAVES", source_.waves),
                         flag("SPIKELOOM_STATE", source_.state),
                         "-c"};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }

  /// Compiles the module, and beside it the parts of Verilator that it needs.
  void compile() const {
    const fs::path include = include_directory();
    write("pins.inc", pins());
    write("shim.cpp", resources().text("shim.cpp"));
    write("interface.h", resources().text("interface.h"));
    // As one source, since most of the time is spent on headers.
    std::string all;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      const std::string name = entry.path().filename().string();
      if (entry.path().extension() == ".cpp") all += fmt::format("#include \"{}\"\n", name);
    }
    write("all.cc", all);
    Words model = compiler_words(include, "-O2");
    model.emplace_back("all.cc");
    Words runtime = compiler_words(include, "-O1");
    for (const std::string& name : runtime_parts()) {
      runtime.push_back((include / (name + ".cpp")).string());
    }
    base::ExternalProgram first(model, directory_, log_);
    base::ExternalProgram second(runtime, directory_, log_);
    finish(model.front(), first);
    finish(runtime.front(), second);
  }

  /// Returns the list of the module's pins, as a part of shim.cpp.
  std::string pins() const {
    static const std::regex kPort(R"(VL_(IN|OUT)[0-9W]*\(&(\w+),(\d+),(\d+))");
    const std::string header = read_text(directory_ / fmt::format("{}.h", kPrefix));
    std::string list;
    const std::sregex_iterator end;
    for (std::sregex_iterator at(header.begin(), header.end(), kPort); at != end; ++at) {
      const std::smatch& port = *at;
      list += fmt::format("SPIKELOOM_PIN({}, {}, {})\n", port.str(2),
                          std::stoi(port[3]) - std::stoi(port[4]) + 1, port[1] == "OUT" ? 1 : 0);
    }
    return list;
  }

  /// Returns the parts of Verilator's library that the module needs, from the list that it writes
  /// for `make`.
  Words runtime_parts() const {
    std::istringstream list(read_text(directory_ / fmt::format("{}_classes.mk", kPrefix)));
    Words parts;
    bool listed = false;
    for (std::string line; std::getline(list, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (line.rfind("VM_", 0) == 0) {
        listed = word == "VM_GLOBAL_FAST" || word == "VM_GLOBAL_SLOW";
      } else if (listed && !word.empty() && word != "\\" && word.front() != '#') {
        parts.push_back(word);
      }
    }
    return parts;
  }

  void link() const {
    // Nothing else of it is seen by the program, nor by other such libraries.
    write("exports", "{ global: spikeloom_module; local: *; };\n");
    Words words = compiler();
    for (const char* word :
         {"-shared", "-pthread", "-Wl,--version-script=exports", "-o", kLibrary}) {
      words.emplace_back(word);
    }
    for (const auto& entry : fs::directory_iterator(directory_)) {
      if (entry.path().extension() == ".o") words.push_back(entry.path().filename().string());
    }
    run_program(words);
  }

  const VerilatedSource& source_;
  fs::path directory_;
  fs::path log_;
};

/// Returns what Verilator says of its version.
std::string verilator_version() {
  const auto directory = base::TemporaryDirectory::create_in_system();
  const fs::path answer = directory.path() / "version";
  base::ExternalProgram program({kVerilator, "--version"}, directory.path(), answer);
  const base::ExitStatus end = program.wait();
  if (end.signal != 0 || end.status != 0) {
    throw base::UserError(
        fmt::format("{} --version {}:\n{}", kVerilator, end.text(), end_of(answer)));
  }
  return read_text(answer);
}

/// Returns a name for the library, which stands for all that it is made of.
std::string library_name(const VerilatedSource& source) {
  std::string all = verilator_version();
  for (const auto& [name, text] : source.files)
    all += fmt::format("{}\n{}\n{}", name, text.size(), text);
  for (const auto& [name, value] : source.parameters) all += fmt::format("{}={}\n", name, value);
  all += fmt::format("{} {} {}\n", source.top, source.waves, source.state);
  for (const char* name : {"shim.cpp", "interface.h"}) all += resources().text(name);
  return fmt::format("{}-{}", source.top, base::content_hash(all));
}

}  // namespace

std::string VerilatedLibrary::missing() {
  if (!base::find_program(kVerilator)) {
    return "modules in RTL are simulated by Verilator, which is not there: no program verilator in "
           "PATH (Debian: apt install verilator)";
  }
  if (!base::find_program(compiler().front())) {
    return fmt::format(
        "modules in RTL are translated to C++, but there is no compiler {} (set CXX, or in Debian: "
        "apt install g++)",
        compiler().front());
  }
  return {};
}

fs::path VerilatedLibrary::cache_directory() {
  if (const auto directory = base::cache_directory("rtl")) return *directory;
  throw base::UserError(
      "modules in RTL are kept in XDG_CACHE_HOME or ~/.cache, but neither "
      "XDG_CACHE_HOME nor HOME is set");
}

std::shared_ptr<const VerilatedLibrary> VerilatedLibrary::load(const VerilatedSource& source,
                                                               base::ProgressSink* sink) {
  if (const std::string reason = missing(); !reason.empty()) throw base::UserError(reason);
  const base::StopGuard guard;
  const fs::path cache = cache_directory();
  base::make_directory(cache);
  const std::string name = library_name(source);
  const fs::path library = cache / (name + ".so");
  if (!fs::exists(library)) {
    const FileLock lock(cache / (name + ".lock"));
    if (!fs::exists(library)) {
      const base::TemporaryDirectory directory(cache / fmt::format("{}.{}", name, ::getpid()));
      const fs::path built = Build(source, directory.path()).run(sink);
      std::error_code error;
      fs::rename(built, library, error);
      if (error) throw base::unwritable(library.string(), error);
    }
  }
  return std::shared_ptr<const VerilatedLibrary>(new VerilatedLibrary(library));
}

VerilatedLibrary::VerilatedLibrary(const fs::path& path) {
  // It is never unloaded, since its thread-local objects may outlive all instances.
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    throw base::UserError(fmt::format("{}: cannot be loaded: {}; remove it to build it again",
                                      path.string(), ::dlerror()));
  }
  const auto function =
      reinterpret_cast<SpikeloomModuleFunction>(::dlsym(library, SPIKELOOM_MODULE_SYMBOL));
  if (function == nullptr) {
    throw base::UserError(fmt::format("{}: is not a module; remove it", path.string()));
  }
  module_ = function();
}

std::uint32_t VerilatedPin::word(int index) const {
  if (bits_ > 64) return static_cast<const std::uint32_t*>(value_)[index];
  return static_cast<std::uint32_t>(get() >> 32 * index);
}

void VerilatedPin::set_word(int index, std::uint32_t value) {
  if (bits_ > 64) {
    static_cast<std::uint32_t*>(value_)[index] = value;
    return;
  }
  const std::uint64_t mask = std::uint64_t{UINT32_MAX} << 32 * index;
  set((get() & ~mask) | std::uint64_t{value} << 32 * index);
}

std::uint64_t VerilatedPin::get(int first, int count) const {
  std::uint64_t result = 0;
  for (int got = 0; got < count;) {
    const int at = (first + got) % 32;
    const int more = std::min(32 - at, count - got);
    const std::uint64_t part = word((first + got) / 32) >> at & ((std::uint64_t{1} << more) - 1);
    result |= part << got;
    got += more;
  }
  return result;
}

void VerilatedPin::set(int first, int count, std::uint64_t value) {
  for (int done = 0; done < count;) {
    const int at = (first + done) % 32;
    const int more = std::min(32 - at, count - done);
    const auto mask = static_cast<std::uint32_t>(((std::uint64_t{1} << more) - 1) << at);
    const int index = (first + done) / 32;
    set_word(index,
             (word(index) & ~mask) | (static_cast<std::uint32_t>(value >> done << at) & mask));
    done += more;
  }
}

VerilatedModule::VerilatedModule(std::shared_ptr<const VerilatedLibrary> library)
    : library_(std::move(library)),
      module_(&library_->module()),
      instance_(module_->create(), module_->destroy) {}

VerilatedPin VerilatedModule::pin(std::string_view name) const {
  for (int i = 0; i < module_->pin_count; ++i) {
    if (module_->pins[i].name == name) {
      return {module_->pin(instance_.get(), i), module_->pins[i].bits};
    }
  }
  throw std::out_of_range(fmt::format("the module has no pin {}", name));
}

void VerilatedModule::open_waves(const std::string& path) {
  if (module_->open_waves(instance_.get(), path.c_str()) == 0) throw base::unwritable(path);
}

std::vector<std::uint8_t> VerilatedModule::save() const {
  std::vector<std::uint8_t> state;
  state.resize(module_->save(instance_.get(), nullptr, 0));
  module_->save(instance_.get(), state.data(), state.size());
  return state;
}

void VerilatedModule::restore(const std::vector<std::uint8_t>& state) {
  module_->restore(instance_.get(), state.data(), state.size());
}

}  // namespace spikeloom::cosim
