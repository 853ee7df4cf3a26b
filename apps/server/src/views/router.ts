import { router } from '../trpc/procedure.ts'
import { list } from './list.ts'
import { remove } from './remove.ts'
import { save } from './save.ts'

export const viewsRouter = router({ list, save, remove })
