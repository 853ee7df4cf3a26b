import { useState } from 'react'

import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Command } from '../ui/Notice'

interface NotificationsSecretProps {
  readonly secret: string
  readonly close: () => void
}

/** The one time that a signing secret is seen. */
export function NotificationsSecret({ secret, close }: NotificationsSecretProps) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(secret)
    setCopied(true)
  }
  return (
    <Dialog title="The signing secret" close={close}>
      <div className="flex flex-col gap-3 px-4 pt-1 pb-4">
        <p>
          The receiver checks with it that a message is ours (Standard Webhooks). It is shown this
          once: a lost one is replaced by giving the address anew.
        </p>
        <div className="overflow-x-auto">
          <Command>{secret}</Command>
        </div>
        <div className="flex justify-end gap-2">
          <Button
            size="thumb"
            onClick={() => {
              copy().catch(() => undefined)
            }}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
          <Button size="thumb" look="strong" onClick={close}>
            I have it
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
