#!/usr/bin/env bash
# check_headers.sh COMPILER LANGUAGE STANDARD INCLUDE_DIR GOLDEN_LAYOUT
# Each public header alone, all together, and the golden layout compile without a warning, padding included.
set -euo pipefail
compiler=$1 language=$2 standard=$3 include=$4 golden=$5

compile() {
  "$compiler" -x "$language" -std="$standard" -I"$include" -fsyntax-only \
    -Wall -Wextra -Wpedantic -Wshadow -Wpadded -Werror "$@"
}

cd "$include"
count=0
for header in xsell/*.h xsell/ext/*.h; do
  printf '#include <%s>\n#include <%s>\ntypedef int not_empty;\n' "$header" "$header" | compile - ||
    { echo "$header does not compile alone as $standard with $compiler" >&2; exit 1; }
  count=$((count + 1))
done
[ "$count" -ge 10 ] || { echo "only $count headers found in $include/xsell" >&2; exit 1; }
compile "$golden"
echo "$count headers and the golden layout: clean as $standard with $compiler"
