import { type Mutation, rewrite } from './mutation.ts'

const file = 'run-words.pg.test.ts'

// Whoever looks for a run must find it: a search that leaves some out says that there are none.
export const wordMutations: readonly Mutation[] = [
  {
    name: 'the words of a run are not kept',
    invariant: 3,
    sql: 'drop trigger keep_words on workflow_checkpoints',
    file,
    test: 'the words of a run > are kept as they were at its end',
  },
  {
    name: 'the words of a run written as ended are not kept',
    invariant: 3,
    sql: 'drop trigger keep_words_at_insert on workflow_checkpoints',
    file,
    test: 'the words of a run > are kept of one that was written as ended',
  },
  {
    name: 'words are kept once and for all',
    invariant: 3,
    sql: rewrite('keep_words()', 'words = excluded.words', 'words = run_words.words'),
    file,
    test: 'the words of a run > follow what is put right',
  },
  {
    name: 'the index takes signs for a question',
    invariant: 3,
    sql: rewrite('word_query(integer, text[], jsonb)', `replace(key, '\\', '\\\\')`, 'key'),
    file,
    test: 'what is kept of them > is found by its index',
  },
  {
    name: 'agents may read the words of others',
    invariant: 13,
    sql: 'grant select on run_words to agent_worker',
    file,
    test: 'what is kept of them > is read by no agent',
  },
  {
    name: 'words may be removed',
    invariant: 8,
    sql: 'drop trigger words_are_kept on run_words',
    file,
    test: 'what is kept of them > is read by no agent',
  },
]
