import { router } from '../trpc/procedure.ts'
import { list, versions } from './list.ts'
import { preview } from './preview.ts'
import { retire, save } from './save.ts'

export const policiesRouter = router({ list, versions, preview, save, retire })
