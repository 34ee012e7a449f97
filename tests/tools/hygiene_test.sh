#!/usr/bin/env bash
# check_hygiene finds each kind of fault and passes a clean tree: hygiene_test.sh PROGRAM
set -euo pipefail
program=$1
failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# wants WORDS, with the tree in $folder/tree; empty WORDS: no fault
wants() {
    local words=$1 said status=0
    said=$("$program" "$folder/tree" 2>&1) || status=$?
    if [[ -n $words && ($status -eq 0 || $said != *"$words"*) ]] || [[ -z $words && $status -ne 0 ]]; then
        printf 'wanted "%s", got status %d and:\n%s\n' "$words" "$status" "$said"
        failed=1
    fi
    rm -rf "$folder/tree"
}
tree() {
    mkdir -p "$folder/tree/$(dirname "$1")"
    printf '%b' "$2" >"$folder/tree/$1"
}

tree src/a.cpp 'int a = 1;\n'
tree README.md 'see [the code](src/a.cpp), [the web](https://example.org), [below](#below)\n'
tree tools/x '#!/bin/sh\n'; chmod +x "$folder/tree/tools/x"
tree data/sources.csv 'source,title\niea,"IEA, yearly"\n'
tree data/grid.csv 'zone,note,source\nFRA,"a, b",iea\nDEU,,\n'
wants ''

tree src/a.cpp '// TO''DO: later\n'; wants 'unfinished'
tree src/a.cpp 'open("/ho''me/anna/x");\n'; wants 'a path of one machine'
tree docs/a.md 'cp /ho''me/user/x .\n'; wants ''
tree src/a.cpp "$(yes 'int a;\n' | head -n 601 | tr -d '\n')"; wants '601 lines'
tree tools/x '#!/bin/sh\n'; wants 'run bit'
tree docs/a.md 'text\n'; chmod +x "$folder/tree/docs/a.md"; wants 'no script'
tree README.md '[gone](docs/gone.md)\n'; wants 'leads nowhere'
tree data/sources.csv 'source,title\n'; tree data/grid.csv 'zone,source\nFRA,iea\n'; wants 'source iea is not in'
tree src/plan/a.hpp 'namespace g::plan {\nstruct Way {\n};\n'; tree src/plan/b.hpp 'namespace g::plan {\nclass Way final {\n};\n'; wants 'g::plan::Way is also in src/plan/a.hpp'
tree src/plan/a.hpp 'namespace g::plan {\nstruct Way {\n};\n'; tree src/serve/b.hpp 'namespace g::serve {\nstruct Way {\n};\nstruct Other;\n'; wants ''
tree CMakeLists.txt 'find_package(fmt REQUIRED)\n'; tree tools/common.sh 'build_packages=(g++\n    libfmt-dev)\n'; wants ''
tree CMakeLists.txt 'find_package(fmt REQUIRED)\n'; tree tools/common.sh 'build_packages=(g++ cmake)\n'; wants 'does not install libfmt-dev'
mkdir -p "$folder/tree"; wants 'no files'
exit $failed
