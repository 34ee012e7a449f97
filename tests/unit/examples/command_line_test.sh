#!/usr/bin/env bash
# The example's flags, files and exit statuses (sysexits.h): command_line_test.sh PROGRAM
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# expect STATUS WORDS ARGUMENTS...: the status, and WORDS somewhere in what was said
expect() {
    local wanted=$1 words=$2 status=0 said
    shift 2
    said=$("$program" "$@" 2>&1) || status=$?
    if [[ $status -ne $wanted || $said != *"$words"* ]]; then
        printf 'train_transformer %s\n  status %d (wanted %d), wanted "%s" in:\n%s\n' \
            "$*" "$status" "$wanted" "$words" "$said"
        failed=1
    fi
}

for ((i = 0; i < 200; ++i)); do printf 'all work and no play makes jack a dull boy %d\n' "$i"; done >"$folder/text"
: >"$folder/empty"
printf 'short' >"$folder/short"
small=(--layers 1 --width 8 --heads 2 --context 8 --batch 2 --steps 3 --text "$folder/text")

expect 0 'result   validation' "${small[@]}"
expect 0 'step      3' "${small[@]}" --threads 2
expect 0 'Usage' --help
expect 64 'steps' "${small[@]}" --steps 0
expect 64 'steps' "${small[@]}" --steps many
expect 64 'not a multiple' --width 8 --heads 3
expect 64 'colour' "${small[@]}" --colour
expect 65 'needs at least' --text "$folder/empty"
expect 65 'needs at least' --text "$folder/short"
expect 66 'No such file' --text "$folder/absent"
expect 66 'Is a directory' --text "$folder"

said=$("$program" "${small[@]}" --quiet)
[[ $said != *step* ]] || { printf -- '--quiet still prints steps\n'; failed=1; }
once=$("$program" "${small[@]}" --quiet --threads 1)
[[ $once == "$said" ]] || { printf 'the result depends on the number of threads\n'; failed=1; }
exit $failed
