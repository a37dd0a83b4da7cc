#!/usr/bin/env bash
# check_headers_selftest.sh CHECK COMPILER GOLDEN_LAYOUT INCLUDE_DIR - the header check refuses what it must refuse.
set -euo pipefail
check=$1 compiler=$2 golden=$3 include=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

refuses() {
  local name=$1 expression=$2 file=$3
  rm -rf "$folder/include" && cp -r "$include" "$folder/include"
  sed -i "$expression" "$folder/include/xsell/$file"
  cmp -s "$include/xsell/$file" "$folder/include/xsell/$file" && { echo "$name: nothing was changed" >&2; exit 1; }
  if bash "$check" "$compiler" c c11 "$folder/include" "$golden" >"$folder/out" 2>&1; then
    echo "$name was not refused" >&2
    exit 1
  fi
}

bash "$check" "$compiler" c c11 "$include" "$golden" >/dev/null
refuses "implicit padding" 's/uint32_t reserved;.*//' event.h
refuses "a renumbered event" 's/\(XSELL_EVENT_LINE_ADDED *= \)40/\139/' event.h
refuses "a moved member" 's/int64_t price_minor; .*//; s/int64_t saving_minor;/int64_t saving_minor, price_minor;/' prompt.h
refuses "a header that needs another one first" '/#include "xsell\/str.h"/d' host.h
refuses "C++ in a C header" 's/^typedef struct xsell_str {/using x = int; typedef struct xsell_str {/' str.h
