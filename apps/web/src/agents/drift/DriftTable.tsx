import { type DriftPolicy, noDriftPolicy, spokenActor } from '@holdpoint/protocol'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'

import { api } from '../../app/trpc'
import { untilRead } from '../../app/untilRead'
import { ErrorScreen } from '../../errors/ErrorNote'
import { told } from '../../errors/told'
import { Button } from '../../ui/Button'
import { Command, Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { type Column, deskOnly, TableHead } from '../../ui/TableHead'
import { visible } from '../../ui/visible'
import { driftPolicyWords, onlyScores, polls } from './driftPolicyText'

const DriftPolicyEditor = lazy(() => import('./DriftPolicyEditor'))
const route = getRouteApi('/agents')

const columns: readonly Column[] = [
  { title: 'Agent' },
  { title: 'Policy for drift', only: deskOnly },
  { title: 'Poll-like tools', only: deskOnly },
  { title: 'Judged right', only: `${deskOnly} text-right` },
  { title: 'Judged wrong', only: `${deskOnly} text-right` },
  { title: 'Version', only: deskOnly },
  { title: 'Edit', hidden: true },
]

/** What each agent's runs are judged by, how often that was right, and the means to change it. */
export function DriftTable() {
  const { agent: open } = route.useSearch()
  const navigate = route.useNavigate()
  const policies = useQuery({
    ...untilRead,
    queryKey: ['drift', 'policies'],
    queryFn: () => api.detections.policies.query(),
    refetchInterval: 10_000,
  })
  const agents = useQuery({
    ...untilRead,
    queryKey: ['agents'],
    queryFn: () => api.agents.list.query(),
  })
  const failed = policies.failureReason ?? agents.failureReason
  if (policies.data === undefined || agents.data === undefined) {
    return failed === null ? (
      <Skeleton rows={6} label="Loading policies" />
    ) : (
      <ErrorScreen
        told={told(failed, 'read')}
        retry={() => void Promise.all([policies.refetch(), agents.refetch()])}
      />
    )
  }
  const known = new Map(policies.data.map((each) => [each.policy.agentId as string, each]))
  const names = [...new Set([...known.keys(), ...agents.data.map(({ agentId }) => agentId)])]
  if (names.length === 0) return <NoAgents />
  const toggle = (agentId: string) =>
    void navigate({
      search: { view: 'drift', ...(agentId !== open && { agent: agentId }) },
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="relative min-h-0 flex-1 overflow-auto">
      <table className="w-full border-collapse">
        <TableHead columns={columns} />
        <tbody>
          {names
            .toSorted((a, b) => a.localeCompare(b, 'en'))
            .map((agentId) => {
              const { policy, right, wrong } = known.get(agentId) ?? {
                policy: noDriftPolicy(agentId),
                right: 0,
                wrong: 0,
              }
              return (
                <DriftPolicyRow
                  key={agentId}
                  policy={policy}
                  right={right}
                  wrong={wrong}
                  open={agentId === open}
                  toggle={() => toggle(agentId)}
                />
              )
            })}
        </tbody>
      </table>
    </div>
  )
}

interface DriftPolicyRowProps {
  readonly policy: DriftPolicy
  readonly right: number
  readonly wrong: number
  readonly open: boolean
  readonly toggle: () => void
}

const cell = 'h-9 px-3 max-md:h-14 max-md:py-1.5'

function DriftPolicyRow({ policy, right, wrong, open, toggle }: DriftPolicyRowProps) {
  const words = driftPolicyWords(policy)
  const tools = polls(policy)
  const never = onlyScores(policy)
  return (
    <>
      <tr className={`border-line border-b ${open ? 'bg-selected' : 'hover:bg-raised'}`}>
        <td className={`${cell} font-medium wrap-anywhere`}>
          {visible(policy.agentId)}
          <span className="label block font-normal md:hidden">{words}</span>
        </td>
        <td className={`${cell} max-md:hidden ${never ? 'text-muted' : ''}`}>{words}</td>
        <td className={`${cell} font-mono text-small max-md:hidden`}>
          {tools.length === 0 ? <span className="text-muted">–</span> : visible(tools.join(', '))}
        </td>
        <td className={`${cell} text-right max-md:hidden ${right === 0 ? 'text-muted' : ''}`}>
          {right}
        </td>
        <td className={`${cell} text-right max-md:hidden ${wrong === 0 ? 'text-muted' : ''}`}>
          {wrong}
        </td>
        <td className={`${cell} text-muted max-md:hidden`}>
          {policy.version === 0
            ? 'none'
            : `v${policy.version}${policy.author === null ? '' : ` by ${visible(spokenActor(policy.author))}`}`}
        </td>
        <td className={`${cell} text-right`}>
          <Button look="quiet" aria-expanded={open} className="max-md:h-11" onClick={toggle}>
            {open ? 'Close' : 'Edit…'}
          </Button>
        </td>
      </tr>
      {open && (
        <tr className="border-line bg-surface border-b">
          <td colSpan={7} className="p-3">
            <Suspense fallback={<Skeleton rows={4} label="Loading the policy" />}>
              <DriftPolicyEditor agentId={policy.agentId} done={toggle} />
            </Suspense>
          </td>
        </tr>
      )}
    </>
  )
}

const NoAgents = () => (
  <Notice title="No agent has a login yet">
    <p>Once an agent has one, it can be given a policy here:</p>
    <Command>npx holdpoint agent add NAME</Command>
  </Notice>
)
