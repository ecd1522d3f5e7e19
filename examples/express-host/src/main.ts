import type { AddressInfo } from 'node:net'
import { coreModule, createMuster } from '@muster/core/container'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import express from 'express'
import Fastify from 'fastify'
import { Container } from 'inversify'
import { SHOP, Shop } from './shop.ts'

// Somebody's app, as it was: its own container, its own routes.
const container = new Container({ defaultScope: 'Singleton' })
container.bind(SHOP).toConstantValue(new Shop())
const app = express()
app.get('/orders', (_request, response) => void response.json(container.get(SHOP).orders()))

// Muster in it: composed in their container, served below /work.
const muster = await createMuster({ container, modules: [coreModule()] })
const authenticator = jwtAuthenticator({ secret: process.env['JWT_SECRET'] ?? '' })
const work = Fastify()
await work.register(musterHttp, { muster, authenticator, prefix: '/work/api/v1' })
await work.ready()
app.use((request, response, next) => {
  if (request.url.startsWith('/work/')) work.routing(request, response)
  else next()
})

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => {
  server.close(() => void work.close().then(() => muster.close()))
})
