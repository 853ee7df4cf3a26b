import {
  type ErrorBody,
  errorCodes,
  type Health,
  isUuid,
  type ProviderFacts,
  type Role,
  type Scope,
  shortActor,
} from '@holdpoint/protocol'
import { initTRPC, TRPCError } from '@trpc/server'
import { z, ZodError } from 'zod'

import type { Database } from '../database/database.ts'
import { Problem, problem, problemFrom } from '../database/problem.ts'
import type { Seal } from '../database/seal.ts'
import { inputRefusal } from './input-refusal.ts'

/** Who asks, as audit rows name them, and what they may do. */
export interface Caller {
  readonly actor: string
  /** Whose hand that is: of a token whoever made it. */
  readonly person: string
  readonly scopes: readonly Scope[]
  /** Whose runs they may command; null is every agent's. The database asks again. */
  readonly agents?: readonly string[] | null
  /** Of a signed-in person. */
  readonly session?: string
  readonly roles?: readonly Role[]
}

export interface Context {
  readonly caller: Caller | null
  readonly database: Database
  readonly system: SystemFacts
  readonly outbound: Outbound
  /** How this server lets people in. */
  readonly waysIn: () => WaysIn
  /** How well this server sees what happens. */
  readonly live: () => LiveFacts
  /** Where a sign-in link with this secret leads to. */
  readonly signInUrl: (secret: string) => string
  readonly log: (line: string) => void
}

export interface LiveFacts {
  readonly vitals: Health
  /** Streams that are open at this server. */
  readonly viewers: number
}

export interface WaysIn {
  readonly provider: ProviderFacts | null
  readonly trustedProxies: readonly string[]
}

/** What verbs know of how people are told outside the console. */
export interface Outbound {
  readonly seal: Seal
  readonly hasMailServer: boolean
}

export interface SystemFacts {
  readonly environment: string
  readonly version: string
  readonly embedded: boolean
  readonly startedAt: string
}

const t = initTRPC
  .context<Context>()
  .meta<{ scope: Scope }>()
  .create({
    // A stack never leaves the process.
    isDev: false,
    errorFormatter: ({ shape, error }) => {
      const holdpoint = bodyOf(error)
      return { ...shape, message: holdpoint.message, data: { ...shape.data, holdpoint } }
    },
  })

export const router = t.router
export const createCallerFactory = t.createCallerFactory

const trpcCodes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const

/** The one place that turns what went wrong into what is told. */
const telling = t.middleware(async ({ ctx, next, path }) => {
  const result = await next()
  if (result.ok) return result
  const known = problemFrom(result.error.cause ?? result.error)
  if (known !== undefined) throw asTrpc(known)
  if (result.error.code !== 'INTERNAL_SERVER_ERROR') throw result.error
  throw asTrpc(brokenOnOurSide(result.error.cause ?? result.error, path, ctx.log))
})

const asTrpc = (cause: Problem): TRPCError =>
  new TRPCError({
    code: trpcCodes[errorCodes[cause.body.code].http],
    message: cause.body.message,
    cause,
  })

/** Logs what broke with an id, and tells only the id. */
export function brokenOnOurSide(
  error: unknown,
  where: string,
  log: (line: string) => void,
): Problem {
  const id = crypto.randomUUID().slice(0, 8)
  log(
    `error ${id} in ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  return problem(
    'INTERNAL',
    `Something broke on our side (${id}).`,
    `The server's log has the details under ${id}.`,
  )
}

function bodyOf(error: TRPCError): ErrorBody {
  if (error.cause instanceof Problem) return error.cause.body
  if (error.cause instanceof ZodError) return inputRefusal(error.cause)
  if (error.code === 'NOT_FOUND') {
    return { code: 'NOT_FOUND', message: errorCodes.NOT_FOUND.meaning }
  }
  if (error.code === 'INTERNAL_SERVER_ERROR') {
    return { code: 'INTERNAL', message: errorCodes.INTERNAL.meaning }
  }
  return { code: 'BAD_REQUEST', message: errorCodes.BAD_REQUEST.meaning }
}

/** Scope first, then input: a caller without the scope learns nothing from how input is read. */
const needing = (scope: Scope) =>
  t.procedure
    .meta({ scope })
    .use(telling)
    .use(async ({ ctx, next }) => {
      const { caller } = ctx
      if (caller === null) throw problem('UNAUTHENTICATED')
      if (!caller.scopes.includes(scope)) {
        throw problem('FORBIDDEN', `This needs the scope "${scope}", which you do not have.`)
      }
      return next({ ctx: { ...ctx, caller } })
    })

/** A question. */
export const query = needing('read')
/** A question about people and secrets. */
export const adminQuery = needing('administer')
/** A command, for those who have its scope. */
export const verb = (scope: Exclude<Scope, 'read'>) => needing(scope)

/** A command that a person gives about themselves: what they may do elsewhere does not matter, who they are does. */
export const ownVerb = needing('read').use(async ({ ctx, next }) => {
  const { session } = ctx.caller
  if (session === undefined) throw problem('FORBIDDEN', 'This is for people who are signed in.')
  return next({ ctx: { ...ctx, session, person: shortActor(ctx.caller.actor) } })
})

/** A UUID as the field writes them: any version, any case. */
export const id = <Id extends string>() =>
  z
    .string()
    .refine(isUuid, 'not a UUID')
    .transform((text) => text.toLowerCase() as Id)

/** Why someone does it; an empty one counts as none. At most 2000 characters, as in the database. */
export const reason = z
  .string()
  .trim()
  .max(2000)
  .nullish()
  .transform((text) => (text === undefined || text === '' ? null : text))

/** Why, where nobody else can know it later. */
export const requiredReason = z.string().trim().min(1, 'say why').max(2000)

/** An agent's name, as the field writes it. */
export const agentId = z.string().min(1).max(200)

/** Where a page begins: what the page before gave. */
export const cursor = z.string().max(500).nullish()

export const limit = (most: number, usual: number) =>
  z.number().int().min(1).max(most).default(usual)
