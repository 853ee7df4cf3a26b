import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type KoaContextWithOIDC, Provider } from 'oidc-provider'

export const client = { id: 'holdpoint', secret: 'secret-of-the-client' }

/** A real OpenID provider on this machine. Browsers see it as another site than the console. */
export class IdentityProvider {
  /** Whom it knows: the name that is typed there, and the proved address that goes with it. */
  readonly accounts = new Map<string, string>()
  /** The browser still reaches it, but the server no longer does. */
  away = false
  readonly #http = createServer((request, response) => void this.#answer(request, response))
  #provider: Provider | undefined

  static async start(): Promise<IdentityProvider> {
    const self = new IdentityProvider()
    self.#http.listen(0, '127.0.0.1')
    await once(self.#http, 'listening')
    return self
  }

  get issuer(): string {
    return `http://localhost:${(this.#http.address() as AddressInfo).port}`
  }

  /** Knows its client from here on: the client's address is not known before. */
  open(redirectUri: string): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#provider = new Provider(this.issuer, {
      clients: [
        { client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] },
      ],
      jwks: {
        keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      },
      cookies: { keys: ['key of the tests'] },
      claims: { email: ['email', 'email_verified'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: this.accounts.get(id), email_verified: true }),
      }),
      loadExistingGrant: grantAll,
    })
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.issuer)
    const asked = pathname.startsWith('/interaction/')
    // The pages of a person's browser; all else is asked by the server.
    const ofBrowser = asked || pathname.startsWith('/auth')
    if (this.#provider === undefined || (this.away && !ofBrowser)) {
      response.writeHead(503).end('away')
    } else if (!asked) {
      await this.#provider.callback()(request, response)
    } else if (request.method === 'POST') {
      const given = new URLSearchParams(await bodyOf(request))
      await this.#provider.interactionFinished(
        request,
        response,
        given.has('cancel')
          ? { error: 'access_denied' }
          : { login: { accountId: given.get('account') ?? '' } },
      )
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(form)
    }
  }
}

const form = `<!doctype html><html lang="en"><title>Acme</title><link rel="icon" href="data:,">
<form method="post"><h1>Acme</h1>
<label>Account <input name="account"></label>
<button>Continue</button> <button name="cancel" value="1">Cancel</button></form></html>`

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += String(part)
  return text
}

/** Nobody is asked whether Holdpoint may know their address. */
async function grantAll({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({
    accountId: oidc.session?.accountId ?? '',
    clientId: oidc.client?.clientId ?? '',
  })
  grant.addOIDCScope('openid email')
  await grant.save()
  return grant
}
