#!/usr/bin/env bash
# check_thread_tags_test.sh CHECK HEADERS - the check accepts good headers and names each kind of bad one.
set -euo pipefail
check=$1 headers=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

run() { printf '%s\n' "$1" >"$folder/case.h" && "$check" "$folder/case.h" 2>&1; }

accepts() { run "$1" >"$folder/out" || { echo "refused a good header:" && cat "$folder/out" "$folder/case.h"; exit 1; } >&2; }

refuses() {
  if run "$2" >"$folder/out" || ! grep -qF -- "$1" "$folder/out"; then
    { echo "expected: $1" && cat "$folder/out" "$folder/case.h"; } >&2
    exit 1
  fi
}

accepts 'typedef struct s { int x;
  /* Starts. [main-thread & stopped] */
  int (*start)(void);
} s;'
accepts '/* Made of two lines.
 * [any-thread] */
typedef const int *(*get)(int a);'
accepts '/* [scan-thread & !scan-thread] */ void (*f)(void);'
accepts '/* Returns one. [plugin-thread] */
int exported(int a,
             int b);'

refuses 'start has no thread tag' 'typedef struct s {
  /* Starts. */
  int (*start)(void);
} s;'
refuses 'start has no comment' 'typedef struct s { int (*start)(void); } s;'
refuses 'stop has no comment of its own' 'typedef struct s {
  /* Both. [main-thread] */
  int (*start)(void);
  int (*stop)(void);
} s;'
refuses 'start has no comment of its own' 'typedef struct s {
  int x; /* A member. [main-thread] */
  int y;
  int (*start)(void);
} s;'
refuses 'has 2 thread tags' '/* [main-thread] or [scan-thread] */ void (*f)(void);'
refuses 'outside the grammar: [main thread]' '/* [main thread] */ void (*f)(void);'
refuses 'outside the grammar: [ui-thread]' '/* [ui-thread] */ void (*f)(void);'
refuses 'outside the grammar: [Main-Thread]' '/* [Main-Thread] */ void (*f)(void);'
refuses 'outside the grammar: [main-thread & running-thread]' '/* [main-thread & running-thread] */ void (*f)(void);'
refuses 'outside the grammar: [main-thread&started]' '/* [main-thread&started] */ void (*f)(void);'
refuses 'outside the grammar: [scan-thread, started]' '/* [scan-thread, started] */ void (*f)(void);'
refuses 'not the end of its comment' '/* [main-thread] Starts. */ void (*f)(void);'
refuses 'exported has no thread tag' '/* Returns one. */
int exported(int a);'
refuses 'case.h:5: late has no thread tag' '/* A header. */
typedef struct s {
  int a;
  /* Late. */
  void (*late)(void);
} s;'

# Taking the tag off any one function of the real headers is found.
for header in plugin host ext/status ext/clock ext/item_lookup; do
  for line in $(grep -nE '^[ */]*\[[a-z& !-]*-thread[a-z& !-]*\]' "$headers/$header.h" | cut -d: -f1); do
    sed "${line}s/\[.*\]//" "$headers/$header.h" >"$folder/case.h"
    if "$check" "$folder/case.h" >/dev/null 2>&1; then
      echo "a missing tag at $header.h:$line was not found" >&2
      exit 1
    fi
  done
done
