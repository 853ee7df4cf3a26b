import { readFileSync } from 'node:fs'

import { usageFailure } from './failure.ts'

export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
}

type Values = Readonly<Record<string, string | undefined>>

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** The provider that people sign in with; undefined where none is set. @throws CliFailure with exit code 2 */
export function readOidc(env: Values, publicUrl: string | undefined): OidcSettings | undefined {
  const set = (name: string): string => env[`HOLDPOINT_OIDC_${name}`] ?? ''
  const [issuer, clientId, file] = [set('ISSUER'), set('CLIENT_ID'), set('CLIENT_SECRET_FILE')]
  const given = set('CLIENT_SECRET')
  if ([issuer, clientId, given, file].every((each) => each === '')) return undefined
  if (issuer === '' || clientId === '' || (given === '') === (file === ''))
    throw usageFailure(
      'HOLDPOINT_OIDC_ISSUER, HOLDPOINT_OIDC_CLIENT_ID and one of HOLDPOINT_OIDC_CLIENT_SECRET and HOLDPOINT_OIDC_CLIENT_SECRET_FILE go together. Nothing was done: set three, or none.',
    )
  if (publicUrl === undefined)
    throw usageFailure(
      'HOLDPOINT_OIDC_ISSUER needs HOLDPOINT_PUBLIC_URL: the provider sends people back to that address. Nothing was done.',
    )
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  // Over http anybody on the way could say who came; on this machine nobody is on the way.
  const isPlain = url?.protocol === 'http:' && loopback.test(url.hostname)
  if (url === undefined || !(url.protocol === 'https:' || isPlain))
    throw usageFailure(
      `HOLDPOINT_OIDC_ISSUER is "${issuer}", which is no address over https. Nothing was done: it looks like https://login.example.com`,
    )
  const clientSecret = file === '' ? given : secretIn(file)
  return { issuer, clientId, clientSecret, name: set('NAME') || url.host }
}

function secretIn(file: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret !== '') return secret
  } catch {
    // Told below.
  }
  throw usageFailure(
    `HOLDPOINT_OIDC_CLIENT_SECRET_FILE is "${file}", which cannot be read or is empty. Nothing was done.`,
  )
}
