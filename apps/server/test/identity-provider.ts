import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { afterAll } from 'vitest'

export interface Account {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
}

type Claims = Record<string, unknown>

export interface TestProvider {
  readonly issuer: string
  /** Knows its clients from here on: their address is not known before. */
  open: (redirectUri: string) => void
  /** Who signs in at the provider, without being asked anything. */
  account: Account
  /** Changes what an ID token says; it is signed again with the provider's key. */
  tamper: ((claims: Claims) => Claims) | undefined
  /** Signs with a key that is not the provider's. */
  forged: boolean
  away: boolean
}

export const client = { id: 'holdpoint', secret: 'secret-of-the-client' }

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A real OpenID provider on this machine, which signs in whomever the test names. */
export async function startTestProvider(idTokenHasEmail = true): Promise<TestProvider> {
  const { privateKey } = rsa()
  const stranger = rsa().privateKey
  let provider: Provider | undefined
  const http = createServer((request, response) => {
    if (provider === undefined || self.away) return void response.writeHead(503).end('away')
    const { pathname } = new URL(request.url ?? '/', self.issuer)
    if (!pathname.startsWith('/interaction/')) return void provider.callback()(request, response)
    void provider.interactionFinished(request, response, {
      login: { accountId: self.account.sub },
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  afterAll(() => http.close())
  const self: TestProvider = {
    issuer: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    account: { sub: 'nobody' },
    tamper: undefined,
    forged: false,
    away: false,
    open(redirectUri) {
      provider = new Provider(self.issuer, {
        clients: [
          { client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] },
        ],
        jwks: {
          keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
        },
        cookies: { keys: ['key of the tests'] },
        claims: { email: ['email', 'email_verified'] },
        conformIdTokenClaims: !idTokenHasEmail,
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...self.account, sub: id }) }),
        loadExistingGrant: grantAll,
      })
      provider.use(async (c, next) => {
        await next()
        const body = c.body as { id_token?: string } | undefined
        if (body?.id_token === undefined || (self.tamper === undefined && !self.forged)) return
        const [head = '', claims = ''] = body.id_token.split('.')
        const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims
        const text = JSON.stringify(self.tamper?.(said) ?? said)
        const signed = `${head}.${Buffer.from(text).toString('base64url')}`
        const key = self.forged ? stranger : privateKey
        const proof = sign('sha256', Buffer.from(signed), key).toString('base64url')
        c.body = { ...body, id_token: `${signed}.${proof}` }
      })
    },
  }
  return self
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
