import { agentsRouter, sessionsRouter } from '../agents/router.ts'
import { approvalsRouter } from '../approvals/router.ts'
import { auditRouter } from '../audit/router.ts'
import { detectionsRouter } from '../detections/router.ts'
import { fleetRouter } from '../fleet/router.ts'
import { health } from '../health/health.ts'
import { historyRouter } from '../history/router.ts'
import { loopsRouter } from '../loops/router.ts'
import { channelsRouter } from '../notifications/router.ts'
import { operatorsRouter, tokensRouter } from '../operators/router.ts'
import { policiesRouter } from '../policies/router.ts'
import { runsRouter } from '../runs/router.ts'
import { viewsRouter } from '../views/router.ts'
import { createCallerFactory, router } from './procedure.ts'
import { info } from './system.ts'

/** Everything that can be asked of the server; the web app imports its type. */
export const appRouter = router({
  system: router({ info, health }),
  runs: runsRouter,
  approvals: approvalsRouter,
  policies: policiesRouter,
  agents: agentsRouter,
  sessions: sessionsRouter,
  audit: auditRouter,
  views: viewsRouter,
  fleet: fleetRouter,
  history: historyRouter,
  loops: loopsRouter,
  detections: detectionsRouter,
  channels: channelsRouter,
  operators: operatorsRouter,
  tokens: tokensRouter,
})
export type AppRouter = typeof appRouter

export const createCaller = createCallerFactory(appRouter)
