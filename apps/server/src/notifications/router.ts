import { router } from '../trpc/procedure.ts'
import { add } from './add.ts'
import { change } from './change.ts'
import { list, trouble, undelivered } from './list.ts'
import { remove } from './remove.ts'
import { retry } from './retry.ts'
import { tryOut } from './try-out.ts'

export const channelsRouter = router({
  list,
  undelivered,
  trouble,
  add,
  change,
  remove,
  retry,
  test: tryOut,
})
