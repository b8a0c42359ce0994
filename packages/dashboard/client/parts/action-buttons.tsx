import { useSignal } from '@preact/signals';
import { actions } from '../live/live-view.js';
import type { ObserverLine } from '../live/observer-lines.js';
import { type ObserverAction, observerActions, perform } from '../pages/observer-actions.js';
import { ConfirmDialog } from './confirm-dialog.js';

/** Buttons for what can be done to some observers, none when the server offers none; each asks before it acts. */
export function ActionButtons({ lines }: { readonly lines: () => readonly ObserverLine[] }) {
  const asked = useSignal<ObserverAction | null>(null);
  const outcome = useSignal('');
  const offered = observerActions.filter(({ id }) => actions.value.includes(id));
  const concerned = (action: ObserverAction) =>
    lines().filter(({ row: { value } }) => !value.isProtected && action.fits(value.state));
  const confirm = async (action: ObserverAction) => {
    const those = concerned(action);
    asked.value = null;
    outcome.value = `${action.label} …`;
    outcome.value = await perform(action, those);
  };
  return (
    <div class="actions">
      {offered.map((action) => (
        <button
          type="button"
          key={action.id}
          class={action.isGrave === true ? 'grave' : undefined}
          disabled={concerned(action).length === 0}
          onClick={() => (asked.value = action)}
        >
          {action.label}
        </button>
      ))}
      <span role="status" class="outcome">
        {outcome}
      </span>
      {asked.value !== null && (
        <Question
          action={asked.value}
          lines={concerned(asked.value)}
          onConfirm={confirm}
          onCancel={() => (asked.value = null)}
        />
      )}
    </div>
  );
}

interface QuestionProps {
  readonly action: ObserverAction;
  readonly lines: readonly ObserverLine[];
  readonly onConfirm: (action: ObserverAction) => Promise<void>;
  readonly onCancel: () => void;
}

function Question({ action, lines, onConfirm, onCancel }: QuestionProps) {
  const what = lines.length === 1 ? 'one observer' : `${lines.length} observers`;
  return (
    <ConfirmDialog
      title={`${action.label} ${what}?`}
      confirm={action.label}
      isGrave={action.isGrave === true}
      onConfirm={() => void onConfirm(action)}
      onCancel={onCancel}
    >
      <p>{action.says}</p>
      <ul class="names">
        {lines.slice(0, mostNamed).map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
        {lines.length > mostNamed && <li>and {lines.length - mostNamed} more</li>}
      </ul>
    </ConfirmDialog>
  );
}

const mostNamed = 8;
