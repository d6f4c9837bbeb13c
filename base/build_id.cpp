// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/build_id.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

namespace spikeloom::base {
namespace {

/// Returns the build ID in a segment of ELF notes, or an empty string.
std::string id_in_notes(const std::uint8_t* notes, std::size_t size) {
  constexpr std::string_view kOwner("GNU\0", 4);
  const auto padded = [](std::size_t bytes) { return (bytes + 3) / 4 * 4; };
  ElfW(Nhdr) note;
  for (std::size_t at = 0; at + sizeof note <= size;) {
    std::memcpy(&note, notes + at, sizeof note);
    at += sizeof note;
    const std::string_view owner(reinterpret_cast<const char*>(notes + at), note.n_namesz);
    at += padded(note.n_namesz);
    if (note.n_type == NT_GNU_BUILD_ID && owner == kOwner) {
      std::string id;
      for (std::size_t i = 0; i < note.n_descsz; ++i) id += fmt::format("{:02x}", notes[at + i]);
      return id;
    }
    at += padded(note.n_descsz);
  }
  return {};
}

bool holds(const dl_phdr_info& object, ElfW(Addr) address) {
  for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object.dlpi_phdr[i];
    const ElfW(Addr) begin = object.dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= begin && address - begin < segment.p_memsz) {
      return true;
    }
  }
  return false;
}

/// Called for each object that is loaded; writes the ID of the one with this code.
int visit(dl_phdr_info* object, std::size_t /*size*/, void* id) {
  if (!holds(*object, reinterpret_cast<ElfW(Addr)>(&visit))) return 0;
  for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* const notes =
        reinterpret_cast<const std::uint8_t*>(object->dlpi_addr + segment.p_vaddr);
    std::string found = id_in_notes(notes, segment.p_memsz);
    if (!found.empty()) *static_cast<std::string*>(id) = std::move(found);
  }
  return 1;
}

std::string& id_of_program() {
  static std::string id = [] {
    std::string found;
    ::dl_iterate_phdr(visit, &found);
    return found;
  }();
  return id;
}

}  // namespace

std::string build_id() { return id_of_program(); }

void adopt_build_id(const std::string& id) { id_of_program() = id; }

}  // namespace spikeloom::base
