import { computed } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { page } from './address.js';
import { connection } from './live/live-feed.js';
import { isFrozen, overview, toggleFrozen } from './live/live-view.js';
import { ObserversPage } from './pages/observers-page.js';
import { ObserverPage } from './pages/observer-page.js';
import { OverviewPage } from './pages/overview-page.js';
import { PeersPage } from './pages/peers-page.js';
import { TreePage } from './pages/tree-page.js';
import { PageLink } from './parts/page-link.js';

/** The dashboard: a bar with all pages, and the one that the address asks for. */
export function App() {
  const { view: Page, title } = pages.get(page.value) ?? { view: NoPage, title: 'Nothing here' };
  useArrival(title);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <PageLink class="brand" to="overview">
          <img src="/page/icon.svg" alt="" width="22" height="22" />
          Panoptes
        </PageLink>
        <nav aria-label="Pages">
          {[...pages].map(([name, { title, parent }]) =>
            parent === undefined ? (
              <PageLink key={name} to={name} isCurrent={isWithin(page.value, name)}>
                {title}
              </PageLink>
            ) : null,
          )}
        </nav>
        <div class="bar-end">
          <ConnectionState />
          <button type="button" class={isFrozen.value ? 'solid' : undefined} onClick={toggleFrozen}>
            {isFrozen.value ? 'Go on' : 'Freeze'}
          </button>
        </div>
      </header>
      <Trouble />
      <main id="main" tabIndex={-1}>
        {hasSample.value ? <Page /> : <p class="waiting">Waiting for the first sample …</p>}
      </main>
    </>
  );
}

const hasSample = computed(() => overview.value !== null);

/** Names the window after its page, and has who came by a link begin at its top. */
function useArrival(title: string): void {
  const before = useRef<string>(undefined);
  useEffect(() => {
    document.title = `${title} · Panoptes`;
    if (before.current !== undefined) {
      document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    before.current = title;
  }, [title]);
}

interface Page {
  readonly title: string;
  readonly view: ComponentType;
  /** The page that leads here, for one that stands in no menu. */
  readonly parent?: string;
}

const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['overview', { title: 'Overview', view: OverviewPage }],
  ['observers', { title: 'Observers', view: ObserversPage }],
  ['observer', { title: 'Observer', view: ObserverPage, parent: 'observers' }],
  ['peers', { title: 'Peers', view: PeersPage }],
  ['tree', { title: 'Tree', view: TreePage }],
]);

const isWithin = (shown: string, name: string): boolean =>
  shown === name || pages.get(shown)?.parent === name;

/** Says what changed, and not that nothing did. */
function ConnectionState() {
  const state = isFrozen.value ? 'frozen' : connection.value;
  return (
    <span role="status" class={`connection ${state}`}>
      {connectionWords[state]}
    </span>
  );
}

const connectionWords = {
  connecting: 'connecting',
  live: 'live',
  lost: 'not connected',
  refused: 'not let in',
  busy: 'waiting for a place',
  frozen: 'frozen',
};

function Trouble() {
  switch (connection.value) {
    case 'lost':
      return (
        <p class="trouble">
          The connection is lost. What is shown is as it was then; this page tries again by itself.
        </p>
      );
    case 'refused':
      return (
        <p class="trouble">
          The server no longer knows this page, as after it was started again. Open the URL that it
          printed.
        </p>
      );
    case 'busy':
      return (
        <p class="trouble">
          As many watch this dashboard as may. This page tries again by itself; closing another one
          makes room.
        </p>
      );
    default:
      return null;
  }
}

function NoPage() {
  return (
    <>
      <h1>Nothing here</h1>
      <p>There is no such page.</p>
    </>
  );
}
