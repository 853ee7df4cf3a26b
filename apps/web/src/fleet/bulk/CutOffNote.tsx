import { Button } from '../../ui/Button'
import { beginBulk } from './beginBulk'
import type { CutOff } from './cutOff'
import { forgetCutOff } from './useCutOff'
import { runsOf, verbWords } from './words'

/** A reload stopped a command half way: says how far it got, and offers a dry run for the rest. */
export default function CutOffNote({ cut }: { readonly cut: CutOff }) {
  const { doing } = verbWords[cut.verb]
  const goOn = () => {
    forgetCutOff()
    void beginBulk(cut.verb, cut.left)
  }
  return (
    <p
      role="status"
      className="border-line bg-surface flex shrink-0 flex-wrap items-center gap-3 border-t px-3 py-1.5"
    >
      <span>
        {doing} {runsOf(cut.of)} stopped when this page was left: {runsOf(cut.of - cut.left.length)}{' '}
        answered, of {cut.left.length.toLocaleString('en')} no answer was heard.
      </span>
      <Button className="h-6" onClick={goOn}>
        Dry run for {cut.left.length === 1 ? 'it' : 'those'}
      </Button>
      <Button look="quiet" className="h-6" onClick={forgetCutOff}>
        Forget
      </Button>
    </p>
  )
}
