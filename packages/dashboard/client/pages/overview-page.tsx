import { useComputed } from '@preact/signals';
import type { Overview } from '../api/answers.js';
import { historyColumns, perSecond } from '../live/history-columns.js';
import { saysOf } from '../live/figure-words.js';
import { observerLines } from '../live/observer-lines.js';
import { overview } from '../live/live-view.js';
import { LiveText } from '../parts/live-text.js';
import { MeterBar } from '../parts/meter-bar.js';
import { PageLink } from '../parts/page-link.js';
import { StateBadge } from '../parts/state-badge.js';
import { bytes, count, milliseconds, rate, share, timeOfDay } from '../number-format.js';
import { OverviewCharts } from './overview-charts.js';
import { ProgramFacts } from './program-facts.js';

/** The registry as a whole: how it is, what it does, and how much of its limits is used up. */
export function OverviewPage() {
  return (
    <>
      <div class="head">
        <h1>Overview</h1>
        <p class="sub">
          <LiveText of={() => `Registry ${now().registry.id}, epoch ${now().registry.epoch}`} />
        </p>
      </div>
      <Ended />
      <Tiles />
      <OverviewCharts />
      <div class="panels">
        <ProgramFacts />
        <ObserverCapacity />
        <PeersByTier />
        <LogUse />
        <StoreUse />
        <ReplicaLag />
      </div>
    </>
  );
}

/** Says that nothing will change any more. */
function Ended() {
  const { frozenAt } = now();
  if (frozenAt === null) return null;
  return (
    <p class="sub ended">
      The program has kept this as it was at {timeOfDay(frozenAt)}: nothing of it changes any more.
    </p>
  );
}

/** A page is shown once there is a sample. */
const now = () => overview.value!;

type Figures = Overview['figures'];

