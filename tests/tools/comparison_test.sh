#!/usr/bin/env bash
# The page that tools/compare_with_codecarbon wrote is whole: each row has its cells and a scenario that the tool still has.
#   comparison_test.sh COMPARISON.md TOOL
set -euo pipefail
page=$1
tool=$2
command -v python3 >/dev/null || { echo "no python3: the names of the scenarios are not known"; exit 77; }

faults=0
fault() {
    printf '%s\n' "$*"
    faults=$((faults + 1))
}

mapfile -t known < <("$tool" --list)
[[ ${#known[@]} -ge 20 ]] || fault "$tool --list names only ${#known[@]} scenarios"
[[ -z $(printf '%s\n' "${known[@]}" | sort | uniq -d) ]] || fault "two scenarios have one name"
"$tool" --help >/dev/null || fault "$tool --help fails"

head -n 1 "$page" | grep -q '^# ' || fault "no title"
grep -qE 'CodeCarbon [0-9]+\.[0-9]+\.[0-9]+' "$page" || fault "the page does not say which CodeCarbon it is about"
grep -qF 'tools/compare_with_codecarbon' "$page" || fault "the page does not say how to repeat it"
! grep -qF 'the scenario failed' "$page" || fault "a scenario had failed when the page was written"

# Cells of each row: seven, all but the last filled. "\|" is a character of a cell.
while IFS= read -r told; do
    fault "$told"
done < <(sed 's/\\|/¦/g' "$page" | awk -F'|' '
    /^\| `/ {
        if (NF != 9) { print "line " NR ": " NF - 2 " cells instead of 7"; next }
        for (i = 2; i <= 7; ++i) if ($i ~ /^ *$/) print "line " NR ": cell " i - 1 " is empty"
        if ($8 !~ /^ *$/ && $8 !~ /^ #[0-9]+(, #[0-9]+)* $/) print "line " NR ": \"" $8 "\" is no list of issues"
        ++rows
    }
    /^\| scenario/ { if (NF != 9) print "line " NR ": a heading of " NF - 2 " cells" }
    /^[0-9]+ rows: / { said = $1 + 0 }
    END { if (rows != said) print rows " rows, and the page says " said }')

mapfile -t shown < <(sed -nE 's/^(\| |\* )`([a-z0-9-]+)`.*/\2/p' "$page")
while IFS= read -r name; do
    fault "$name is on the page, and no scenario of the tool"
done < <(comm -23 <(printf '%s\n' "${shown[@]}" | sort -u) <(printf '%s\n' "${known[@]}" | sort -u))
while IFS= read -r name; do
    fault "$name is a scenario that the page does not show"
done < <(comm -13 <(printf '%s\n' "${shown[@]}" | sort -u) <(printf '%s\n' "${known[@]}" | sort -u))
[[ -z $(printf '%s\n' "${shown[@]}" | sort | uniq -d) ]] || fault "a scenario stands twice on the page"

[[ $faults -eq 0 ]] || exit 1
printf '%d rows, no faults\n' "${#shown[@]}"
