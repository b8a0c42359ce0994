import { type Signal, useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { setParameters } from '../address.js';
import { abilities, actions } from '../live/live-view.js';
import { type ObserverLine, observerLines } from '../live/observer-lines.js';
import { ActionButtons } from '../parts/action-buttons.js';
import { LiveText } from '../parts/live-text.js';
import { PageLink } from '../parts/page-link.js';
import { SortHeader } from '../parts/sort-header.js';
import { StateBadge } from '../parts/state-badge.js';
import { cellText, observerColumns } from './observer-columns.js';
import { observerFilter, observerOrder } from './observer-order.js';

/** All observers in a table, to be sorted, filtered and acted upon. */
export function ObserversPage() {
  const isHeld = useSignal(false);
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const order = useMemo(() => observerOrder(isHeld), []);
  const canAct = useComputed(() => actions.value.length > 0);
  // What a filter hides is not acted upon.
  const chosen = () => order.value.filter(({ id }) => selected.value.has(id));
  return (
    <>
      <div class="head">
        <h1>Observers</h1>
        <p class="sub">
          <LiveText of={() => `${order.value.length} of ${observerLines.value.length} shown`} />
          <LiveText of={() => (chosen().length > 0 ? `, ${chosen().length} selected` : '')} />
          <HeldNote isHeld={isHeld} />
        </p>
      </div>
      <div class="toolbar">
        <Filters />
        {canAct.value && <ActionButtons lines={chosen} />}
        {abilities.value.readOnly && <span class="sub">This dashboard is read-only.</span>}
      </div>
      <div class="scroll" role="region" aria-label="Table of observers" tabIndex={0}>
        <table class="grid">
          <thead>
            <tr>
              {canAct.value && (
                <th scope="col" class="check">
                  <AllBox selected={selected} shown={order.value} />
                </th>
              )}
              <SortHeader column="name" label="Name" />
              <SortHeader column="state" label="State" />
              {observerColumns.map(({ id, label, says }) => (
                <SortHeader key={id} column={id} label={label} says={says()} isNumber />
              ))}
              <SortHeader column="role" label="Role" />
              <SortHeader column="host" label="Host" />
            </tr>
          </thead>
          <tbody
            onPointerEnter={() => (isHeld.value = true)}
            onPointerLeave={() => (isHeld.value = false)}
            onFocusIn={() => (isHeld.value = true)}
            onFocusOut={() => (isHeld.value = false)}
          >
            {order.value.map((line) => (
              <Row key={line.id} line={line} selected={canAct.value ? selected : null} />
            ))}
          </tbody>
        </table>
        {order.value.length === 0 && <p class="waiting">No observer fits.</p>}
      </div>
    </>
  );
}

/** Has its room also when it says nothing: the table must not move away from who points at it. */
function HeldNote({ isHeld }: { readonly isHeld: ReadonlySignal<boolean> }) {
  return (
    <span class={isHeld.value ? undefined : 'silent'}>, order held while you are in the table</span>
  );
}

function Filters() {
  const { search, state, role } = observerFilter();
  const states = useComputed(() =>
    [...new Set(observerLines.value.map(({ row }) => row.value.state))].sort().join(' '),
  );
  const known = states.value === '' ? [] : states.value.split(' ');
  if (state !== '' && !known.includes(state)) known.push(state);
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        Name{' '}
        <input
          type="search"
          value={search}
          onInput={({ currentTarget }) => setParameters({ search: currentTarget.value })}
        />
      </label>
      <label>
        State{' '}
        <select
          value={state}
          onChange={({ currentTarget }) => setParameters({ state: currentTarget.value }, 'step')}
        >
          <option value="">any</option>
          {known.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Role{' '}
        <select
          value={role}
          onChange={({ currentTarget }) => setParameters({ role: currentTarget.value }, 'step')}
        >
          <option value="">any</option>
          <option value="best-effort">best-effort</option>
          <option value="critical">critical</option>
        </select>
      </label>
    </form>
  );
}

type Selection = Signal<ReadonlySet<string>>;

function AllBox({ selected, shown }: { selected: Selection; shown: readonly ObserverLine[] }) {
  const isAll = shown.length > 0 && shown.every(({ id }) => selected.value.has(id));
  const change = () => (selected.value = new Set(isAll ? [] : shown.map(({ id }) => id)));
  return <input type="checkbox" aria-label="Select all shown" checked={isAll} onChange={change} />;
}

function Row({ line, selected }: { line: ObserverLine; selected: Selection | null }) {
  const { id, name, row } = line;
  const isSelected = useComputed(() => selected?.value.has(id) === true);
  const change = () => {
    const next = new Set(selected!.value);
    if (!next.delete(id)) next.add(id);
    selected!.value = next;
  };
  return (
    <tr class={isSelected.value ? 'selected' : undefined}>
      {selected !== null && (
        <td class="check">
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={isSelected.value}
            onChange={change}
          />
        </td>
      )}
      <th scope="row" class="name" title={name}>
        <PageLink to="observer" parameters={{ id }}>
          {name}
        </PageLink>
      </th>
      <td>
        <StateBadge of={() => row.value.state} />
      </td>
      {observerColumns.map((column) => (
        <td key={column.id} class="number">
          <LiveText of={() => cellText(column, line)} />
        </td>
      ))}
      <td>
        <LiveText of={() => row.value.role} />
      </td>
      <td>
        <LiveText of={() => row.value.host} />
      </td>
    </tr>
  );
}
