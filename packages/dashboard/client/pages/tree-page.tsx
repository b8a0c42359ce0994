import type { ComponentChildren } from 'preact';
import { overview } from '../live/live-view.js';
import { type ObserverLine, observerLines } from '../live/observer-lines.js';
import { bytes, count } from '../number-format.js';
import { LiveText } from '../parts/live-text.js';
import { PageLink } from '../parts/page-link.js';
import { StateBadge } from '../parts/state-badge.js';

/** Who supervises whom, with the states in which they are. */
export function TreePage() {
  return (
    <>
      <div class="head">
        <h1>Supervision tree</h1>
        <p class="sub">What fails is restarted by what stands above it.</p>
      </div>
      <ul class="tree root">
        <li>
          <Node
            name="registry"
            state={() => now().registry.state}
            says={() =>
              `epoch ${now().registry.epoch}, ${count(now().figures.watched.peers)} peers`
            }
          />
          <ul class="tree">
            <li>
              <Node name="commands" says={() => `${count(now().figures.watched.waiting)} wait`} />
            </li>
            <li>
              <Node
                name="callers on other threads"
                says={() => count(now().figures.watched.connections)}
              />
            </li>
            <li>
              <Node
                name="change log"
                says={() => {
                  const { lastSeq, capacityBytes } = now().figures.log;
                  return `seq ${count(lastSeq)}, ${bytes(capacityBytes)}`;
                }}
              />
            </li>
            {overview.peek()?.figures.store != null && (
              <li>
                <Node
                  name="store"
                  says={() => `${count(now().figures.store?.unsynced)} not on disk yet`}
                />
              </li>
            )}
            {overview.peek()?.figures.replica != null && (
              <li>
                <Node
                  name="replication"
                  says={() => `${count(now().figures.replica?.lag)} not applied yet`}
                />
              </li>
            )}
            <li>
              <Node
                name="supervisor"
                says={() => {
                  const { evicted, zombies } = now().figures.supervisor;
                  const { observers, maxObservers } = now().figures.watched;
                  return (
                    `${count(observers)} of ${count(maxObservers)} observers, ` +
                    `${count(evicted)} evicted, ${count(zombies)} lost threads`
                  );
                }}
              />
              <ul class="tree">
                {observerLines.value.map((line) => (
                  <li key={line.id}>
                    <ObserverNode line={line} />
                  </li>
                ))}
              </ul>
            </li>
          </ul>
        </li>
      </ul>
    </>
  );
}

/** A page is shown once there is a sample. */
const now = () => overview.value!;

function ObserverNode({ line: { id, name, row } }: { readonly line: ObserverLine }) {
  return (
    <Node
      name={
        <PageLink to="observer" parameters={{ id }}>
          {name}
        </PageLink>
      }
      state={() => row.value.state}
      says={() => {
        const { role, host, incarnation, lag, restarts } = row.value;
        const facts = [host, `incarnation ${incarnation}`];
        if (role === 'critical') facts.unshift('critical');
        if (restarts > 0)
          facts.push(`${count(restarts)} ${restarts === 1 ? 'restart' : 'restarts'}`);
        if (lag > 0) facts.push(`${count(lag)} behind`);
        return facts.join(', ');
      }}
    />
  );
}

function Node({ name, state, says }: NodeProps) {
  return (
    <span class="node">
      <span class="node-name">{name}</span>
      {state !== undefined && <StateBadge of={state} />}
      <span class="sub">
        <LiveText of={says} />
      </span>
    </span>
  );
}

interface NodeProps {
  readonly name: ComponentChildren;
  readonly state?: () => string;
  readonly says: () => string;
}
