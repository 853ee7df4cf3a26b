// A simulated fleet for working on screens without a database. Not part of the build.
const R = (() => {
  let s = 7
  return () => (s = (s * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
})()
export const pick = (a: any[]) => a[Math.floor(R() * a.length)]
const uuid = () =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(R() * 16).toString(16))
export const iso = (t: number) => new Date(t).toISOString().replace('Z', '000+00:00')
const kinds: any = {
  'refund-agent': {
    skill: 'refund',
    v: '12',
    goals: [
      'Refund booking EHGLP3 to the original card',
      'Cancel reservation QX81TT and refund the difference',
      'Refund duplicate charge on invoice 20441',
      'Check whether order 9917 may be refunded after 30 days',
    ],
    steps: [
      'read_booking',
      'check_policy',
      'compute_refund',
      'cancel_reservation',
      'notify_customer',
    ],
    tools: [
      ['bookings.get', 'EHGLP3'],
      ['payments.refund', 'card_…4242'],
      ['send_email', 'm.okafor@example.com'],
      ['cancel_reservation', 'EHGLP3'],
    ],
  },
  triage: {
    skill: 'incident-triage',
    v: '31',
    goals: [
      'Correlate incident INC-2231 with deploys of the last 6 h',
      'Summarise alert storm on checkout-eu and page the owner',
      'Find the first bad commit behind p99 on search-api',
      'Decide if the disk alerts on db-7 are the same incident',
    ],
    steps: ['fetch_alerts', 'fetch_deploys', 'correlate', 'draft_summary', 'page_owner'],
    tools: [
      ['github.search', 'deploys since 21:00'],
      ['pagerduty.incidents', 'checkout-eu'],
      ['logs.query', 'level=error service=search-api'],
      ['slack.post', '#inc-2231'],
    ],
  },
  'order-ingest': {
    skill: 'ingest-orders',
    v: '4',
    goals: [
      'Ingest north and south order files for 20 Nov',
      'Re-run south file after upsert_destination 502',
      'Ingest partner file acme_2026_11_20.csv',
    ],
    steps: ['list_files', 'validate_rows', 'upsert_destination', 'rollup'],
    tools: [
      ['upload_file', 's3://orders/north.csv'],
      ['upsert_destination', 'warehouse.orders'],
      ['http.get', 'partner.example/export'],
    ],
  },
  research: {
    skill: 'market-research',
    v: '7',
    goals: [
      'Compare pricing pages of six observability vendors',
      'Collect EU AI Act obligations for deployers, with citations',
      'Find three customers who moved off vendor X and why',
    ],
    steps: ['plan', 'search', 'read_source', 'take_notes', 'write_report'],
    tools: [
      ['search_web', 'observability pricing 2026'],
      ['fetch_page', 'https://example.org/pricing'],
      ['llm.generate', 'notes → outline'],
    ],
  },
  support: {
    skill: 'support-reply',
    v: '58',
    goals: [
      'Answer ticket 48113 about a failed export',
      'Answer ticket 48120: cannot sign in after SSO change',
      'Re-open ticket 47992 and apologise for the duplicate reply',
      'Answer ticket 48131 about a missing invoice',
    ],
    steps: ['read_ticket', 'look_up_account', 'draft_reply', 'send_reply'],
    tools: [
      ['zendesk.get', '48113'],
      ['send_email', 'customer'],
      ['accounts.lookup', 'acct_8812'],
      ['llm.generate', 'reply draft'],
    ],
  },
  migrator: {
    skill: 'schema-change',
    v: '2',
    goals: [
      'Backfill orders.currency for 2.1 M rows',
      'Drop index idx_orders_old after checking it is unused',
    ],
    steps: ['plan_change', 'dry_run', 'apply_batch', 'verify_counts'],
    tools: [
      ['sql.execute', 'update orders set currency …'],
      ['sql.explain', 'orders'],
      ['slack.post', '#data'],
    ],
  },
}
const agentIds = ['refund-agent', 'triage', 'order-ingest', 'research', 'support', 'migrator']
export const events = new Map<string, any[]>()
export const actions = new Map<string, any[]>()
export const steps = new Map<string, any[]>()
export const runs = new Map<string, any>()
export const approvals = new Map<string, any>()
export const audit: any[] = []
export const agents = agentIds.map((a) => ({
  agentId: a,
  login: a === 'migrator' ? null : 'agent_' + a.replace(/-/g, '_'),
  isolatedAt: null as any,
  isolatedBy: null as any,
  isolatedWhy: null as any,
  activeRuns: 0,
  runs: 0,
  lastSeenAt: iso(Date.now()),
  connections: 3,
}))
let audited = 0
export const log = (
  actor: string,
  action: string,
  run: any,
  before: any = null,
  after: any = null,
) =>
  audit.unshift({
    id: String(++audited),
    agentId: run?.agentId ?? null,
    runId: run?.id ?? null,
    actor,
    login: actor.startsWith('agent') ? 'agent_' + run?.agentId : 'holdpoint_server',
    action,
    targetTable: action.includes('.') ? 'workflow_checkpoints' : 'bookings',
    targetRowId: run?.id?.slice(0, 8) ?? null,
    dataBefore: before,
    dataAfter: after,
    credentials: actor.startsWith('agent') ? 'svc-key-7' : null,
    loggedAt: iso(Date.now()),
    seenAt: iso(Date.now()),
    late: false,
  })
export const dirty = new Set<string>()
export const fresh = new Map<string, any[]>()
export function emit(
  run: any,
  kind: string,
  detail: any = null,
  t = Date.now(),
  actor = 'agent:' + run.agentId,
) {
  run.seq++
  run.lastEvent = { kind, actor, at: iso(t) }
  const e = {
    runId: run.id,
    seq: run.seq,
    kind,
    actor,
    login: 'agent_' + run.agentId,
    at: iso(t),
    detail,
    state: structuredClone(run),
  }
  const list = events.get(run.id) ?? []
  list.push(e)
  events.set(run.id, list)
  dirty.add(run.id)
  const f = fresh.get(run.id) ?? []
  f.push(e)
  fresh.set(run.id, f)
  return e
}
export function start(t: number, agentId = pick(agentIds), parent: any = null) {
  const k = kinds[agentId]
  const id = uuid()
  const run: any = {
    id,
    agentId,
    parentId: parent?.id ?? null,
    rootId: parent?.rootId ?? id,
    goal: pick(k.goals),
    skill: k.skill,
    skillVersion: k.v,
    labels: { team: 'ops' },
    engine: agentId === 'migrator' ? 'sql' : 'sdk',
    worker:
      agentId === 'migrator'
        ? null
        : `${agentId}-${1 + Math.floor(R() * 4)}@node-${Math.floor(R() * 9)}`,
    status: 'running',
    statusSince: iso(t),
    heldBy: [],
    stopReason: null,
    stopDetail: null,
    step: null,
    stepSince: null,
    steps: 0,
    tool: null,
    toolTarget: null,
    toolSince: null,
    waitingOn: null,
    spend: { tokensIn: 0, tokensOut: 0, costUsd: 0 },
    limits: {
      tokens: null,
      costUsd: R() < 0.6 ? pick([0.5, 1, 2, 5]) : null,
      steps: null,
      deadline: null,
    },
    drift: null,
    control: null,
    epoch: 1,
    seq: 0,
    lastEvent: null,
    createdAt: iso(t),
  }
  runs.set(id, run)
  emit(run, 'run.started', null, t)
  return run
}
export function set(
  run: any,
  status: string,
  stopReason: any,
  detail: any,
  t = Date.now(),
  actor?: string,
  kind?: string,
) {
  run.status = status
  run.statusSince = iso(t)
  run.stopReason = stopReason
  run.stopDetail = detail
  if (['complete', 'failed', 'killed'].includes(status)) {
    run.heldBy = []
    run.tool = null
    run.toolSince = null
    run.toolTarget = null
    run.waitingOn = null
  }
  emit(run, kind ?? 'run.' + status, detail ? { why: detail } : null, t, actor)
}
const open = new Map<string, any>()
export function ask(run: any, t = Date.now()) {
  const k = kinds[run.agentId]
  const [tool, target] = pick(k.tools)
  const a: any = {
    id: uuid(),
    runId: run.id,
    requestedBy: run.agentId,
    requestedAt: iso(t),
    tool: run.engine === 'sql' ? null : tool,
    target: run.engine === 'sql' ? null : target,
    arguments:
      run.engine === 'sql'
        ? null
        : {
            booking: 'EHGLP3',
            passenger: { name: 'Amaka Okafor', email: 'm.okafor@example.com', tier: 'gold' },
            refund: {
              amount: 412.5,
              currency: 'EUR',
              to: 'card_…4242',
              lines: [
                { sku: 'FARE', amount: 380 },
                { sku: 'SEAT-14C', amount: 32.5 },
              ],
            },
            notify: true,
            note: 'Customer was promised a refund on 18 Nov by phone (ticket 48113). Policy allows it within 30 days.',
          },
    agentReason:
      run.engine === 'sql'
        ? null
        : 'The fare rules allow a full refund because the airline cancelled the outbound flight; the customer asked twice.',
    reversible: R() < 0.4,
    risk: pick(['low', 'medium', 'high', null]),
    digest: 'b7f1c09e4d2a88a1f0c35e7790ab41de6621ffb3017c4e9da2f8b6130c5e7f21',
    requestedLogin: 'agent_' + run.agentId,
    expiresAt: R() < 0.7 ? iso(t + 60000 * (2 + R() * 40)) : null,
    decision: null,
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    closedAt: null,
    closedWhy: null,
  }
  approvals.set(a.id, a)
  run.heldBy = ['approval']
  run.tool = null
  run.toolSince = null
  set(run, 'paused', 'AWAITING_APPROVAL', a.agentReason, t)
  emit(
    run,
    'approval.requested',
    { approvalId: a.id, tool: a.tool ?? undefined, target: a.target ?? undefined },
    t,
  )
  return a
}
export function tick(run: any, t = Date.now()) {
  if (run.status === 'approved') {
    set(run, 'running', null, null, t)
    return
  }
  if (run.status !== 'running') return
  if (run.control && !run.control.quiescedAt) run.control = null
  const k = kinds[run.agentId]
  const o = open.get(run.id)
  if (o) {
    const act = actions.get(run.id)!.find((a) => a.id === o)
    open.delete(run.id)
    const bad = R() < 0.06
    act.state = bad ? 'failed' : 'confirmed'
    act.endedAt = iso(t)
    act.error = bad ? '502 Bad Gateway after 4.1 s' : null
    act.errorClass = bad ? 'transient' : null
    act.response = bad
      ? null
      : {
          ok: true,
          id: 'res_' + act.id.slice(0, 6),
          items: [1, 2, 3].map((n) => ({ n, status: 'ok' })),
        }
    run.tool = null
    run.toolTarget = null
    run.toolSince = null
    run.spend = {
      tokensIn: run.spend.tokensIn + Math.floor(R() * 3000),
      tokensOut: run.spend.tokensOut + Math.floor(R() * 800),
      costUsd: run.spend.costUsd + R() * 0.04,
    }
    emit(
      run,
      bad ? 'action.failed' : 'action.confirmed',
      {
        actionId: o,
        tool: act.tool,
        target: act.target,
        step: run.step,
        ...(bad ? { error: act.error, errorClass: 'transient' } : {}),
      },
      t,
    )
    return
  }
  const r = R()
  if (r < 0.5 || !run.step) {
    const prev = (steps.get(run.id) ?? []).at(-1)
    if (prev && prev.state === 'running') {
      prev.state = 'done'
      prev.endedAt = iso(t)
      prev.result = {
        rows: Math.floor(R() * 90),
        note: 'All rows pass the check; two have no currency and were skipped.',
      }
      emit(run, 'step.completed', { step: prev.name, occurrence: prev.occurrence }, t)
    }
    const name = k.steps[run.steps % k.steps.length]
    run.steps++
    run.step = name
    run.stepSince = iso(t)
    const list = steps.get(run.id) ?? []
    list.push({
      runId: run.id,
      name,
      occurrence: 1 + list.filter((s: any) => s.name === name).length,
      epoch: run.epoch,
      attempt: 1,
      state: 'running',
      input: { goal: run.goal, step: name, cursor: run.seq, previous: prev?.result ?? null },
      result: null,
      error: null,
      startedAt: iso(t),
      endedAt: null,
    })
    steps.set(run.id, list)
    emit(run, 'run.step', { step: name, occurrence: list.at(-1).occurrence }, t)
  } else if (r < 0.93) {
    const [tool, target] = pick(k.tools)
    const id = uuid()
    open.set(run.id, id)
    const list = actions.get(run.id) ?? []
    list.unshift({
      id,
      runId: run.id,
      epoch: run.epoch,
      step: run.step,
      tool,
      target,
      idempotencyKey: run.id.slice(0, 8) + ':' + run.step + ':' + list.length,
      request: {
        tool,
        target,
        args: { limit: 50, dry_run: false, query: 'select * from orders where day = $1' },
      },
      digest: 'b7f1c09e4d2a88a1',
      state: 'intended',
      attempt: 1,
      reversible: null,
      response: null,
      error: null,
      errorClass: null,
      externalRef: null,
      late: null,
      intendedAt: iso(t),
      endedAt: null,
    })
    actions.set(run.id, list)
    run.tool = tool
    run.toolTarget = target
    run.toolSince = iso(t)
    emit(run, 'action.intended', { actionId: id, tool, target, step: run.step }, t)
    log('agent:' + run.agentId, tool, run, null, { target })
  } else if (r < 0.96)
    emit(run, 'run.progress', { outcome: 'Read 40 of 120 rows; nothing unusual so far.' }, t)
  else if (run.seq > 12) {
    const q = R()
    if (q < 0.6) set(run, 'complete', null, null, t)
    else if (q < 0.7)
      set(
        run,
        'failed',
        'TOOL_FAILURE',
        'upsert_destination answered 502 three times; north landed, south did not.',
        t,
      )
    else if (q < 0.75) {
      const v = run.waitingOn
      run.waitingOn = v
        ? null
        : {
            kind: pick(['timer', 'job', 'backoff']),
            what: 'export job 7712',
            until: iso(t + 40000),
          }
      emit(run, v ? 'run.running' : 'run.waiting', null, t)
    } else if (q < 0.77) ask(run, t)
  }
}
export function seed(n: number) {
  const now = Date.now()
  for (let i = 0; i < n; i++) {
    let t = now - R() * 3600000 * (i < n * 0.7 ? 0.4 : 3)
    const run = start(t)
    const m = 3 + R() * (i === 5 ? 2500 : 26)
    for (let j = 0; j < m && t < now; j++) {
      t += R() * 9000
      if (run.status === 'running') tick(run, Math.min(t, now))
    }
  }
  const live = () => [...runs.values()].filter((r) => r.status === 'running')
  for (let i = 0; i < 4; i++) ask(live()[i * 7]!, now - 60000 * i)
  const plain = live().find((r) => r.engine === 'sql')
  if (plain) ask(plain)
  const l = live()
  let x = 9
  for (const [reason, why, hold, by] of [
    [
      'LOOP_DETECTED',
      'search_web ×6 with the same arguments and the same results',
      'detection',
      'holdpoint',
    ],
    ['BUDGET_EXCEEDED', 'spent $2.03 of $2.00', 'budget', 'holdpoint'],
    ['USER_PAUSED', 'Looking at the refund amounts first', 'operator_pause', 'operator:maria'],
    ['STALLED', 'no event for 9 min inside github.search', 'detection', 'holdpoint'],
  ] as any) {
    const r = l[(x += 11)]
    r.heldBy = [hold]
    if (hold === 'operator_pause')
      r.control = {
        verb: 'pause',
        by: 'maria',
        why,
        requestedAt: iso(now - 4000),
        deliveredAt: iso(now - 3600),
        acknowledgedAt: iso(now - 2500),
        quiescedAt: null,
      }
    set(r, 'paused', reason, why, now - 90000, by)
    emit(r, 'hold.opened', { hold, why }, now - 90000, by)
  }
  const r = l[80]
  r.tool = 'upload_file'
  r.toolTarget = 's3://orders/north.csv'
  r.toolSince = iso(now - 30000)
  set(
    r,
    'lost',
    'UNKNOWN_OUTCOME',
    'upload_file was in flight when the lease ran out',
    now - 14000,
    'holdpoint',
  )
  const c = l[90]
  for (let i = 0; i < 3; i++) start(now - 5000 * i, c.agentId, c)
  for (const r of [l[95], l[96]]) {
    r.status = 'queued'
    r.worker = null
    emit(r, 'run.queued')
  }
  dirty.clear()
  fresh.clear()
}
