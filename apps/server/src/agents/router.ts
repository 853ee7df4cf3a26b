import { router } from '../trpc/procedure.ts'
import { endSession } from './end-session.ts'
import { isolate } from './isolate.ts'
import { list } from './list.ts'
import { own } from './own.ts'
import { release } from './release.ts'

export const agentsRouter = router({ list, isolate, release, own })
export const sessionsRouter = router({ end: endSession })
