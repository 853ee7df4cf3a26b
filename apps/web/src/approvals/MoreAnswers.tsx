import type { Approval } from '@holdpoint/protocol'
import { Ellipsis } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'

import { buttonClass } from '../ui/Button'

const FurtherDialog = lazy(() => import('./FurtherDialog'))
const PassOnDialog = lazy(() => import('./PassOnDialog'))

interface MoreAnswersProps {
  readonly approval: Approval
  /** Something was answered: on to the next. */
  readonly answered: () => void
  /** The request has changed: read it again. */
  readonly read: () => void
  /** False while something is edited: a yes for calls to come is about what was asked. */
  readonly whole: boolean
}

type Opened = 'further' | 'delegate' | 'escalate' | null

const entry =
  'data-highlighted:bg-raised data-disabled:opacity-45 flex min-h-8 items-center rounded-ctl px-3 outline-none max-md:min-h-11'

/** What is answered less often: a yes that reaches further, and handing the question on. */
export function MoreAnswers({ approval, answered, read, whole }: MoreAnswersProps) {
  const [opened, setOpened] = useState<Opened>(null)
  const close = () => setOpened(null)
  const named = approval.tool !== null && approval.kind === 'action'
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className={buttonClass('plain', 'thumb')} aria-label="More answers">
          <Ellipsis aria-hidden className="size-3.5" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content
            align="end"
            sideOffset={4}
            collisionPadding={8}
            className="enter border-line bg-surface shadow-raised z-20 min-w-56 rounded-ctl border p-1"
          >
            <Menu.Item
              className={entry}
              disabled={!named || !whole}
              onSelect={() => setOpened('further')}
            >
              Approve this and calls to come…
            </Menu.Item>
            <Menu.Item className={entry} onSelect={() => setOpened('delegate')}>
              Delegate to someone…
            </Menu.Item>
            <Menu.Item className={entry} onSelect={() => setOpened('escalate')}>
              Escalate…
            </Menu.Item>
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      <Suspense>
        {opened === 'further' && (
          <FurtherDialog approval={approval} close={close} answered={answered} read={read} />
        )}
        {(opened === 'delegate' || opened === 'escalate') && (
          <PassOnDialog approval={approval} how={opened} close={close} read={read} />
        )}
      </Suspense>
    </>
  )
}
