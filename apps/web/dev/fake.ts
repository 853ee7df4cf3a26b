// node dev/fake.ts [runs] — a stand-in server; GET /fake?mode=down|lag|empty|out|silent|ok switches its moods.
import { createServer } from 'node:http'

import { createHTTPHandler } from '@trpc/server/adapters/standalone'

import { appRouter } from './fakeRouter.ts'
import * as sim from './sim.ts'
let mode = 'ok'
sim.seed(Number(process.argv[2] ?? 600))
const fleets = new Set<any>(),
  watched = new Map<any, string>()
const trpc = createHTTPHandler({ router: appRouter, basePath: '/trpc/' })
const counts = () => {
  const c: any = {
    queued: 0,
    running: 0,
    paused: 0,
    approved: 0,
    complete: 12044,
    failed: 0,
    killed: 0,
    lost: 0,
  }
  for (const r of sim.runs.values()) c[r.status]++
  return c
}
const head = () => ({
  position: String(Date.now()),
  asOf: sim.iso(Date.now()),
  counts: counts(),
  approvalsWaiting: [...sim.approvals.values()].filter((a) => !a.decision).length,
})
const ended = (r: any) => ['complete', 'failed', 'killed'].includes(r.status)
const send = (res: any, event: string, data: any) => {
  if (mode !== 'silent')
    res.write(`event: ${event}\nid: ${Date.now()}\ndata: ${JSON.stringify(data)}\n\n`)
}
const health = () => ({
  database: mode === 'down' ? 'down' : 'up',
  asOf: sim.iso(Date.now()),
  lagMs: mode === 'lag' ? 4200 : Math.round(8 + Math.random() * 30),
  clockSkewMs: 0,
})
setInterval(() => {
  for (const r of [...fleets, ...watched.keys()]) send(r, 'health', health())
}, 1000)
setInterval(() => {
  const live = [...sim.runs.values()].filter((r) => !ended(r))
  for (let i = 0; i < 6; i++) {
    const r = live[Math.floor(Math.random() * live.length)]
    if (r) sim.tick(r)
  }
  for (const id of watched.values()) {
    const r = sim.runs.get(id)
    if (r && Math.random() < 0.25) sim.tick(r)
  }
  if (live.length < Number(process.argv[2] ?? 600) * 0.5 && mode !== 'empty') sim.start(Date.now())
  if (sim.dirty.size && mode !== 'down' && mode !== 'empty') {
    const f = { ...head(), runs: [...sim.dirty].map((d) => sim.runs.get(d)) }
    for (const r of fleets) send(r, 'frame', f)
    for (const [r, id] of watched) {
      const e = sim.fresh.get(id)
      if (e) send(r, 'frame', { position: f.position, asOf: f.asOf, events: e })
    }
  }
  sim.dirty.clear()
  sim.fresh.clear()
}, 100)
createServer((req, res) => {
  const url = new URL(req.url!, 'http://x')
  if (url.pathname === '/fake') {
    mode = url.searchParams.get('mode') ?? 'ok'
    for (const r of [...fleets, ...watched.keys()])
      if (mode === 'out' || mode === 'gone') r.destroy()
    return res.end(mode)
  }
  if (mode === 'gone') return req.destroy()
  if (mode === 'out') {
    res.statusCode = 401
    res.setHeader('content-type', 'application/json')
    return res.end(
      JSON.stringify([
        {
          error: {
            message: 'Sign in first.',
            code: -32001,
            data: {
              code: 'UNAUTHORIZED',
              httpStatus: 401,
              holdpoint: { code: 'UNAUTHENTICATED', message: 'Sign in first.' },
            },
          },
        },
      ]),
    )
  }
  if (url.pathname.startsWith('/trpc')) return trpc(req, res)
  const m = url.pathname.match(/^\/api\/stream\/(fleet|runs\/(.+))$/)
  if (!m) {
    res.statusCode = 404
    return res.end()
  }
  if (m[2] && !sim.runs.has(m[2])) {
    res.statusCode = 404
    return res.end()
  }
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  if (m[2]) {
    watched.set(res, m[2])
    send(res, 'snapshot', {
      position: '1',
      asOf: sim.iso(Date.now()),
      run: sim.runs.get(m[2]),
      events: sim.events.get(m[2])!.slice(-500),
    })
  } else {
    fleets.add(res)
    const all = [...sim.runs.values()]
    send(res, 'snapshot', {
      ...head(),
      ...(mode === 'empty'
        ? {
            runs: [],
            counts: {
              queued: 0,
              running: 0,
              paused: 0,
              approved: 0,
              complete: 0,
              failed: 0,
              killed: 0,
              lost: 0,
            },
            approvalsWaiting: 0,
          }
        : { runs: [...all.filter((r) => !ended(r)), ...all.filter(ended).slice(-200)] }),
      truncated: false,
    })
  }
  send(res, 'health', health())
  res.on('close', () => {
    fleets.delete(res)
    watched.delete(res)
  })
}).listen(Number(process.env.PORT ?? 4700), '127.0.0.1')
