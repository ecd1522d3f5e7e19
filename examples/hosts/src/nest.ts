import 'reflect-metadata'
import type { Server } from 'node:http'
import type { Muster } from '@muster/host'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { Body, Controller, Inject, Module, type OnApplicationShutdown, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import type { NextFunction, Request, Response } from 'express'
import Fastify from 'fastify'
import type { Running } from './running.ts'

/** The token under which Muster is injected. */
const MUSTER = Symbol('Muster')

/** A controller that gives work to people. */
@Controller('projects')
class ProjectsController {
  readonly #muster: Muster

  constructor(@Inject(MUSTER) muster: Muster) {
    this.#muster = muster
  }

  @Post()
  async add(@Body() { name }: { readonly name: string }): Promise<string> {
    return (await this.#muster.projects.add({ name })).projectId
  }
}

/** A gateway that was there before. */
@WebSocketGateway({ path: '/chat' })
class ChatGateway {
  @SubscribeMessage('say')
  say(@MessageBody() text: string): { readonly event: string; readonly data: string } {
    return { event: 'heard', data: text }
  }
}

@Module({
  controllers: [ProjectsController],
  providers: [ChatGateway, { provide: MUSTER, useFactory: () => createMuster({ modules: [coreModule()] }) }],
})
class AppModule implements OnApplicationShutdown {
  readonly #muster: Muster

  constructor(@Inject(MUSTER) muster: Muster) {
    this.#muster = muster
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#muster.close()
  }
}

export async function serveNest(secret: string): Promise<Running> {
  const app = await NestFactory.create(AppModule, { logger: false })
  app.useWebSocketAdapter(new WsAdapter(app))
  const muster = app.get<Muster>(MUSTER)
  const authenticator = jwtAuthenticator({ secret })
  const work = Fastify()
  await work.register(musterHttp, { muster, authenticator, base: '/work' })
  await work.ready()
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.url.startsWith('/work/')) work.routing(request, response)
    else next()
  })
  const server = app.getHttpServer() as Server
  const live = attachMusterWs(server, { muster, authenticator, base: '/work' })
  await app.listen(0, '127.0.0.1')
  return {
    origin: await app.getUrl(),
    muster,
    async close() {
      await live.close()
      await work.close()
      await app.close()
    },
  }
}
