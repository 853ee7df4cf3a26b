import { router } from '../trpc/procedure.ts'
import { history } from './history.ts'

export const fleetRouter = router({ history })
