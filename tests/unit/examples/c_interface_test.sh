#!/usr/bin/env bash
# An example over the C interface, run as a newcomer would, in an empty folder.
#   c_interface_test.sh run PROGRAM
#   c_interface_test.sh rust SOURCE LIBRARY     compiled first; status 77 where there is no rustc
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export RUSTUP_HOME=${RUSTUP_HOME:-${HOME:-/}/.rustup}  # where rustc comes through rustup
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_CONFIG_HOME=$folder/config
unset GRAMME_CONFIG GRAMME_STORE GRAMME_REGION GRAMME_DATA GRAMME_RUN_SOCKET

program=$2
if [ "$1" = rust ]; then
  if ! rustc --version >/dev/null 2>&1; then
    echo 'skipped: there is no rustc (Debian: apt-get install rustc)'
    exit 77
  fi
  rustc --edition 2021 -D warnings -o "$folder/measure" "$2" -L "$(dirname "$3")" -l gramme
  export LD_LIBRARY_PATH=$(dirname "$3")
  program=$folder/measure
fi

cd "$folder"
"$program" >"$folder/out" || { cat "$folder/out"; exit 1; }
cat "$folder/out"
grep -q '"schema": "gramme/footprint/1"' "$folder/out"   # the estimate
grep -Eq '^(epoch 1|all): [0-9.]+ s, [0-9.e-]+ kWh' "$folder/out"
grep -q 'energy' "$folder/out"                           # the summary
[ "$(wc -l <emissions.csv)" = 2 ]                        # a head and the run
