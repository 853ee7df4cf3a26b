import { capabilitiesOf } from '@holdpoint/protocol'
import type {
  Action,
  Agent,
  Approval,
  AuditRow,
  ErrorBody,
  Hold,
  Lease,
  Run,
  RunEvent,
  Step,
} from '@holdpoint/protocol'
import { initTRPC, TRPCError } from '@trpc/server'

import * as sim from './sim.ts'
class Told extends Error {
  body: ErrorBody
  constructor(body: ErrorBody) {
    super(body.message)
    this.body = body
  }
}
const t = initTRPC.create({
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: {
      ...shape.data,
      holdpoint: (error.cause instanceof Told
        ? error.cause.body
        : { code: 'INTERNAL', message: error.message }) as ErrorBody,
    },
  }),
})
const fail = (body: ErrorBody): never => {
  throw new TRPCError({ code: 'CONFLICT', cause: new Told(body), message: body.message })
}
const p = t.procedure
const inp =
  <T>() =>
  (v: unknown) =>
    v as T
const run = (id: string) =>
  sim.runs.get(id) ?? fail({ code: 'RUN_NOT_FOUND', message: 'No such run.' })
const full = (a: any) => ({ ...a, run: sim.runs.get(a.runId) }) as Approval
function control(verb: string) {
  return (id: string, why: string | null) => {
    const r = run(id)
    const now = Date.now()
    if (r.goal?.includes('2.1 M'))
      fail({
        code: 'RUN_BUSY',
        message: "An agent's open transaction holds the run's row.",
        hint: 'End that session, or wait for it.',
        blockers: [{ pid: 4711, login: 'agent_migrator', transactionAge: 94.2 }],
      })
    const c: any = {
      verb,
      by: 'maria',
      why,
      requestedAt: sim.iso(now),
      deliveredAt: null,
      acknowledgedAt: null,
      quiescedAt: null,
    }
    r.control = c
    if (verb === 'pause') {
      r.heldBy = [...r.heldBy, 'operator_pause']
      sim.set(r, 'paused', 'USER_PAUSED', why, now, 'operator:maria')
    }
    if (verb === 'resume') {
      r.heldBy = []
      sim.set(r, 'running', null, null, now, 'operator:maria')
    }
    if (verb === 'kill') sim.set(r, 'killed', 'USER_KILLED', why, now, 'operator:maria')
    sim.log('operator:maria', 'run.' + verb, r)
    const observed = capabilitiesOf(r.engine).delivery === 'observed'
    const step = (k: string, e: string, ms: number) =>
      setTimeout(() => {
        if (r.control === null) return
        r.control = { ...r.control, [k]: sim.iso(Date.now()) }
        sim.emit(r, e)
      }, ms)
    if (observed) {
      step('deliveredAt', 'control.delivered', 600)
      step('acknowledgedAt', 'control.acknowledged', 2000)
    }
    step('quiescedAt', 'control.quiesced', 5000)
    return r as Run
  }
}
export const appRouter = t.router({
  system: t.router({
    info: p.query(() => ({
      environment: 'production',
      user: { name: 'maria' },
      version: '0.1.0',
      postgres: { version: '18.4', embedded: true },
      startedAt: sim.iso(Date.now() - 9e6),
    })),
  }),
  runs: t.router({
    list: p
      .input(
        inp<{
          states?: string[]
          agents?: string[]
          skill?: string
          stopReasons?: string[]
          text?: string
          sort?: string
          cursor?: string
          limit: number
        }>(),
      )
      .query(({ input }) => {
        const s = Number(input.cursor ?? 0)
        const all = [...sim.runs.values()].filter((r) =>
          ['complete', 'failed', 'killed'].includes(r.status),
        )
        return {
          rows: all.slice(s, s + input.limit) as Run[],
          nextCursor: s + input.limit < all.length ? String(s + input.limit) : null,
        }
      }),
    get: p.input(inp<{ id: string }>()).query(({ input }) => {
      const r = run(input.id)
      return {
        run: r as Run,
        lease: (r.worker && r.status === 'running'
          ? {
              worker: r.worker,
              heartbeatAt: sim.iso(Date.now() - 900),
              leaseUntil: sim.iso(Date.now() + 14000),
            }
          : null) as Lease | null,
        holds: r.heldBy.map((k: string, i: number) => ({
          id: String(i),
          runId: r.id,
          kind: k,
          stopReason: r.stopReason,
          openedBy: 'holdpoint',
          why: r.stopDetail,
          openedAt: r.statusSince,
          clearedAt: null,
          clearedBy: null,
          clearedWhy: null,
          approvalId: null,
        })) as Hold[],
        children: [...sim.runs.values()].filter((c) => c.parentId === r.id) as Run[],
        parent: (r.parentId ? sim.runs.get(r.parentId) : null) as Run | null,
      }
    }),
    events: p
      .input(inp<{ id: string; before?: number; after?: number; limit: number }>())
      .query(({ input }) => {
        const all = sim.events.get(input.id) ?? []
        const to = input.before ?? 1e9
        return {
          events: all
            .filter((e) => e.seq < to && e.seq > (input.after ?? 0))
            .slice(-input.limit) as RunEvent[],
        }
      }),
    actions: p.input(inp<{ id: string; cursor?: string; limit: number }>()).query(({ input }) => ({
      rows: (sim.actions.get(input.id) ?? []).slice(0, input.limit) as Action[],
      nextCursor: null as string | null,
    })),
    steps: p
      .input(inp<{ id: string }>())
      .query(({ input }) => ({ rows: (sim.steps.get(input.id) ?? []) as Step[] })),
    pause: p
      .input(inp<{ id: string; reason: string | null }>())
      .mutation(({ input }) => control('pause')(input.id, input.reason)),
    resume: p
      .input(inp<{ id: string; reason: string | null }>())
      .mutation(({ input }) => control('resume')(input.id, input.reason)),
    kill: p
      .input(inp<{ id: string; reason: string }>())
      .mutation(({ input }) => ({ killed: [control('kill')(input.id, input.reason)] })),
  }),
  approvals: t.router({
    list: p
      .input(inp<{ status: 'open' | 'closed'; cursor?: string; limit: number }>())
      .query(({ input }) => ({
        rows: [...sim.approvals.values()]
          .filter((a) => (input.status === 'open') === (a.decision === null && a.closedAt === null))
          .slice(0, input.limit)
          .map(full),
        nextCursor: null as string | null,
      })),
    get: p.input(inp<{ id: string }>()).query(({ input }) => {
      const a = sim.approvals.get(input.id)
      return a ? full(a) : fail({ code: 'APPROVAL_NOT_FOUND', message: 'No such approval.' })
    }),
    decide: p
      .input(inp<{ id: string; decision: 'approved' | 'rejected'; reason: string | null }>())
      .mutation(({ input }) => {
        const a = sim.approvals.get(input.id)
        if (a.decision)
          fail({ code: 'ALREADY_DECIDED', message: 'Someone decided this approval first.' })
        Object.assign(a, {
          decision: input.decision,
          decidedBy: 'maria',
          decidedAt: sim.iso(Date.now()),
          decisionReason: input.reason,
        })
        const r = sim.runs.get(a.runId)
        r.heldBy = []
        sim.emit(
          r,
          'approval.decided',
          { approvalId: a.id, decision: input.decision },
          Date.now(),
          'operator:maria',
        )
        sim.set(r, 'approved', null, null, Date.now(), 'operator:maria')
        return full(a)
      }),
  }),
  agents: t.router({
    list: p.query(
      () =>
        sim.agents.map((a) => {
          const mine = [...sim.runs.values()].filter((r) => r.agentId === a.agentId)
          return {
            ...a,
            runs: mine.length,
            activeRuns: mine.filter((r) => !['complete', 'failed', 'killed'].includes(r.status))
              .length,
          }
        }) as unknown as Agent[],
    ),
    isolate: p.input(inp<{ agentId: string; reason: string }>()).mutation(({ input }) => {
      const a = sim.agents.find((x) => x.agentId === input.agentId)!
      a.isolatedAt = sim.iso(Date.now())
      a.isolatedBy = 'maria'
      a.isolatedWhy = input.reason
      for (const r of sim.runs.values())
        if (r.agentId === a.agentId && ['running', 'queued'].includes(r.status)) {
          r.heldBy = ['isolation']
          sim.set(r, 'paused', 'ISOLATED', input.reason, Date.now(), 'operator:maria')
        }
      return a as unknown as Agent
    }),
    release: p.input(inp<{ agentId: string; reason: string }>()).mutation(({ input }) => {
      const a = sim.agents.find((x) => x.agentId === input.agentId)!
      a.isolatedAt = null
      for (const r of sim.runs.values())
        if (r.agentId === a.agentId && r.stopReason === 'ISOLATED') {
          r.heldBy = []
          sim.set(r, 'running', null, null, Date.now(), 'operator:maria')
        }
      return a as unknown as Agent
    }),
  }),
  audit: t.router({
    list: p
      .input(inp<{ runId?: string; agentId?: string; cursor?: string; limit: number }>())
      .query(({ input }) => {
        const s = Number(input.cursor ?? 0)
        const all = sim.audit.filter(
          (a) =>
            (!input.runId || a.runId === input.runId) &&
            (!input.agentId || a.agentId === input.agentId),
        )
        return {
          rows: all.slice(s, s + input.limit) as AuditRow[],
          nextCursor: s + input.limit < all.length ? String(s + input.limit) : null,
        }
      }),
  }),
  sessions: t.router({
    end: p.input(inp<{ pid: number; reason: string }>()).mutation(() => ({ ended: true })),
  }),
})
export type AppRouter = typeof appRouter
