#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# libsystemc-dev 3.0.1-1 (Debian 13) and 2.3.4-2 (Debian 12), with g++ 12.2.0 and clang 14.0.6 of Debian 12, 2026-11-28.
#
# A module that registers a process with SC_METHOD outside SC_CTOR cannot be written so that it compiles without a
# warning against both versions of SystemC. 2.3.4 needs SC_HAS_PROCESS. 3.0.1 still has the macro, but marks
# it as deprecated in a way that g++ hides, since the macro comes from a system header, and clang reports even so: with
# -Werror the same code builds with g++ and fails with clang. IEEE_1666_SYSTEMC tells the versions apart (201101L, 202301L).
#
# Whether the module compiles with -Wall -Wextra -Werror, with SC_HAS_PROCESS and without. Output seen:
#   SystemC 2.3.4, g++: with yes, without no
#   SystemC 2.3.4, clang++: with yes, without no
#   SystemC 3.0.1, g++: with yes, without yes
#   SystemC 3.0.1, clang++: with no, without yes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v g++ clang++ >/dev/null || { apt-get update -qq && apt-get install -y -qq g++ clang; } >/dev/null
get() {
  curl -sSfLO "http://deb.debian.org/debian/pool/main/s/systemc/libsystemc-dev_$1_amd64.deb"
  echo "$2  libsystemc-dev_$1_amd64.deb" | sha256sum --check --quiet
  dpkg-deb -x "libsystemc-dev_$1_amd64.deb" "$1"
}
get 2.3.4-2 db47f5f4dbfd24610702f721b1f227a5287cf0aef2bc641accb944c9fcf70e91
get 3.0.1-1 d58571cd133b9cdfbbedd7b323e7898a28fddea7169789c7a1665d0757679c0f
cat >module.cpp <<'EOF'
#include <systemc>

class Counter : public sc_core::sc_module {
 public:
  Counter(sc_core::sc_module_name name, int first) : sc_module(name), count_(first) {
#ifdef WITH
    SC_HAS_PROCESS(Counter);
#endif
    SC_METHOD(step);
  }

 private:
  void step() { ++count_; }
  int count_;
};

int sc_main(int, char*[]) {
  const Counter counter("counter", 1);
  return 0;
}
EOF
compiles() {
  local version=$1 compiler=$2
  shift 2
  "$compiler" -std=c++17 -Wall -Wextra -Werror -isystem "$version/usr/include" -fsyntax-only "$@" module.cpp \
    2>/dev/null && echo yes || echo no
}
for version in 2.3.4-2 3.0.1-1; do
  for compiler in g++ clang++; do
    echo "SystemC ${version%-*}, $compiler: with $(compiles "$version" "$compiler" -DWITH), without $(compiles "$version" "$compiler")"
  done
done | tee seen
diff - seen <<'EOF'
SystemC 2.3.4, g++: with yes, without no
SystemC 2.3.4, clang++: with yes, without no
SystemC 3.0.1, g++: with yes, without yes
SystemC 3.0.1, clang++: with no, without yes
EOF
