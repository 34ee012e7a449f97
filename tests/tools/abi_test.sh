#!/usr/bin/env bash
# abi_test.sh LIBRARY HEADER: the library shows the functions that the header declares, all of them and nothing else.
set -euo pipefail
declared=$(grep -oE '^GRAMME_API [^(]*\(' "$2" | grep -oE 'gramme_[a-z_0-9]+\($' | tr -d '(' | sort)
shown=$(nm -D --defined-only "$1" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
[[ -n $declared ]] || { echo "no function found in $2"; exit 1; }
diff <(printf '%s\n' "$declared") <(printf '%s\n' "$shown") ||
    { echo "declared (<) and shown (>) differ"; exit 1; }
others=$(nm -D --defined-only "$1" | awk '$2 != "T" && $2 != "A" { print $3 }')
[[ -z $others ]] || { printf 'shows more than functions: %s\n' "$others"; exit 1; }
soname=$(objdump -p "$1" | awk '$1 == "SONAME" { print $2 }')
[[ $soname == libgramme.so.1 ]] || { echo "its SONAME is $soname"; exit 1; }
readelf -d "$1" | grep -q NODELETE || { echo "dlclose() would take it away from under its threads"; exit 1; }
printf '%s functions\n' "$(wc -l <<<"$shown")"
