import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { jwtAuthenticator } from '@muster/transport-http'
import Provider from 'oidc-provider'
import type { OidcSignIn } from '../server/index.ts'

/** An issuer of OpenID Connect on this machine, at which people sign in by their user id and any password. */
export class Issuer {
  readonly address: string
  readonly #server: Server
  /** Whom the tokens are for. */
  audience = 'muster'
  /** More claims of the tokens. */
  claims: Readonly<Record<string, unknown>> = {}

  private constructor(server: Server) {
    this.#server = server
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** One that takes requests once it is told where the page is. */
  static async open(): Promise<Issuer> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Issuer(server)
  }

  get signIn(): OidcSignIn {
    return {
      oidc: { issuer: this.address, clientId: CLIENT, clientSecret: SECRET, scope: 'openid' },
    }
  }

  /** Takes the tokens of this issuer, as the API of a host would. */
  authenticator(): ReturnType<typeof jwtAuthenticator> {
    return jwtAuthenticator({ jwksUrl: `${this.address}/jwks`, audience: 'muster', issuer: this.address })
  }

  serve(page: string): void {
    const provider = new Provider(this.address, {
      clients: [
        {
          client_id: CLIENT,
          client_secret: SECRET,
          redirect_uris: [`${page}oidc/callback`],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      cookies: { keys: ['a key of a test'] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      extraTokenClaims: () => ({ role: 'annotator', ...this.claims }),
      // Everybody who is signed in has agreed.
      loadExistingGrant: async ({ oidc: { client, session } }) => {
        const grant = new provider.Grant({
          ...(client && { clientId: client.clientId }),
          ...(session?.accountId && { accountId: session.accountId }),
        })
        grant.addOIDCScope('openid')
        await grant.save()
        return grant
      },
      interactions: { url: (_context, { uid }) => `/ask/${uid}` },
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => 'urn:muster',
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: '',
            audience: this.audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 3_600,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      ttl: { AccessToken: 3_600, Grant: 3_600, IdToken: 3_600, Interaction: 600, Session: 3_600 },
    })
    const answer = provider.callback()
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/ask/')) void asked(provider, request, response)
      else void answer(request, response)
    })
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

/** Asks who somebody is, and takes their word for it. */
async function asked(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    const accountId = new URLSearchParams(await text(request)).get('who') ?? ''
    return provider.interactionFinished(
      request,
      response,
      accountId === '' ? { error: 'access_denied' } : { login: { accountId } },
    )
  }
  response.setHeader('content-type', 'text/html')
  response.end(
    '<form method="post"><input name="who" aria-label="Who are you?"><button>It is me</button></form>',
  )
}

const CLIENT = 'console'
const SECRET = 'a secret that no log may have'
