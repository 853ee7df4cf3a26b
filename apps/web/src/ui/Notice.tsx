import type { ReactNode } from 'react'

interface NoticeProps {
  readonly title: string
  readonly children?: ReactNode
  /** Marks what is wrong apart from what is merely empty. */
  readonly tone?: 'quiet' | 'bad'
  readonly actions?: ReactNode
  /** 1 where it is the whole page. */
  readonly level?: 1 | 2
}

/** A screen, or a part of one, that has nothing else to show: empty, no match, failed. */
export function Notice({ title, children, tone = 'quiet', actions, level = 2 }: NoticeProps) {
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className="mx-auto flex w-full max-w-lg flex-col items-start gap-2 px-4 py-12"
    >
      <Heading className={`text-title font-semibold ${tone === 'bad' ? 'text-bad' : ''}`}>
        {title}
      </Heading>
      <div className="text-muted flex flex-col gap-2">{children}</div>
      {actions !== undefined && <div className="mt-2 flex gap-2">{actions}</div>}
    </div>
  )
}

export const Command = ({ children }: { readonly children: string }) => (
  <code className="rounded-ctl border-line bg-surface text-text block border px-2.5 py-1.5 font-mono text-small select-all">
    {children}
  </code>
)
