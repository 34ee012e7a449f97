#!/usr/bin/env bash
# install_test.sh BUILD SOURCE COMPILER: what `cmake --install` puts somewhere can be used from there, through pkg-config
# and through find_package(gramme).
set -euo pipefail
build=$1 source=$2 compiler=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$build" --prefix "$folder/prefix" >"$folder/log" || { tail -n 20 "$folder/log"; exit 1; }
mv "$folder/prefix" "$folder/moved"
export XDG_DATA_HOME=$folder/data HOME=$folder GRAMME_CONFIG=
libraries=$(dirname "$(find "$folder/moved" -name libgramme.so.1)")
headers=$(find "$folder/moved" -name '*.h' -o -name '*.hpp' | sed 's,.*/,,' | sort | tr '\n' ' ')
[[ $headers == 'gramme.h gramme.hpp ' ]] || { echo "installs other headers: $headers"; exit 1; }

run() {
    (cd "$folder" && LD_LIBRARY_PATH=$libraries "$1" >out) || { cat "$folder/out"; echo "$2 failed"; exit 1; }
    grep -q '"schema": "gramme/footprint/1"' "$folder/out" || { cat "$folder/out"; exit 1; }
    echo "$2: built and run"
}

export PKG_CONFIG_PATH=$libraries/pkgconfig
# shellcheck disable=SC2046
"$compiler" -x c "$source/examples/c/measure.c" -o "$folder/by_pkg_config" $(pkg-config --cflags --libs gramme)
run "$folder/by_pkg_config" pkg-config

mkdir "$folder/project"
cp "$source/examples/c/measure.c" "$source/examples/cpp/measure.cpp" "$folder/project"
cat >"$folder/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user C CXX)
find_package(gramme 0.1 REQUIRED)
add_executable(measure_c measure.c)
add_executable(measure_cpp measure.cpp)
target_compile_features(measure_cpp PRIVATE cxx_std_20)
foreach(target measure_c measure_cpp)
  target_link_libraries(${target} PRIVATE gramme::gramme)
endforeach()
END
cmake -S "$folder/project" -B "$folder/project/build" -DCMAKE_PREFIX_PATH="$folder/moved" >"$folder/log" 2>&1 &&
    cmake --build "$folder/project/build" >>"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; exit 1; }
run "$folder/project/build/measure_c" 'find_package, C'
run "$folder/project/build/measure_cpp" 'find_package, C++'