function Tiles() {
  return (
    <dl class="tiles">
      <div>
        <dt>Registry</dt>
        <dd>
          <StateBadge of={() => now().registry.state.replace(/\..*/, '')} />
        </dd>
      </div>
      {tiles.map(({ label, says, text }) => (
        <div key={label} title={says?.()}>
          <dt>{label}</dt>
          <dd>
            <LiveText of={text} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function lastRate(column: string): number | null {
  const { at, column: columnOf } = historyColumns.value;
  return perSecond(at.slice(-2), columnOf(column).slice(-2)).at(-1) ?? null;
}

const lastOf = (column: string): number | null =>
  historyColumns.value.column(column).at(-1) ?? null;

interface Tile {
  readonly label: string;
  /** What the figure says that it shows. */
  readonly says?: () => string;
  readonly text: () => string;
}

const ofRegistry = (label: string, id: keyof Figures['registry']): Tile => ({
  label,
  says: () => saysOf('registry', id),
  text: () => count(now().figures.registry[id]),
});
const ofCommits = (label: string, column: string): Tile => ({
  label,
  says: () => saysOf('registry', 'commitMs'),
  text: () => milliseconds(lastOf(column)),
});
const ofWatched = (label: string, id: keyof Figures['watched']): Tile => ({
  label,
  says: () => saysOf('watched', id),
  text: () => count(now().figures.watched[id]),
});
const ofSupervisor = (label: string, id: keyof Figures['supervisor']): Tile => ({
  label,
  says: () => saysOf('supervisor', id),
  text: () => count(now().figures.supervisor[id]),
});

const tiles: readonly Tile[] = [
  { label: 'Commits/s', text: () => rate(lastRate('committed')) },
  ofCommits('Commit p50', 'commitP50Ms'),
  ofCommits('Commit p99', 'commitP99Ms'),
  { label: 'Rejects/s', text: () => rate(lastRate('rejected')) },
  { label: 'Thread busy', text: () => share(now().eventLoop.utilization) },
  ofWatched('Peers', 'peers'),
  ofWatched('Waiting', 'waiting'),
  ofRegistry('Committed', 'committed'),
  ofRegistry('Rejected', 'rejected'),
  ofRegistry('Vetoed', 'vetoed'),
  ofWatched('Callers', 'connections'),
  ofSupervisor('Dead letters', 'deadLetters'),
  ofSupervisor('Lost threads', 'zombies'),
];

function ObserverCapacity() {
  const { observers, maxObservers } = now().figures.watched;
  const states = useComputed(() => {
    const counts = new Map<string, number>();
    for (const { row } of observerLines.value) {
      const { state } = row.value;
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return [...counts].sort(([, a], [, b]) => b - a);
  });
  const text = `${count(observers)} of ${count(maxObservers)}`;
  return (
    <section class="panel" aria-labelledby="capacity">
      <h2 id="capacity">Observers</h2>
      <p class="figure">
        {text} <span class="sub">places taken; the mark is at 80 %</span>
      </p>
      <MeterBar
        label="Places for observers that are taken"
        value={observers}
        most={maxObservers}
        mark={0.8}
        text={text}
      />
      <ul class="counts">
        {states.value.map(([state, size]) => (
          <li key={state}>
            <PageLink to="observers" parameters={{ state }}>
              <StateBadge of={() => state} />
            </PageLink>
            <span class="number">{count(size)}</span>
          </li>
        ))}
        {states.value.length === 0 && <li class="sub">None is registered.</li>}
      </ul>
    </section>
  );
}

function PeersByTier() {
  const { figures, peersByTier } = now();
  const { peers, maxPeers, authenticated, dht } = figures.watched;
  const text = `${count(peers)} of ${count(maxPeers)}`;
  return (
    <section class="panel" aria-labelledby="tiers">
      <h2 id="tiers">Peers by tier</h2>
      <p class="figure">
        {text} <span class="sub">places taken; the mark is at 80 %</span>
      </p>
      <MeterBar
        label="Places for peers that are taken"
        value={peers}
        most={maxPeers}
        mark={0.8}
        text={text}
      />
      <table class="bars">
        <tbody>
          {Object.entries(peersByTier).map(([tier, size]) => (
            <tr key={tier}>
              <th scope="row">{tier}</th>
              <td class="number">{count(size)}</td>
              <td class="bar-cell">
                <MeterBar
                  label={`Peers of ${tier}`}
                  value={size}
                  most={Math.max(1, peers)}
                  text={`${count(size)} of ${count(peers)}`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="sub">
        {count(authenticated)} authenticated, {count(dht)} in the DHT
      </p>
    </section>
  );
}

/** States in which an observer has a place in the log, and goes on from there. */
const followingStates: readonly string[] = ['live', 'lagging', 'stuck'];

/** How far behind the slowest is, as bytes of log: transactions are taken to be as large as on average. */
function LogUse() {
  const { capacityBytes, writtenBytes, lastSeq, waits, passed } = now().figures.log;
  const kept = Math.min(writtenBytes, capacityBytes);
  const following = observerLines.value
    .map(({ row }) => row.peek())
    .filter(({ state }) => followingStates.includes(state));
  const lag = following.reduce((most, one) => Math.max(most, one.lag), 0);
  const behind = lastSeq > 0 ? Math.min(capacityBytes, (writtenBytes / lastSeq) * lag) : 0;
  return (
    <section class="panel" aria-labelledby="log">
      <h2 id="log">Change log</h2>
      <p class="figure">
        {share(kept / capacityBytes)} <span class="sub">of {bytes(capacityBytes)} filled</span>
      </p>
      <MeterBar label="Log filled" value={kept} most={capacityBytes} text={bytes(kept)} />
      <p class="figure">
        {share(behind / capacityBytes)}{' '}
        <span class="sub">not read yet by the slowest ({count(lag)} transactions)</span>
      </p>
      <MeterBar
        label="Log that the slowest observer has not read, about"
        value={behind}
        most={capacityBytes}
        mark={0.8}
        text={`about ${bytes(behind)}`}
      />
      <p class="sub">
        At seq {count(lastSeq)}; {count(waits)} waits, {count(passed)} overtaken
      </p>
    </section>
  );
}

function StoreUse() {
  const { store } = now().figures;
  if (store === null) return null;
  return (
    <section class="panel" aria-labelledby="store">
      <h2 id="store">Store</h2>
      <dl class="facts">
        <dt>On disk up to</dt>
        <dd>seq {count(store.durableSeq)}</dd>
        <dt>Not on disk yet</dt>
        <dd>{count(store.unsynced)}</dd>
        <dt>Flush, median and 99 %</dt>
        <dd>
          {milliseconds(store.syncP50Ms)}, {milliseconds(store.syncP99Ms)}
        </dd>
        <dt>Size</dt>
        <dd>{bytes(store.bytesOnDisk)}</dd>
      </dl>
    </section>
  );
}

function ReplicaLag() {
  const { replica } = now().figures;
  if (replica === null) return null;
  const { follows, lag, lagMs } = replica;
  return (
    <section class="panel" aria-labelledby="replica">
      <h2 id="replica">Replica</h2>
      <dl class="facts">
        <dt title={saysOf('replica', 'follows')}>Follows its primary</dt>
        <dd>{follows === 1 ? 'yes' : 'no'}</dd>
        <dt title={saysOf('replica', 'lag')}>Not applied yet</dt>
        <dd>{count(lag)}</dd>
        <dt title={saysOf('replica', 'lagMs')}>Behind by</dt>
        <dd>{milliseconds(lagMs)}</dd>
      </dl>
    </section>
  );
}
