import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { ObserverAnswer, QueryAnswer } from '../api/observer-answer.js';
import { RefusedError, askObserver, messageOf } from '../api/requests.js';
import { actions } from '../live/live-view.js';
import { count, milliseconds } from '../number-format.js';

/** The queries of an observer, to be tried. Where nothing may be done, their names only. */
export function QueryForm({ id, answer }: QueryFormProps) {
  const { queries, queriesOmitted, observer } = answer;
  if (queries.length === 0) return null;
  const mayAsk = actions.value.length > 0 && !observer.isProtected;
  return (
    <section class="panel" aria-labelledby="queries">
      <h2 id="queries">Queries</h2>
      {mayAsk ? (
        <Form id={id} queries={queries} />
      ) : (
        <>
          <p class="said">{queries.join(', ')}</p>
          <p class="sub">Here none of them can be asked.</p>
        </>
      )}
      {queriesOmitted > 0 && <p class="sub">{count(queriesOmitted)} more are not listed.</p>}
    </section>
  );
}

interface QueryFormProps {
  readonly id: string;
  readonly answer: ObserverAnswer;
}

function Form({ id, queries }: { readonly id: string; readonly queries: readonly string[] }) {
  const form = useRef<HTMLFormElement>(null);
  const outcome = useSignal<Outcome>({ says: '' });
  const isAsking = useSignal(false);
  const ask = async (event: Event) => {
    event.preventDefault();
    if (isAsking.value) return;
    const fields = new FormData(form.current!);
    const query = textIn(fields, 'query');
    const { args, wrong } = listIn(textIn(fields, 'args'));
    if (args === undefined) {
      outcome.value = { says: '', refused: `Arguments: ${wrong}` };
      return;
    }
    isAsking.value = true;
    outcome.value = { says: `Asking ${query} …` };
    outcome.value = await outcomeOf(id, query, args);
    isAsking.value = false;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current!.requestSubmit();
  };
  const { says, refused, answer } = outcome.value;
  return (
    <>
      <form ref={form} class="query" onSubmit={(event) => void ask(event)}>
        <label>
          Query{' '}
          <select name="query">
            {queries.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="args">
          Arguments, a list in JSON{' '}
          <textarea
            name="args"
            rows={2}
            class="code"
            spellcheck={false}
            placeholder={'["peer-1", 20]'}
            onKeyDown={onKeyDown}
          />
        </label>
        <button type="submit" aria-disabled={isAsking.value}>
          Ask
        </button>
      </form>
      <p role="status" class="outcome">
        {says}
      </p>
      {refused !== undefined && (
        <p class="refused" role="alert">
          {refused}
        </p>
      )}
      {answer !== undefined && (
        <pre class="answer" role="region" aria-label="Answer" tabIndex={0}>
          {answer.text}
        </pre>
      )}
    </>
  );
}

/** What came of it. */
interface Outcome {
  readonly says: string;
  readonly refused?: string;
  readonly answer?: QueryAnswer;
}

async function outcomeOf(id: string, query: string, args: readonly unknown[]): Promise<Outcome> {
  const asked = performance.now();
  try {
    const answer = await askObserver(id, query, args);
    const cut = answer.isCut ? ' It is long: only its beginning is shown.' : '';
    return { says: `${query} answered in ${milliseconds(answer.tookMs)}.${cut}`, answer };
  } catch (error) {
    const says = `${query} failed after ${milliseconds(performance.now() - asked)}.`;
    const code = error instanceof RefusedError ? `${error.code}: ` : '';
    return { says, refused: `${code}${messageOf(error)}` };
  }
}

function textIn(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

/** Arguments as they were typed. */
type Typed =
  | { readonly args: readonly unknown[]; readonly wrong?: undefined }
  | { readonly args?: undefined; readonly wrong: string };

/** The list that was typed, or what is wrong with it. Nothing at all is no arguments. */
function listIn(text: string): Typed {
  const expected = 'expected a list in JSON, as in ["peer-1", 20]';
  if (text.trim() === '') return { args: [] };
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { args: value } : { wrong: expected };
  } catch (error) {
    return { wrong: `${expected}; ${messageOf(error)}` };
  }
}
