import { router } from '../trpc/procedure.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { values } from './values.ts'

export const auditRouter = router({ list, get, values })
