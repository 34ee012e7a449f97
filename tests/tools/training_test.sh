#!/usr/bin/env bash
# docs/method/published-training.md is what the program plans today, and the five trainings that no default was made from hold.
#   training_test.sh TOOL GRAMME PAGE
set -euo pipefail
page=$("$1" "$2")
diff -u "$3" <(printf '%s\n' "$page") ||
    { echo "write it anew: tools/recompute_training GRAMME >docs/method/published-training.md"; exit 1; }

# A tool that cannot fail proves nothing: wrong hours, and a wrong energy, must turn it red.
runs=$(dirname "$1")/../tests/data/training_runs.csv
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
for change in 's/,1082990,433196,/,9082990,433196,/' 's/,1082990,433196,/,1082990,43319,/'; do
    sed "$change" "$runs" >"$wrong"
    ! cmp -s "$runs" "$wrong" || { echo "nothing was changed: $change"; exit 1; }
    if "$1" "$2" "$wrong" >/dev/null 2>&1; then
        echo "a figure that is off by far went unseen: $change"
        exit 1
    fi
done
