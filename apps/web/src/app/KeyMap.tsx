import { Dialog } from '../ui/Dialog'

const keys: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'Go to a run, agent or page; commands'],
      ['1 … 6', 'Fleet, Approvals, Agents, Audit, Incidents, Settings'],
      ['/', 'Search this page'],
      ['?', 'These keys'],
      ['B', 'Look back: the fleet or the run as it was'],
    ],
  ],
  [
    'Looking back',
    [
      ['L', 'Go live'],
      [', .', 'The event before, after'],
      ['Shift , .', 'A minute back, on'],
      ['Alt , .', 'An hour back, on'],
      ['B', 'Type a time'],
      ['← →', 'On the handle: by event; Shift: by minute'],
      ['Wheel', 'On the line: zoom; Shift: move'],
      ['J K Enter', 'Through the runs of then'],
    ],
  ],
  [
    'Audit',
    [
      ['/', 'Filter'],
      ['J K', 'Next, previous row'],
      ['Enter', 'Into the row'],
      ['Esc', 'Close it'],
    ],
  ],
  [
    'Incidents',
    [
      ['↑ ↓', 'From lane to lane'],
      ['J K', 'Next, previous in the lane'],
      ['Enter', 'Open the moment'],
      ['Z', 'Zoom to it'],
      ['+ - 0', 'Zoom in, out, to the whole window'],
      ['Ctrl wheel', 'Zoom about the pointer'],
      ['← →', 'Move the window'],
    ],
  ],
  [
    'Approvals',
    [
      ['J K', 'Next, previous'],
      ['A', 'Approve'],
      ['E', 'Edit what will run, then approve that'],
      ['X', 'Choose it, to answer several at once'],
      ['R', 'Reject; asks why'],
      ['F', 'Approve this and calls to come'],
      ['D', 'Delegate to someone'],
      ['S', 'Escalate'],
      ['T', 'Give it more time'],
    ],
  ],
  [
    'Fleet',
    [
      ['J K', 'Next, previous run'],
      ['Enter', 'Open the run'],
      ['U', 'Open its parent'],
      ['C', 'Copy the link to it'],
      ['→ ←', 'Into the tree, out of it; unfold, fold'],
      ['P', 'Pause it'],
      ['R', 'Resume it'],
      ['hold X', 'Kill it; asks why first'],
      ['Space', 'Select it, or not'],
      ['Shift J K', 'Select on the way'],
      ['Ctrl A', 'Select every run of the filter'],
      ['P R hold X', 'With some selected: a dry run first'],
      ['Esc', 'Cancel; select nothing'],
    ],
  ],
  [
    'Run',
    [
      ['P R hold X', 'Pause, resume, kill'],
      ['J K', 'Next, previous event'],
      ['T A D', 'Timeline, actions, drift'],
      ['Home End', 'To the first, the newest event'],
      ['G', 'To the live end'],
      ['+ - 0', 'Zoom in, out, to the whole run'],
      ['Ctrl wheel', 'Zoom about the pointer'],
      ['← →', 'Move the window'],
    ],
  ],
]

export default function KeyMap({ close }: { readonly close: () => void }) {
  return (
    <Dialog title="Keys" wide="most" close={close}>
      {/* What scrolls must be reached by keys. It has the focus from the start and is alone: a ring would say nothing. */}
      <div
        role="group"
        aria-label="All keys"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="gap-x-8 overflow-y-auto px-4 pt-2 pb-4 outline-none sm:columns-2 lg:columns-3 xl:columns-4"
      >
        {keys.map(([place, list]) => (
          <section key={place} className="mb-3 break-inside-avoid">
            <h3 className="label font-normal">{place}</h3>
            <dl>
              {list.map(([key, what]) => (
                <div key={key} className="border-line flex items-center gap-3 border-b py-1">
                  <dt className="w-20 shrink-0 font-mono text-small">{key}</dt>
                  <dd className="text-muted">{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
