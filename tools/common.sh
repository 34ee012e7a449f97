# Shared by ./check and ./quickstart: talking, and installing what is missing. Sourced by bash, not run.

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
    printf '\n%s: %s\n' "$(basename "$0")" "$1" >&2
    shift
    [[ $# -eq 0 ]] || printf '   %s\n' "$@" >&2
    exit 1
}

# What a build needs, and what the tests need on top. Debian 12 names; the README lists the same.
build_packages=(ca-certificates g++ cmake ninja-build pkg-config libfmt-dev nlohmann-json3-dev
    libtomlplusplus-dev libsqlite3-dev libcli11-dev libeigen3-dev libboost-dev libcurl4-openssl-dev libre2-dev)
test_packages=(git libgtest-dev libgmock-dev librapidcheck-dev libyaml-cpp-dev strace procps util-linux locales python3 python3-venv rustc)

# need_packages NAME...: installs those that are missing, as root or through sudo; asks nobody anything.
need_packages() {
    local missing=() package
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        die "this system has no apt; install what these Debian 12 packages hold, then run the commands of README.md:" \
            "$*"
    fi
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        note "all $# packages are installed"
        return
    fi
    note "installing: ${missing[*]}"
    local as_root=()
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo >/dev/null ||
            die "these packages are missing, and neither root nor sudo is at hand:" "apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    local quiet=(-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    "${as_root[@]}" apt-get "${quiet[@]}" update </dev/null || note "apt-get update failed; trying with the old lists"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends \
        "${missing[@]}" </dev/null >/dev/null || die "apt-get could not install:" "${missing[*]}"
}

# configure PRESET [OPTION...]: quiet unless it fails. ccache is used where it is installed.
configure() {
    local preset=$1 log
    shift
    log=build/$preset.configure.log
    mkdir -p build
    if command -v ccache >/dev/null; then
        set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
    fi
    if ! cmake --preset "$preset" "$@" >"$log" 2>&1; then
        tail -n 40 "$log"
        return 1
    fi
}
