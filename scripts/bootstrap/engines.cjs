// @ts-check
'use strict'

/**
 * Does `version` lie in `range`? Knows the two forms that our `engines` uses, `^a.b.c` and `>=a[.b[.c]]`, joined by `||`, and
 * refuses any other: a range read wrongly would run the gate on a Node with a corrupting SQLite.
 * @param {string} range
 * @param {string} version with or without the leading `v`
 */
function satisfies(range, version) {
  const running = /^v?(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version)
  // A nightly or a release candidate comes before the release whose number it carries.
  if (running === null || running[4] !== undefined) return false
  const have = running.slice(1, 4).map(Number)
  return range.split('||').some((alternative) => satisfiesOne(alternative.trim(), have))
}

/**
 * @param {string} alternative
 * @param {number[]} have
 */
function satisfiesOne(alternative, have) {
  const match = /^(\^|>=)(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(alternative)
  if (match === null) throw new Error(`engines: cannot read "${alternative}"; expected ^a.b.c or >=a.b.c`)
  const [, operator, ...numbers] = match
  const want = numbers.map((number) => Number(number ?? 0))
  if (operator === '^' && want[0] === 0) throw new Error(`engines: "${alternative}" has no meaning here`)
  if (operator === '^' && have[0] !== want[0]) return false
  return compare(have, want) >= 0
}

/**
 * @param {number[]} left
 * @param {number[]} right
 */
function compare(left, right) {
  const at = left.findIndex((number, index) => number !== right[index])
  return at === -1 ? 0 : Number(left[at]) - Number(right[at])
}

module.exports = { satisfies }
