import { router } from '../trpc/procedure.ts'
import { account } from './account.ts'
import { disable, enable } from './disable.ts'
import { link } from './link.ts'
import { list } from './list.ts'
import { add, change } from './save.ts'
import { endOthers, endOwn, endSession, endSessions, ownSessions, sessions } from './sessions.ts'
import { removePassword, setPassword } from './set-password.ts'
import { listTokens, makeToken, revokeToken } from './tokens.ts'
import { allowPasswords, unbindIdentity, waysIn } from './ways-in.ts'

export const operatorsRouter = router({
  list,
  add,
  change,
  disable,
  enable,
  link,
  sessions,
  endSession,
  endSessions,
  ownSessions,
  endOwn,
  endOthers,
  account,
  setPassword,
  removePassword,
  waysIn,
  allowPasswords,
  unbindIdentity,
})
export const tokensRouter = router({ list: listTokens, make: makeToken, revoke: revokeToken })
