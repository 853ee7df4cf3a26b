import type { Approval, ApprovalToAnswer, Page } from '@holdpoint/protocol'

// tRPC types a field that may hold any JSON as optional. On the wire it is always there, null at least;
// here, once, the records get their own types back.

type Wire<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>

type Loose = 'arguments' | 'stepInput' | 'originalArguments' | 'argumentsSchema' | 'consequence'
type WireApproval = Wire<Approval, Loose>

export const approvalOf = (row: Wire<ApprovalToAnswer, Loose>): ApprovalToAnswer =>
  row as ApprovalToAnswer
export const approvalsOf = (page: Page<WireApproval>): Page<Approval> => page as Page<Approval>
