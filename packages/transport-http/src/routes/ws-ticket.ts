import { randomBytes } from 'node:crypto'
import { bearerOf } from '../access/authentication.ts'
import type { Routes } from '../route.ts'
import { wsTicket } from '../schemas.ts'

const TICKET_BYTES = 32

export const wsTicketRoutes: Routes = (app, muster) => {
  app.post(
    '/ws-ticket',
    {
      schema: {
        tags: ['Live'],
        summary: 'A ticket for one WebSocket connection: `?ticket=`, once, within 30 seconds',
        response: { 201: wsTicket },
      },
    },
    async (request, reply) => {
      const ticket = randomBytes(TICKET_BYTES).toString('base64url')
      const expiresAt = await muster.tickets.keep(ticket, bearerOf(request))
      return reply.status(201).send({ ticket, expiresAt })
    },
  )
}
