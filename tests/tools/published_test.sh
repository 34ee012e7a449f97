#!/usr/bin/env bash
# docs/method/published.md is what the program computes today, and every row is within its bounds.
#   published_test.sh TOOL GRAMME PAGE
set -euo pipefail
page=$("$1" "$2")
diff -u "$3" <(printf '%s\n' "$page") || { echo "write it anew: tools/recompute_published GRAMME >docs/method/published.md"; exit 1; }

# A tool that cannot fail proves nothing: a wrong figure must turn it red.
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
sed 's/,27,facility,11.793,published rounded.*/,27,facility,99,/' "$(dirname "$1")/../tests/data/published_cases.csv" >"$wrong"
if "$1" "$2" "$wrong" >/dev/null 2>&1; then
    echo "a figure that is off by far went unseen"
    exit 1
fi
