import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

type Plugin<Options extends object> = FastifyPluginCallback<Options> | FastifyPluginAsync<Options>

/**
 * The same plugin for a scope whose host may have registered it too: a decorator that is there already stays as it is. Without that, Fastify
 * refuses the second one.
 */
export function withoutClash<Options extends object>(plugin: Plugin<Options>): FastifyPluginAsync<Options> {
  return fastifyPlugin(async (scope: FastifyInstance, options: Options) => {
    const decorators = {
      decorate: (name: string, value: never) => scope.hasDecorator(name) || scope.decorate(name, value),
      decorateRequest: (name: string, value: never) =>
        scope.hasRequestDecorator(name) || scope.decorateRequest(name, value),
      decorateReply: (name: string, value: never) =>
        scope.hasReplyDecorator(name) || scope.decorateReply(name, value),
    }
    const lenient = Object.assign(Object.create(scope), decorators) as FastifyInstance
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => (error === undefined ? resolve() : reject(error))
      Promise.resolve(plugin(lenient as never, options as never, done)).then(() => {
        if (plugin.length < 3) resolve()
      }, reject)
    })
  })
}
