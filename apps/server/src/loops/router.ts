import { router } from '../trpc/procedure.ts'
import { list } from './list.ts'

export const loopsRouter = router({ list })
