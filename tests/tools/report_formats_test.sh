#!/usr/bin/env bash
# Holds golden reports against the formats' own programs; 77 where such a program is not there.
#   report_formats_test.sh FOLDER_OF_GOLDEN_REPORTS boamps|html|latex [FOLDER_OF_BOAMPS_SCHEMAS]
set -euo pipefail
reports=$(realpath "$1")
skip() { echo "skipped: $1"; exit 77; }

case $2 in
boamps)
    schemas=${3:-}
    [[ -f $schemas/report_schema.json ]] || skip "no BoAmps schemas at '$schemas'"
    python3 -c 'import jsonschema' 2>/dev/null || skip 'python3 has no jsonschema'
    python3 -W ignore - "$schemas" "$reports"/{measured,gap,estimated,hostile}.boamps.json <<'PY'
import glob, json, sys
import jsonschema
schemas = [json.load(open(path)) for path in glob.glob(sys.argv[1] + "/*_schema.json")]
root = next(schema for schema in schemas if schema["title"] == "report")
resolver = jsonschema.RefResolver(root["id"], root, store={schema["id"]: schema for schema in schemas})
validator = jsonschema.Draft4Validator(root, resolver=resolver)
assert list(validator.iter_errors({"task": {}})), "the validator finds no fault in a report without anything"
faults = [f"{path}: {fault.message}" for path in sys.argv[2:] for fault in validator.iter_errors(json.load(open(path)))]
sys.exit("\n".join(faults) if faults else 0)
PY
    ;;
html)
    command -v xmllint >/dev/null || skip 'no xmllint'
    for page in "$reports"/*.html; do
        sed 1d "$page" | xmllint --noout --nonet - # the page is XML as well, but for its first line
    done
    ;;
latex)
    command -v pdflatex >/dev/null && command -v bibtex >/dev/null || skip 'no pdflatex or no bibtex'
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    for name in measured gap estimated hostile unknown; do
        cp "$reports/$name.tex" "$name.tex"
        cp "$reports/$name.tex" "$name.bib"
        cat >main.tex <<TEX
\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{url}\\begin{document}
\\nocite{*}\\input{$name}\\bibliographystyle{plain}\\bibliography{$name}\\end{document}
TEX
        latex() { pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape main >log 2>&1 || { tail -n 40 log; exit 1; }; }
        rm -f main.aux main.bbl
        latex
        if grep -q '@misc' "$name.bib"; then
            bibtex main >log 2>&1 || { cat log; exit 1; }
            latex
            latex
            ! grep -q 'undefined' main.log || { grep undefined main.log; exit 1; }
        fi
        echo "$name: compiles"
    done
    ;;
*) exit 64 ;;
esac
