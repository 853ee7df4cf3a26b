import { setTimeout as sleep } from 'node:timers/promises'

import { type Recording, readRecordings } from '@holdpoint/recordings'
import { FencedError, RunEndedError, Worker } from '@holdpoint/sdk'

import { messageOf } from '../error-words.ts'
import { play } from './play.ts'
import { STARTING_MS } from './timing.ts'

export interface ReplayOptions {
  /** A file of recorded runs, or a folder of such files. */
  readonly file: string
  /** How many times as fast as the timing model; 1 unless given. */
  readonly speed?: number | undefined
  /** So many runs at a time; all of them unless given. */
  readonly runs?: number | undefined
  /** Connection string of an agent's login: the trial login acts as `replay-...`, another one as its own agent. */
  readonly url: string
  /** Ends the replay: runs under way end as failed, since nobody will go on with them. */
  readonly signal?: AbortSignal | undefined
  readonly log?: ((line: string) => void) | undefined
}

export interface ReplayResult {
  readonly complete: number
  /** Killed, or taken over by someone. */
  readonly stopped: number
  readonly failed: number
}

type Outcome = keyof ReplayResult

const POOL_SIZE = 8

/** Plays recorded runs as supervised runs; they obey holds and kills like any other. @throws FormatError */
export async function replayFile(options: ReplayOptions): Promise<ReplayResult> {
  const log = options.log ?? (() => undefined)
  const recordings = await readRecordings(options.file)
  const atATime = Math.min(options.runs ?? recordings.length, recordings.length)
  log(`Replaying ${recordings.length} runs, ${atATime} at a time.`)
  const worker = new Worker({ url: options.url, poolSize: POOL_SIZE, log })
  try {
    const interrupted = options.signal ?? new AbortController().signal
    const outcomes = await playAll(recordings, atATime, {
      worker,
      agent: await worker.ownAgent(),
      speed: options.speed ?? 1,
      interrupted,
      interruption: untilInterrupted(interrupted),
      log,
    })
    const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length
    const result = {
      complete: count('complete'),
      stopped: count('stopped'),
      failed: count('failed'),
    }
    log(
      `${result.complete} complete, ${result.stopped} killed or taken over, ${result.failed} failed.`,
    )
    return result
  } finally {
    await worker.close()
  }
}

interface Playing {
  readonly worker: Worker
  readonly agent: string | null
  readonly speed: number
  readonly interrupted: AbortSignal
  readonly interruption: Promise<never>
  readonly log: (line: string) => void
}

async function playAll(
  recordings: readonly Recording[],
  atATime: number,
  playing: Playing,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  const lane = async (nth: number): Promise<void> => {
    const signal = playing.interrupted
    await sleep((nth * STARTING_MS) / playing.speed, undefined, { signal }).catch(() => undefined)
    while (!signal.aborted) {
      const recording = recordings[next]
      next += 1
      if (recording === undefined) return
      outcomes.push(await playOne(recording, playing))
    }
  }
  await Promise.all(Array.from({ length: atATime }, async (_, nth) => lane(nth)))
  return outcomes
}

async function playOne(recording: Recording, playing: Playing): Promise<Outcome> {
  const spec = {
    agent: playing.agent ?? `replay-${recording.agent}`,
    goal: recording.goal,
    skill: recording.agent,
    labels: { ...recording.labels, replay: 'true', spend: 'estimate' },
  }
  const { speed, interrupted, interruption } = playing
  try {
    await playing.worker.supervise(spec, async (run) =>
      Promise.race([play(run, recording, speed, interrupted), interruption]),
    )
    return 'complete'
  } catch (error) {
    if (error instanceof RunEndedError || error instanceof FencedError) return 'stopped'
    if (!interrupted.aborted) playing.log(messageOf(error))
    return 'failed'
  }
}

/** Rejects when the replay is interrupted, also for a run that waits while someone holds it. */
function untilInterrupted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const give = (): void => reject(new Error('The replay was interrupted.'))
  if (signal.aborted) give()
  else signal.addEventListener('abort', give, { once: true })
  // Heard by each run that races with it; before the first there is none.
  promise.catch(() => undefined)
  return promise
}
