import { isFinal, type Action, type Run } from '@holdpoint/protocol'

import { visible } from '../ui/visible.ts'

/** The largest response that the ledger takes, in bytes. */
const mostBytes = 256 * 1024

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type Typed =
  | { readonly ok: true; readonly response?: Json }
  | { readonly ok: false; readonly because: string }

/** The response as typed: nothing is nothing, anything else must be JSON. */
export function responseOf(typed: string): Typed {
  const text = typed.trim()
  if (text === '') return { ok: true }
  if (new TextEncoder().encode(text).length > mostBytes)
    return { ok: false, because: 'The response is over 256 KiB.' }
  try {
    return { ok: true, response: JSON.parse(text) as Json }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, because: `Not JSON yet: ${why}. Text goes in quotes.` }
  }
}

const then = ({ status }: Run): string =>
  status === 'lost'
    ? 'once a worker has claimed the run'
    : 'by itself, unless something else holds it'

/** What each answer does, before it is given. */
export function whatSettlingDoes(landed: boolean, action: Action, run: Run): string {
  if (isFinal(run.status))
    return `The run has ended: the record says that it ${landed ? 'landed' : 'did not land'}, and nothing else changes.`
  if (landed)
    return `The action counts as done and is not run again. The agent gets the response below as its answer, none if it is empty, and goes on ${then(run)}.`
  const twice =
    action.reversible === false
      ? ' It cannot be undone: if it landed after all, it happens twice.'
      : ' If it landed after all, it happens twice.'
  return `The action counts as failed. The agent goes on ${then(run)}. When it does, it will try ${visible(action.tool)} again.${twice}`
}
