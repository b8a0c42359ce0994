import { parameter, setParameters } from '../address.js';
import { usePeer } from './peers-query.js';

/** All fields of the peer that the address names. */
export function PeerFields() {
  const answer = usePeer().value;
  const nodeId = parameter('peer');
  if (nodeId === '') return null;
  return (
    <section class="panel fields" aria-labelledby="peer" tabIndex={0}>
      <div class="head">
        <h2 id="peer">{nodeId}</h2>
        <button type="button" onClick={() => setParameters({ peer: '' }, 'step')}>
          Close
        </button>
      </div>
      {answer?.refused !== undefined && <p class="refused">{answer.refused}</p>}
      {answer?.said !== undefined && (
        <dl class="facts">
          {fieldsOf(answer.said, '').map(([name, value]) => [
            <dt key={name}>{name}</dt>,
            <dd key={`${name} value`} class="code">
              {value}
            </dd>,
          ])}
        </dl>
      )}
    </section>
  );
}

/** The fields of an entry in a row, each by its path. */
function fieldsOf(value: unknown, path: string): [path: string, text: string][] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [[path, 'none']];
    if (value.every((item) => typeof item !== 'object')) return [[path, value.join(', ')]];
    const shown = value.slice(0, mostItems).flatMap((item, i) => fieldsOf(item, `${path}[${i}]`));
    const left = value.length - mostItems;
    return left > 0 ? [...shown, [path, `and ${left} more`]] : shown;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) =>
      fieldsOf(item, path === '' ? name : `${path}.${name}`),
    );
  }
  const isTime = /(?:Seen|At|Contact)$/.test(path) && typeof value === 'number' && value > 1e12;
  return [[path, isTime ? new Date(value).toISOString().replace('T', ' ') : String(value)]];
}

const mostItems = 20;
