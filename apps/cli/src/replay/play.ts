import { setTimeout as sleep } from 'node:timers/promises'

import type { Recording, ToolCall, Turn } from '@holdpoint/recordings'
import type { Run } from '@holdpoint/sdk'

import { callingMs, tellingMs, tokens } from './timing.ts'

/** Plays one recording as the run it was: a step for each turn, an action for each tool call. */
export async function play(
  run: Run,
  recording: Recording,
  speed: number,
  interrupted: AbortSignal,
): Promise<void> {
  const wait = async (ms: number, signal: AbortSignal): Promise<void> =>
    sleep(ms / speed, undefined, { signal: AbortSignal.any([signal, interrupted]) })
  for (const turn of recording.turns) {
    await run.step(turn.speaker, { input: inputOf(turn) }, async (step) => {
      await wait(tellingMs(turn.text), step.signal)
      for (const call of turn.calls) {
        await step.action(call.tool, aboutCall(call), async (signal) => {
          await wait(callingMs(call.response), signal)
          return call.response
        })
      }
    })
    await run.spend(
      turn.byModel ? { tokensOut: tokens(turn.text) } : { tokensIn: tokens(turn.text) },
    )
  }
}

const inputOf = (turn: Turn): object => ({
  content: turn.text,
  ...(turn.calls.length > 0 && { calls: turn.calls.map(({ tool }) => tool) }),
})

const aboutCall = (call: ToolCall) => ({
  request: call.request,
  target: targetOf(call.request),
  spent: () => ({
    tokensIn: tokens(JSON.stringify(call.response)),
    tokensOut: tokens(JSON.stringify(call.request)),
  }),
})

/** The first plain argument tells a reader most: a reservation, a user. */
function targetOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const first: unknown = Object.values(request).find((value) => typeof value === 'string')
  return typeof first === 'string' ? first.slice(0, 200) : undefined
}
