/** The event that is open was written after the instant that is looked at: of then nothing of it is known. */
export const LaterDetail = ({ seq }: { readonly seq: number }) => (
  <p className="text-muted">
    Event {seq.toLocaleString('en')} came later; at this instant it had not happened yet.
  </p>
)
