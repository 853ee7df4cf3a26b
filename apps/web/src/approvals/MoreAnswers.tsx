import type { Approval, Replies } from '@holdpoint/protocol'
import { Ellipsis } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'

import { buttonClass, Kbd } from '../ui/Button'
import { useHotkeys } from '../ui/useHotkeys'

const FurtherDialog = lazy(() => import('./FurtherDialog'))
const MoreTimeDialog = lazy(() => import('./MoreTimeDialog'))
const PassOnDialog = lazy(() => import('./PassOnDialog'))

interface MoreAnswersProps {
  readonly approval: Approval
  /** Why each cannot be chosen now; null where it can. */
  readonly may: Replies
  /** Something was answered: on to the next. */
  readonly answered: () => void
  /** It was handed on, and stays open: on to the next all the same. */
  readonly passed: () => void
  /** The request has changed: read it again. */
  readonly read: () => void
}

const entries = [
  { opens: 'further', hotkey: 'F', words: 'Approve this and calls to come…' },
  { opens: 'delegate', hotkey: 'D', words: 'Delegate to someone…' },
  { opens: 'escalate', hotkey: 'S', words: 'Escalate…' },
  { opens: 'extend', hotkey: 'T', words: 'Give it more time…' },
] as const

type Opened = (typeof entries)[number]['opens'] | null

const entry =
  'data-highlighted:bg-raised data-disabled:opacity-45 flex min-h-8 flex-col justify-center rounded-ctl px-3 py-1 outline-none max-md:min-h-11'

/** What is answered less often: a yes that reaches further, handing the question on, and time where there is a deadline. */
export function MoreAnswers({ approval, may, answered, passed, read }: MoreAnswersProps) {
  const [opened, setOpened] = useState<Opened>(null)
  const close = () => setOpened(null)
  const offered = entries.filter(({ opens }) => opens !== 'extend' || approval.expiresAt !== null)
  const opening = (what: NonNullable<Opened>) =>
    offered.some(({ opens }) => opens === what) && may[what] === null
      ? () => setOpened(what)
      : undefined
  useHotkeys({
    down: {
      f: opening('further'),
      d: opening('delegate'),
      s: opening('escalate'),
      t: opening('extend'),
    },
  })
  if (offered.every(({ opens }) => may[opens] !== null)) return null
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
            {offered.map(({ opens, hotkey, words }) => (
              <Menu.Item
                key={opens}
                className={entry}
                disabled={may[opens] !== null}
                onSelect={() => setOpened(opens)}
              >
                <span className="flex items-center justify-between gap-6">
                  {words}
                  {may[opens] === null && <Kbd>{hotkey}</Kbd>}
                </span>
                {may[opens] !== null && (
                  <span className="text-small block max-w-72">{may[opens]}</span>
                )}
              </Menu.Item>
            ))}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      <Suspense>
        {opened === 'further' && (
          <FurtherDialog approval={approval} close={close} answered={answered} read={read} />
        )}
        {opened === 'extend' && <MoreTimeDialog approval={approval} close={close} read={read} />}
        {(opened === 'delegate' || opened === 'escalate') && (
          <PassOnDialog
            approval={approval}
            how={opened}
            close={close}
            passed={passed}
            read={read}
          />
        )}
      </Suspense>
    </>
  )
}
