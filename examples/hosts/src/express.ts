import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import express from 'express'
import Fastify from 'fastify'
import { Container } from 'inversify'
import { SHOP, Shop } from './shop.ts'

// Somebody's app, as it was: its own container, its own routes, its own server.
const container = new Container({ defaultScope: 'Singleton' })
container.bind(SHOP).toConstantValue(new Shop())
const app = express()
app.use(express.json())
app.get('/orders', (_request, response) => void response.json(container.get(SHOP).orders()))
const server = createServer(app)

// Muster in it: composed in their container, served below /work, live on their server.
const muster = await createMuster({ container, modules: [coreModule()] })
const authenticator = jwtAuthenticator({ secret: process.env['JWT_SECRET'] ?? '' })
const work = Fastify()
await work.register(musterHttp, { muster, authenticator, base: '/work' })
await work.ready()
app.use((request, response, next) => {
  if (request.url.startsWith('/work/')) work.routing(request, response)
  else next()
})
const live = attachMusterWs(server, { muster, authenticator, base: '/work' })

// Up, and down again in the reverse order.
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
await once(process, 'SIGTERM')
await live.close()
server.close()
await work.close()
await muster.close()
