// A network that no scenario describes: its churn comes from code, a minute at a time.
import { createHash } from 'node:crypto';
import { simulate } from '@panoptes/sim';

const minuteMs = 60_000;
const keyOf = (name) => createHash('sha256').update(name).digest('hex');
const peerId = (name) => ({ nodeId: name, publicKey: keyOf(name), did: `did:zhtp:${keyOf(name)}` });

/** Every minute five peers come, all give a sign of life, and who has been there for ten goes. */
function* churn(minutes) {
  const online = [];
  for (let minute = 0; minute < minutes; minute++) {
    const at = minute * minuteMs;
    const lastSeen = Date.UTC(2026, 0, 1) + at;
    for (const nodeId of online) yield { at, kind: 'patch', nodeId, patch: { lastSeen } };
    for (const nodeId of online.splice(0, minute < 10 ? 0 : 5)) yield { at, kind: 'leave', nodeId };
    for (let place = 0; place < 5; place++) {
      const nodeId = `peer-${minute}-${place}`;
      online.push(nodeId);
      yield { at, kind: 'join', peer: { peerId: peerId(nodeId), hopCount: place, dhtInfo: {} } };
    }
  }
}

const module = new URL('./routing.observer.mjs', import.meta.url);
const run = await simulate({
  source: churn(120),
  observers: ['kademlia', { name: 'routing', module, options: { maxHops: 3 } }],
});
console.log(`${run.verdict}: ${run.events} events, ${run.peers.mean} peers online on average`);
for (const { name, delivered, digestMatches } of run.observers) {
  console.log(
    `${name}: ${delivered} events, ${digestMatches ? 'as the plain model says' : 'wrong'}`,
  );
}
