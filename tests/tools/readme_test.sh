#!/usr/bin/env bash
# Runs what README.md shows: every `gramme` line of its shell blocks, with small stand-ins for the reader's own training
# programs. ./quickstart and ./check are looked for only: they build, and this runs in a build.
#   readme_test.sh README.md FOLDER_OF_GRAMME
set -euo pipefail
readme=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
root=$(dirname "$readme")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_DATA_HOME=$work/data
mkdir -p "$HOME"
cd "$work"
printf 'print("trained")\n' >train.py
printf '#!/bin/sh\necho trained\n' >train
chmod +x train
command -v python3 >/dev/null || { mkdir bin; printf '#!/bin/sh\necho trained\n' >bin/python3; chmod +x bin/python3; PATH=$work/bin:$PATH; }

ran=0
while IFS= read -r line; do
    command=${line%%#*}
    case $command in
    'gramme serve'*) # it goes on until it is stopped; on a free port, and no browser opens
        echo "+ ${command/--open/}"
        ${command/--open/} --listen 127.0.0.1:0 >served </dev/null &
        server=$!
        for ((i = 0; i < 200; i++)); do
            [[ ! -s served ]] || break
            sleep 0.1
        done
        grep -q '^http://127.0.0.1:[0-9]*/$' served || { echo 'gramme serve printed no address'; exit 1; }
        kill -TERM "$server"
        wait "$server"
        ran=$((ran + 1))
        ;;
    gramme*)
        echo "+ $command"
        eval "$command" </dev/null
        ran=$((ran + 1))
        ;;
    ./quickstart* | ./check* | ./bench/run*)
        word=${command%% *}
        [[ -x $root/$word ]] || { echo "README names $word, which is not there or not executable"; exit 1; }
        ;;
    '' | ' '*) ;;
    *) echo "README has a command that nobody tests: $command"; exit 1 ;;
    esac
done < <(awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$readme")
[[ $ran -ge 4 ]] || { echo "only $ran commands of README were found"; exit 1; }
echo "$ran commands of README ran"
