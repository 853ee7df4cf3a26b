import { signInLimits, type SignInSettings } from '@holdpoint/protocol'

import { TimeLeft } from '../time/Ticking'
import { visible } from '../ui/visible'

const { freeTriesOfAccount, freeTriesOfAddress, longestWaitMinutes } = signInLimits

/** How guessing is slowed, where a request is taken to come from, and who waits now. */
export const Tries = ({
  waiting,
  trustedProxies,
}: Pick<SignInSettings, 'waiting' | 'trustedProxies'>) => (
  <div className="flex flex-col gap-1.5">
    <p>
      {freeTriesOfAccount} for an account and {freeTriesOfAddress} from an address are free. Then
      each failure doubles the wait, up to {longestWaitMinutes} minutes. A link signs in past it.
    </p>
    <p>
      {trustedProxies.length === 0
        ? 'No proxy is believed: behind one, all people share the count of its address. Name yours in '
        : `The word of ${trustedProxies.join(', ')} on where a request came from is believed, as set in `}
      <code className="font-mono text-small text-text wrap-anywhere">
        HOLDPOINT_TRUSTED_PROXIES
      </code>
      .
    </p>
    {waiting.length === 0 ? (
      <p>Nobody waits now.</p>
    ) : (
      <div>
        <p id="waits">Who waits now:</p>
        <ul aria-labelledby="waits" className="text-text">
          {waiting.map(({ kind, of, failures, until }) => (
            <li key={`${kind} ${of}`} className="flex flex-wrap gap-x-2">
              <span>{kind === 'account' ? 'Account' : 'Address'}</span>
              <bdi className="font-mono text-small leading-5 wrap-anywhere">{visible(of)}</bdi>
              <span className="text-muted">
                {failures} failures, <TimeLeft until={until} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    )}
  </div>
)
