import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { parameter, setParameters } from '../address.js';
import { overview } from '../live/live-view.js';
import { ago, count, decimal } from '../number-format.js';
import { LiveText } from '../parts/live-text.js';
import { PeerFields } from './peer-fields.js';
import { type PeerRow, type PeersPage as Page, peerParameters, usePeers } from './peers-query.js';

/** The peers, a page at a time, as the address chooses them. */
export function PeersPage() {
  const turn = useSignal(0);
  const answer = usePeers(turn.value).value;
  return (
    <>
      <div class="head">
        <h1>Peers</h1>
        <p class="sub">
          <LiveText of={() => `${count(overview.value?.figures.watched.peers)} in the registry`} />
        </p>
      </div>
      <div class="toolbar">
        <Choice />
      </div>
      {answer?.refused !== undefined && (
        <p class="refused" role="alert">
          {answer.refused}
        </p>
      )}
      <div class="beside">
        <PeerFields />
        {answer?.said !== undefined && <PeersTable page={answer.said} />}
      </div>
      <nav class="paging" aria-label="Pages of peers">
        <button
          type="button"
          disabled={parameter('after') === ''}
          onClick={() => setParameters({ after: '' }, 'step')}
        >
          First
        </button>
        <button
          type="button"
          disabled={(answer?.said?.next ?? null) === null}
          onClick={() => setParameters({ after: answer?.said?.next ?? '' }, 'step')}
        >
          Next
        </button>
        <button type="button" onClick={() => turn.value++}>
          Look again
        </button>
      </nav>
    </>
  );
}

/** Chooses when it is sent, not while it is typed: each choice is a question to the registry. */
function Choice() {
  const form = useRef<HTMLFormElement>(null);
  const tiers = Object.keys(overview.peek()?.peersByTier ?? {});
  const asked = peerParameters.map(parameter);
  useEffect(() => {
    // Its fields are its own while one types, and the address's whenever that is another.
    for (const name of peerParameters) {
      const field = form.current?.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
        field.value = parameter(name);
      }
    }
  }, asked);
  const choose = (event: Event) => {
    event.preventDefault();
    const fields = new FormData(form.current!);
    const read = (name: string) => {
      const value = fields.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const search = read('search');
    const closest = search === '' ? read('closest') : '';
    const isOne = search !== '' || closest !== '';
    const tier = isOne ? '' : read('tier');
    const protocol = isOne ? '' : read('protocol');
    setParameters({ search, closest, tier, protocol, after: '', peer: '' }, 'step');
  };
  return (
    <form ref={form} class="filters" role="search" onSubmit={choose}>
      <label>
        Node id, key or DID <input type="search" name="search" class="wide" />
      </label>
      <label>
        Closest to node id <input type="search" name="closest" />
      </label>
      <label>
        Tier{' '}
        <select name="tier" onChange={() => form.current!.requestSubmit()}>
          <option value="">any</option>
          {tiers.map((tier) => (
            <option key={tier} value={tier}>
              {tier}
            </option>
          ))}
        </select>
      </label>
      <label>
        Protocol <input type="search" name="protocol" />
      </label>
      <button type="submit">Find</button>
    </form>
  );
}

function PeersTable({ page }: { readonly page: Page }) {
  return (
    <div class="scroll" role="region" aria-label="Table of peers" tabIndex={0}>
      <table class="grid">
        <thead>
          <tr>
            {heads.map(([label, isNumber]) => (
              <th key={label} scope="col" class={isNumber ? 'number' : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.peers.map((peer) => (
            <Row key={peer.nodeId} peer={peer} />
          ))}
        </tbody>
      </table>
      {page.peers.length === 0 && (
        <p class="waiting">
          {page.next === null ? 'No peer fits.' : 'None on this page; there are more pages.'}
        </p>
      )}
    </div>
  );
}

const heads: readonly (readonly [label: string, isNumber: boolean])[] = [
  ['Node id', false],
  ['Tier', false],
  ['Trust', true],
  ['Authenticated', false],
  ['DHT', false],
  ['Protocols', false],
  ['Found by', false],
  ['Hops', true],
  ['Seen', true],
  ['DID', false],
];

function Row({ peer }: { readonly peer: PeerRow }) {
  const { nodeId } = peer;
  return (
    <tr class={parameter('peer') === nodeId ? 'selected' : undefined}>
      <th scope="row" class="name" title={nodeId}>
        <button type="button" class="link" onClick={() => setParameters({ peer: nodeId }, 'step')}>
          {nodeId}
        </button>
      </th>
      <td>{peer.tier}</td>
      <td class="number">{decimal(peer.trustScore)}</td>
      <td>{peer.authenticated ? 'yes' : 'no'}</td>
      <td>{peer.hasDht ? 'yes' : 'no'}</td>
      <td class="name">{peer.activeProtocols.join(', ')}</td>
      <td>{peer.discoveryMethod}</td>
      <td class="number">{count(peer.hopCount)}</td>
      <td class="number">{ago((overview.peek()?.at ?? 0) - peer.lastSeen)}</td>
      <td class="name code" title={peer.did}>
        {peer.did}
      </td>
    </tr>
  );
}
