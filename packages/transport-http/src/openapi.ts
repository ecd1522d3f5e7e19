import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

/** The head of the OpenAPI document; its paths come from the routes. */
export const apiDocument: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'Muster',
    version: '1',
    summary: 'People and machines on one work queue',
    description:
      'Lists take `limit` and `cursor`. Creating calls accept an `Idempotency-Key`. Versioned resources send an `ETag` and honour `If-Match`. Errors are RFC 9457 problems whose `code` is stable.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  security: [{ bearer: [] }],
}
