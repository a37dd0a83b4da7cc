#!/usr/bin/env bash
# check_policy.sh POLICY TESTS_FOLDER - each test that the ABI policy names exists.
set -euo pipefail
policy=$1 tests=$2
missing=0 named=0
suite=
while read -r name; do
  case $name in .*) name=$suite$name ;; esac
  suite=${name%%.*}
  named=$((named + 1))
  grep -rqE "TEST(_F)?\($suite, ${name#*.}\)" "$tests" || { echo "$policy names $name: there is no such test" >&2; missing=1; }
done < <(grep '^| [0-9]* |' "$policy" | grep -oE '(\b[A-Z][A-Za-z]*)?\.[A-Z][A-Za-z]+\b')
[ "$named" -ge 10 ] || { echo "only $named tests found in $policy" >&2; exit 1; }
exit $missing
