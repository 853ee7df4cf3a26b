import { router } from '../trpc/procedure.ts'
import { kill } from './kill.ts'
import { pause } from './pause.ts'
import { resume } from './resume.ts'

export const runsRouter = router({ pause, resume, kill })
