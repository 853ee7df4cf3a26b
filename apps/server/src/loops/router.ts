import { router } from '../trpc/procedure.ts'
import { list } from './list.ts'
import { retire } from './retire.ts'

export const loopsRouter = router({ list, retire })
