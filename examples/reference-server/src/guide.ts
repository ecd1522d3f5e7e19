import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Where `npm run docs:build` puts the documentation. */
const GUIDE: string = fileURLToPath(new URL('../../../docs/.vitepress/dist/', import.meta.url))

/** The pages ask nobody but their server; the generator writes scripts and styles into them. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

/** The documentation below `/guide`; while it is not built, an answer that says how to build it. */
export async function guideRoutes(app: FastifyInstance, folder: string = GUIDE): Promise<void> {
  app.get('/guide', async (_request, reply) => reply.redirect(`${app.prefix}/guide/`))
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/guide/*', async (_request, reply) =>
      reply
        .status(404)
        .type('text/plain; charset=utf-8')
        .send('The documentation is not built: run `npm run docs:build`, then start the server again.\n'),
    )
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/guide/',
    decorateReply: false,
    setHeaders: (reply) => void reply.header('content-security-policy', POLICY),
  })
}
