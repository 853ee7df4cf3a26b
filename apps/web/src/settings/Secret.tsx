import { useState } from 'react'

import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'

interface SecretProps {
  readonly title: string
  readonly about: string
  readonly secret: string
  readonly close: () => void
}

/** Something that is shown once: nothing but its hash is kept. */
export function Secret({ title, about, secret, close }: SecretProps) {
  const [copied, setCopied] = useState(false)
  return (
    <Dialog title={title} close={close}>
      <div className="flex flex-col gap-3 overflow-y-auto px-4 pb-4">
        <p className="text-muted">{about}</p>
        <code
          aria-label={title}
          className="border-line bg-bg block rounded-ctl border px-2.5 py-1.5 font-mono text-small break-all select-all"
        >
          {secret}
        </code>
        <div className="flex justify-end gap-2">
          <Button
            size="thumb"
            onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
          <Button size="thumb" look="strong" onClick={close}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
