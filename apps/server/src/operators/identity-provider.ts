import * as oidc from 'openid-client'

export interface ProviderSettings {
  /** Its issuer, as it stands in its own metadata. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** What people call it. */
  readonly name: string
}

/** What ties an answer to the browser that asked. All three are random. */
export interface Attempt {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  /** The provider says that this address is theirs. */
  readonly proved: boolean
}

/** Why nobody is known to have come: the provider is away, the person did not want to, or the answer is not good. */
export class NoIdentityError extends Error {
  override name = 'NoIdentityError'
  readonly why: 'away' | 'cancelled' | 'refused'

  constructor(why: NoIdentityError['why'], cause: unknown) {
    super(told(cause), { cause })
    this.why = why
  }
}

const patienceS = 10
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The organisation's OpenID provider. It need not be there before somebody wants to sign in. */
export class IdentityProvider {
  readonly name: string
  readonly #settings: ProviderSettings
  #found: Promise<oidc.Configuration> | undefined

  constructor(settings: ProviderSettings) {
    this.name = settings.name
    this.#settings = settings
  }

  /** Where the browser goes. @throws NoIdentityError `away` */
  async addressFor({ state, nonce, verifier }: Attempt, backTo: string): Promise<URL> {
    return oidc.buildAuthorizationUrl(await this.#provider(), {
      redirect_uri: backTo,
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
  }

  /** @param answer the address at which the browser came back. @throws NoIdentityError */
  async whoCame(answer: URL, { state, nonce, verifier }: Attempt): Promise<Identity> {
    const provider = await this.#provider()
    try {
      const tokens = await oidc.authorizationCodeGrant(provider, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('there is no ID token')
      // Many give the address to whoever asks for it with the access token, and not before.
      const asks =
        claims['email'] === undefined && provider.serverMetadata().userinfo_endpoint !== undefined
      const facts = asks
        ? await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub)
        : claims
      const email = facts['email']
      return {
        issuer: claims.iss,
        subject: claims.sub,
        email: typeof email === 'string' ? email : null,
        proved: facts['email_verified'] === true,
      }
    } catch (error) {
      throw new NoIdentityError(whyNot(error), error)
    }
  }

  async #provider(): Promise<oidc.Configuration> {
    this.#found ??= find(this.#settings)
    try {
      return await this.#found
    } catch (error) {
      this.#found = undefined
      throw new NoIdentityError('away', error)
    }
  }
}

async function find({ issuer, clientId, clientSecret }: ProviderSettings) {
  const url = new URL(issuer)
  const post = oidc.ClientSecretPost(clientSecret)
  const basic = oidc.ClientSecretBasic(clientSecret)
  // A provider that does not say what it takes takes Basic.
  const proof: oidc.ClientAuth = (provider, ...rest) =>
    provider.token_endpoint_auth_methods_supported?.includes('client_secret_basic') === false
      ? post(provider, ...rest)
      : basic(provider, ...rest)
  return oidc.discovery(url, clientId, undefined, proof, {
    timeout: patienceS,
    // The signature of each ID token is checked, not only where it came from.
    execute: [
      oidc.enableNonRepudiationChecks,
      ...(loopback.has(url.hostname) ? [oidc.allowInsecureRequests] : []),
    ],
  })
}

function whyNot(error: unknown): NoIdentityError['why'] {
  if (error instanceof oidc.AuthorizationResponseError)
    return error.error === 'access_denied' ? 'cancelled' : 'refused'
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500 ? 'away' : 'refused'
  // What `fetch` throws where nobody answers, and what openid-client makes of an answer that is not one.
  if (error instanceof TypeError) return 'away'
  const code = error instanceof oidc.ClientError ? (error.code ?? '') : ''
  return /TIMEOUT|ABORT|RESPONSE_IS_NOT_CONFORM/.test(code) ? 'away' : 'refused'
}

/** One line for the log. What the provider sent is a claim, and may be anything. */
function told(error: unknown): string {
  const words = [error instanceof Error ? error.message : String(error)]
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
    words.push(error.error, error.error_description ?? '')
  else if (error instanceof oidc.WWWAuthenticateChallengeError)
    words.push(...error.cause.map(({ parameters }) => parameters.error ?? ''))
  else if (error instanceof Error && error.cause instanceof Error) words.push(error.cause.message)
  return words
    .join(' ')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200)
}
