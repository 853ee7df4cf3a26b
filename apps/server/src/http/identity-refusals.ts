import type { NoIdentityError } from '../operators/identity-provider.ts'
import type { WhyNot } from '../operators/sign-in-with-identity.ts'

export interface Refusal {
  readonly title: string
  readonly text: string
  readonly status: 401 | 403 | 429 | 502 | 503
}

/** Whom the refusal is about. What the provider says of them is shown to themselves alone. */
export interface Refused {
  readonly provider: string
  readonly email: string | null
}

type Reason = WhyNot | NoIdentityError['why'] | 'stale' | 'tooMany' | 'noDatabase'

const stale = ({ provider }: Refused): Refusal => ({
  title: 'This sign-in is over',
  text: `It was begun in another browser or more than ten minutes ago, or it was used. Nobody was signed in. Begin again with ${provider}.`,
  status: 401,
})

/** What someone is told whom the provider, or we, did not let in. Each says what to do. */
export const refusals: Readonly<Record<Reason, (refused: Refused) => Refusal>> = {
  stale,
  used: stale,
  unproved: ({ provider }) => ({
    title: 'Your address is not proved',
    text: `${provider} does not say that your e-mail address is yours, so Holdpoint cannot tell who you are. Prove it there, or ask an administrator for a link.`,
    status: 403,
  }),
  unknown: ({ provider, email }) => ({
    title: 'You are not known here',
    text: `${provider} says that you are ${email ?? 'someone without an address'}, and nobody in Holdpoint has that address. Ask an administrator to add you with it. To come with another account, sign out at ${provider} first.`,
    status: 403,
  }),
  disabled: () => ({
    title: 'You may not come in',
    text: 'An administrator disabled you. Ask one of them.',
    status: 403,
  }),
  'another account': ({ provider }) => ({
    title: 'This is another account',
    text: `The person with this address came with another account of ${provider} before, and only with that one. Sign out at ${provider}, then sign in with that one, or ask an administrator to unbind it.`,
    status: 403,
  }),
  away: ({ provider }) => ({
    title: `${provider} does not answer`,
    text: 'Nobody can be signed in with it now. Try again in a minute, or use a password or a link. Whoever is signed in stays so, and agents go on as they were.',
    status: 502,
  }),
  cancelled: ({ provider }) => ({
    title: 'You were not signed in',
    text: `${provider} says that it was cancelled, or that you may not use Holdpoint.`,
    status: 401,
  }),
  refused: ({ provider }) => ({
    title: 'You were not signed in',
    text: `The answer of ${provider} is not one that Holdpoint can trust. Try again. When it stays so, an administrator finds the reason in the log of the server.`,
    status: 401,
  }),
  tooMany: () => ({
    title: 'Too many tries',
    text: 'Wait a few minutes, then try again. Or sign in with a link from an administrator.',
    status: 429,
  }),
  noDatabase: () => ({
    title: 'The database is away',
    text: 'Nobody can be signed in until it is back. Try again in a minute.',
    status: 503,
  }),
}
