#!/bin/sh
# Git, but for one call from a number on: that one ends whoever called, before or after it was done. `git` counts every
# call, `change` only those that may change something. Calls that come at once may be counted together, so it is the
# first that finds the number reached.
is_it() {
  echo "$1" >> "$WS_KILL_COUNT"
  if [ "$WS_KILL_WHAT" = change ] && [ "$1" = look ]; then return 1; fi
  calls=0
  # Without a process more: there are some hundred calls in a run.
  while read -r each; do
    if [ "$WS_KILL_WHAT" = git ] || [ "$each" = change ]; then calls=$((calls + 1)); fi
  done < "$WS_KILL_COUNT"
  [ "$calls" -ge "$WS_KILL_AT" ] && mkdir "$WS_KILL_COUNT.done" 2> /dev/null
}
when=$WS_KILL_WHEN
committed=$WS_KILL_COUNT.committed
. "${0%/*}/../../../git/test/fixtures/kept-git.sh"
kind=change
case "$1 $2" in
  "worktree list" | "symbolic-ref --quiet") kind=look ;;
  cat-file\ * | config\ * | diff\ * | diff-files\ * | diff-tree\ * | for-each-ref\ * | log\ * | ls-files\ * | ls-tree\ * | \
    merge-base\ * | rev-list\ * | rev-parse\ * | version\ *) kind=look ;;
esac
if ! is_it $kind; then exec git "$@"; fi
if [ "$when" = after ]; then git "$@"; fi
kill_caller
