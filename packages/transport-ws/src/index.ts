// Attaching to a server.
export { attachMusterWs, type MusterWs, type MusterWsOptions } from './attach.ts'
export type { WsConnection, WsEndpoint } from './door/endpoint.ts'

// The wire, for clients.
export type {
  ChannelName,
  ClientToServerEvents,
  Closed,
  Mark,
  QueueUpdated,
  Refusal,
  RefusalCode,
  Reload,
  ServerToClientEvents,
  StepProgressed,
  Subscribed,
  WireEvent,
} from './protocol.ts'
