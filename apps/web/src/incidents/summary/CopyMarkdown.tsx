import { ClipboardCopy } from 'lucide-react'

import { CopyButton } from '../../ui/CopyButton'

/** The summary for a post-mortem, as it stands. */
export const CopyMarkdown = ({ text }: { readonly text: string }) => (
  <CopyButton icon={ClipboardCopy} words="Copy as Markdown" text={() => text} />
)
