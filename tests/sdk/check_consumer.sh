#!/usr/bin/env bash
# check_consumer.sh cmake|pkg-config c|c++ BUILD_DIR SOURCE_DIR PLUGIN EXPECTED ITEM...
# Installs the SDK under a prefix, moves it, builds a program on it as an integrator would, and runs it.
set -euo pipefail
way=$1 language=$2 build=$3 source=$4 plugin=$5 expected=$6
shift 6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/first" --component tools >/dev/null
mv "$folder/first" "$folder/moved"
prefix=$folder/moved
if grep -rlF -e "$source" -e "$build" "$prefix/share/cmake" "$prefix/share/pkgconfig" "$prefix/include"; then
  echo "installed files name the folder they were built in" >&2
  exit 1
fi

case $language in
  c) example=$prefix/share/doc/xsell-tools/examples/c_host name=c_host ;;
  c++) example=$source/tests/sdk/consumer name=till ;;
esac
case $way in
  cmake)
    cmake -S "$example" -B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" >"$folder/log" 2>&1 &&
      cmake --build "$folder/build" >>"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
    ;;
  pkg-config)
    export PKG_CONFIG_PATH=$prefix/share/pkgconfig
    mkdir "$folder/build"
    read -ra flags <<<"$(pkg-config --cflags --libs xsell)"
    case $language in
      c) gcc -std=gnu99 -Wall -Wextra -Werror "$example/c_host.c" -o "$folder/build/c_host" "${flags[@]}" ;;
      c++) g++ -std=c++17 -Wall -Wextra -Werror "$example/till.cpp" -o "$folder/build/till" "${flags[@]}" ;;
    esac
    [ "$(pkg-config --variable=plugin xsell | xargs realpath -m)" = "$prefix/lib/xsell/xsell.so" ]
    ;;
esac

output=$("$folder/build/$name" "$plugin" "$@")
echo "$output"
grep -qF -- "$expected" <<<"$output"
