import { errorCodes, type ErrorBody, type SignInWays } from '@holdpoint/protocol'

/** Signs in with a name and a password. @returns why not, or null once signed in */
export async function signIn(name: string, password: string): Promise<string | null> {
  const answer = await fetch('/api/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
    body: JSON.stringify({ name, password }),
  }).catch(() => null)
  if (answer === null)
    return 'The server could not be reached. Check the connection, then try again.'
  if (answer.ok) return null
  const told = (await answer.json().catch(() => null)) as {
    error?: { data?: { holdpoint?: ErrorBody } }
  } | null
  const { message = errorCodes.INTERNAL.meaning, hint = '' } = told?.error?.data?.holdpoint ?? {}
  return `${message} ${hint}`.trim()
}

const unsaid: SignInWays = { provider: null, passwords: true }

/** The ways to sign in besides links; while the server cannot say, what every place has from the start. */
export async function waysIn(): Promise<SignInWays> {
  const answer = await fetch('/api/sign-in').catch(() => null)
  if (answer?.ok !== true) return unsaid
  return ((await answer.json().catch(() => null)) as SignInWays | null) ?? unsaid
}
