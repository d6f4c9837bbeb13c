# SPDX-License-Identifier: Apache-2.0
# Sourced by the other scripts: finds the checkout, installs missing packages, builds, fetches files.
set -euo pipefail

# The checkout, independent of the working directory.
SPIKELOOM_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Packages needed to build and run the program.
PROGRAM_PACKAGES=(
  build-essential cmake ninja-build pkg-config
  libsystemc-dev libonnx-dev libprotobuf-dev protobuf-compiler
  libboost-dev libboost-program-options-dev libfmt-dev libyaml-cpp-dev
  nlohmann-json3-dev zlib1g-dev libsqlite3-dev python3-plotly esbuild
)
DATA_PACKAGES=(dataset-fashion-mnist)
TEST_PACKAGES=(
  libgtest-dev libgmock-dev libbenchmark-dev libboost-mpi-dev openmpi-bin
  gtkwave groff mandoc zsh
  verilator iverilog yosys z3 valgrind
  python3-matplotlib python3-numpy python3-onnx python3-torch python3-yaml
)

# Packages for the tests of HTML pages; not installed if the machine has them from another source.
command -v npm >/dev/null || TEST_PACKAGES+=(nodejs npm)
command -v chromium chromium-browser google-chrome >/dev/null || TEST_PACKAGES+=(chromium)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

# install PACKAGE...: installs the missing packages with apt.
install() {
  command -v dpkg-query >/dev/null || die "needs Debian 12 or 13, or Ubuntu 24.04 (no dpkg here)"
  local missing=() package
  for package in "$@"; do
    # Requires the status "installed", because dpkg also lists removed packages.
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local sudo=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not root and no sudo: install by hand: ${missing[*]}"
    sudo=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
}

# compile_jobs: how many files to compile at once: one for each core and each 1.5 GiB of available memory.
compile_jobs() {
  local cores memory=0
  cores=$(nproc)
  [[ ! -r /proc/meminfo ]] || memory=$(awk '/^MemAvailable:/ { print int($2 / (1.5 * 1024 * 1024)) }' /proc/meminfo)
  ((memory > 0)) || memory=1
  echo $((memory < cores ? memory : cores))
}

# build PRESET CACHE_ENTRY... -- TARGET...: configures and builds into build/PRESET.
build() {
  local preset=$1 cache=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    cache+=("$1")
    shift
  done
  shift
  (
    cd "$SPIKELOOM_ROOT"
    cmake --preset "$preset" "${cache[@]}" >/dev/null
    cmake --build --preset "$preset" --parallel "$(compile_jobs)" --target "$@"
  )
}

# data_folder: where fetched data are stored, and found by the program and the scripts.
data_folder() {
  echo "${SPIKELOOM_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/spikeloom}"
}

# fetch URL FILE SHA256: downloads a file to FILE in the working directory and checks it. $SPIKELOOM_MIRROR is a base
# URL to download FILE from instead. An interrupted download is resumed; a file with a wrong checksum is removed.
fetch() {
  local url=$1 file=$2 sum=$3
  [[ -z ${SPIKELOOM_MIRROR-} ]] || url=$SPIKELOOM_MIRROR/$file
  if [[ ! -f $file ]]; then
    echo "fetching $url"
    curl --fail --location --show-error --no-progress-meter --retry 3 --continue-at - \
      --output "$file.partial" "$url" || die "$url: could not be fetched; run the same command again to resume"
    echo "$sum  $file.partial" | sha256sum --check --status || {
      local found
      found=$(sha256sum "$file.partial" | cut -d' ' -f1)
      rm "$file.partial"
      die "$url: SHA-256 is $found, must be $sum; removed"
    }
    mv "$file.partial" "$file"
  fi
}
