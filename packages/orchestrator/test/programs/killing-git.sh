#!/bin/sh
# Git, but for one call from a number on: that one ends whoever called, before or after it was done. Calls that come
# at once may be counted together, so it is the first that finds the number reached.
echo . >> "$WS_KILL_COUNT"
calls=0
# Without a process more: there are some hundred calls in a run.
while read -r _; do calls=$((calls + 1)); done < "$WS_KILL_COUNT"
if [ "$calls" -lt "$WS_KILL_AT" ] || ! mkdir "$WS_KILL_COUNT.done" 2> /dev/null; then exec git "$@"; fi
if [ "$WS_KILL_WHEN" = after ]; then git "$@"; fi
kill -9 "$PPID"
