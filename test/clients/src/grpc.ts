import {
  type ChannelCredentials,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js'

const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value }

const SERVICE: ServiceDefinition = {
  ask: {
    path: '/provider.Provider/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  },
}

/** `google.rpc.Status` with a `google.rpc.RetryInfo` of 34.5 s, as a server sends it. */
const RETRY_INFO = Buffer.from(
  [
    '0808', // code 8
    '1209',
    Buffer.from('slow down').toString('hex'),
    '1a36', // details
    '0a28',
    Buffer.from('type.googleapis.com/google.rpc.RetryInfo').toString('hex'),
    '120a',
    '0a08', // RetryInfo { retry_delay
    '0822',
    '1080cab5ee01', // 34 s, 500 000 000 ns
  ].join(''),
  'hex',
)

/** What the server answers; `silence` never comes. */
export const GRPC_ANSWERS = {
  INVALID_ARGUMENT: { code: status.INVALID_ARGUMENT },
  UNAUTHENTICATED: { code: status.UNAUTHENTICATED },
  PERMISSION_DENIED: { code: status.PERMISSION_DENIED },
  NOT_FOUND: { code: status.NOT_FOUND },
  UNIMPLEMENTED: { code: status.UNIMPLEMENTED },
  INTERNAL: { code: status.INTERNAL },
  ABORTED: { code: status.ABORTED },
  UNAVAILABLE: { code: status.UNAVAILABLE },
  'UNAVAILABLE with retry-after': { code: status.UNAVAILABLE, trailers: { 'retry-after': '20' } },
  RESOURCE_EXHAUSTED: { code: status.RESOURCE_EXHAUSTED },
  'RESOURCE_EXHAUSTED with RetryInfo': {
    code: status.RESOURCE_EXHAUSTED,
    trailers: { 'grpc-status-details-bin': RETRY_INFO },
  },
  silence: undefined,
} as const satisfies Readonly<
  Record<
    string,
    { readonly code: status; readonly trailers?: Readonly<Record<string, string | Buffer>> } | undefined
  >
>

/** A gRPC server on a port of its own, and a client of it that asks for one of its answers. */
export async function startGrpc() {
  const server = new Server()
  server.addService(SERVICE, {
    ask({ request }: { readonly request: Buffer }, answer: (error: object | null) => void) {
      const wanted:
        | { readonly code: status; readonly trailers?: Readonly<Record<string, string | Buffer>> }
        | undefined = GRPC_ANSWERS[request.toString() as keyof typeof GRPC_ANSWERS]
      if (!wanted) return
      const metadata = new Metadata()
      for (const [name, value] of Object.entries(wanted.trailers ?? {})) metadata.set(name, value)
      answer({ code: wanted.code, details: 'no', metadata })
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  const Client = makeGenericClientConstructor(SERVICE, 'Provider')
  const open = (to: number, secrets: ChannelCredentials = credentials.createInsecure()) =>
    new Client(`127.0.0.1:${to}`, secrets, { 'grpc.enable_retries': 0 })
  const call = (to: number, what: string, timeoutMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const client = open(to)
      const ask = client['ask'] as (
        request: Buffer,
        options: { readonly deadline: number },
        done: (error: Error | null, value: unknown) => void,
      ) => void
      ask.call(client, Buffer.from(what), { deadline: Date.now() + timeoutMs }, (error, value) => {
        client.close()
        if (error) reject(error)
        else resolve(value)
      })
    })
  return {
    ask: (what: keyof typeof GRPC_ANSWERS, timeoutMs: number) => call(port, what, timeoutMs),
    /** Of a server that is no more. */
    askNobody: (timeoutMs: number) => call(1, '', timeoutMs),
    close: () => server.forceShutdown(),
  }
}
