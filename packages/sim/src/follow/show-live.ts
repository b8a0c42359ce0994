import type { Terminal } from '../commands/terminal.js';
import type { DashboardSample } from '../top/dashboard-sample.js';
import { LiveTop } from '../top/live-top.js';
import type { TopView } from '../top/top-view.js';
import type { EndReason } from './follow-document.js';
import { followLooks } from './follow-looks.js';
import { followSample } from './follow-sample.js';

import type { FollowedStream } from './followed-stream.js';

/**
 * Shows a replica on the whole screen of a terminal until `end`, or until somebody quits.
 *
 * @returns why it has ended, when nothing else had ended it
 */
export async function showLive(
  terminal: Terminal & { readonly stdin: NodeJS.ReadStream },
  followed: FollowedStream,
  title: string,
  end: AbortController,
): Promise<EndReason> {
  const { clock } = terminal;
  const look = (): DashboardSample => followSample(followed, followed.figures());
  const times = { clock, everyMs: liveEveryMs, signal: end.signal };
  const again = (): AsyncIterable<DashboardSample> => followLooks(look, times);
  const deps = { ...terminal, title, again, view, end };
  const isInterrupted = await LiveTop.show(deps, look(), again());
  return isInterrupted ? 'interrupted' : 'quit';
}

const view: TopView = {
  ...{ sort: 'lag', filter: '', isReversed: false },
  ...{ isTyping: false, isPaused: false, above: 0 },
};
const liveEveryMs = 333;
