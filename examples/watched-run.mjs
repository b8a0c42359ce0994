// A simulation from code with a dashboard: what the overview says of it on the way.
import { startDashboard } from '@panoptes/dashboard';
import { simulate } from '@panoptes/sim';

const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
const churn = [
  { at: 0, kind: 'join', peer: { peerId } },
  { at: 3_600_000, kind: 'leave', nodeId: 'alice' },
];

const run = await simulate({
  source: churn,
  observers: ['mesh'],
  checks: 'digest',
  onRegistry: async (registry, { about, protectedObservers }) => {
    const dashboard = await startDashboard(registry, { about, protectedObservers });
    // console.log(`open ${dashboard.url}`);
    return async () => {
      for (const { label, value } of about()) console.log(`${label}: ${value}`);
      await dashboard.close();
    };
  },
});
console.log(run.verdict);
