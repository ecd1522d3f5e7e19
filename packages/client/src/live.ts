export type {
  Following,
  Handlers,
  MusterClientOptions as LiveOptions,
} from '@muster/transport-ws/client'
export { MusterClient as LiveClient, RefusedError } from '@muster/transport-ws/client'
