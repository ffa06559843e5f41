#!/bin/sh
# Git, but for one call from a number on: that one ends whoever called, before or after it was done. `git` counts every
# call, `change` only those that may change something. Calls that come at once may be counted together, so it is the
# first that finds the number reached.
kind=change
case "$1 $2" in
  "worktree list" | "symbolic-ref --quiet") kind=look ;;
  cat-file\ * | config\ * | diff\ * | diff-files\ * | diff-tree\ * | for-each-ref\ * | log\ * | ls-files\ * | ls-tree\ * | \
    merge-base\ * | rev-list\ * | rev-parse\ * | version\ *) kind=look ;;
esac
echo $kind >> "$WS_KILL_COUNT"
if [ "$WS_KILL_WHAT" = change ] && [ $kind = look ]; then exec git "$@"; fi
calls=0
# Without a process more: there are some hundred calls in a run.
while read -r each; do
  if [ "$WS_KILL_WHAT" = git ] || [ "$each" = change ]; then calls=$((calls + 1)); fi
done < "$WS_KILL_COUNT"
if [ "$calls" -lt "$WS_KILL_AT" ] || ! mkdir "$WS_KILL_COUNT.done" 2> /dev/null; then exec git "$@"; fi
if [ "$WS_KILL_WHEN" = after ]; then git "$@"; fi
kill -9 "$PPID"
