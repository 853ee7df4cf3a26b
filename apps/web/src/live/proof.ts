import type { OwnSession } from '@holdpoint/protocol'

/** What this browser's cookie is worth at this moment; `unknown` while the server cannot say. */
export type Proof =
  | { readonly kind: 'in'; readonly session: string }
  | { readonly kind: 'out' }
  | { readonly kind: 'unknown' }

const patienceMs = 10_000

/** Asks the server, for which the tabs of a browser are one: they have the same cookie. */
export async function proveSession(): Promise<Proof> {
  try {
    const answer = await fetch('/api/session', { signal: AbortSignal.timeout(patienceMs) })
    if (answer.status === 401) return { kind: 'out' }
    if (!answer.ok) return { kind: 'unknown' }
    return { kind: 'in', session: ((await answer.json()) as OwnSession).session }
  } catch {
    return { kind: 'unknown' }
  }
}
