import { overview } from '../live/live-view.js';
import { count, share } from '../number-format.js';
import { MeterBar } from '../parts/meter-bar.js';

/** What the program says of itself, as of how far it has come; nothing when it says nothing. */
export function ProgramFacts() {
  const { about } = overview.value!;
  if (about.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="program">
      <h2 id="program">Program</h2>
      <dl class="facts">
        {about.map(({ label, value }, at) => (
          <Fact key={at} label={label} value={typeof value === 'number' ? count(value) : value} />
        ))}
      </dl>
      {about.map(({ label, share: done }, at) =>
        done === undefined ? null : (
          <MeterBar key={at} label={label} value={done} most={1} text={share(done)} />
        ),
      )}
    </section>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
