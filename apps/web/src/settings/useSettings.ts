import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { untilRead } from '../app/untilRead'
import { failedChange, type Told } from '../errors/told'

/** A list of the settings, read again as long as it is looked at. */
export const useList = <Row>(key: string, ask: () => Promise<Row[]>) =>
  useQuery<Row[]>({
    ...untilRead,
    queryKey: ['settings', key],
    queryFn: ask,
    refetchInterval: 5000,
  })

interface Command<Input, Output> {
  readonly run: (input: Input, then?: (output: Output) => void) => void
  readonly pending: boolean
  readonly failed: Told | null
  readonly dismiss: () => void
}

/** A command of the settings; every list is read again afterwards. */
export function useCommand<Input, Output>(
  send: (input: Input) => Promise<Output>,
): Command<Input, Output> {
  const client = useQueryClient()
  const mutation = useMutation({
    mutationFn: send,
    onSettled: async () => client.invalidateQueries({ queryKey: ['settings'] }),
  })
  return {
    run: (input, then) =>
      mutation.mutate(input, then === undefined ? {} : { onSuccess: (output) => then(output) }),
    pending: mutation.isPending,
    failed: failedChange(mutation.error),
    dismiss: mutation.reset,
  }
}
