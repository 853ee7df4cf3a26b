import * as fc from 'fast-check'

import { finishing, plain } from './agent-commands.ts'
import type { Command } from './command.ts'
import { deciding, killing, operator, raising, settling } from './operator-commands.ts'
import { action, ending, leases, worker } from './worker-commands.ts'

const epochs = fc.constantFrom(0, 1, 1, 1, 2, 2, 3)
const keys = fc.constantFrom('k1', 'k2')
const pick = (commands: Command[]) => fc.constantFrom(...commands)

/** Any command; those that end a run are rare, or most sequences would be over at once. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: pick(plain) },
  { weight: 8, arbitrary: pick(operator) },
  { weight: 8, arbitrary: pick(leases) },
  { weight: 5, arbitrary: epochs.chain((epoch) => pick(worker(epoch))) },
  {
    weight: 10,
    arbitrary: fc
      .tuple(epochs, keys, fc.constantFrom('confirmed', 'failed', 'unknown', 'accepted'))
      .chain(([epoch, key, said]) => pick(action(epoch, key, said))),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 0, 1, 2), fc.constantFrom('approved' as const, 'rejected' as const))
      .map(([nth, verdict]) => deciding(nth, verdict)),
  },
  { weight: 4, arbitrary: fc.tuple(keys, fc.boolean()).map((said) => settling(...said)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('tokens' as const, 'steps' as const), fc.constantFrom(1, 4, 6, null))
      .map((given) => raising(...given)),
  },
  { weight: 1, arbitrary: pick([killing, ...finishing]) },
  { weight: 1, arbitrary: epochs.chain((epoch) => pick(ending(epoch))) },
)
