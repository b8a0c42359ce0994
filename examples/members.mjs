// Two members of one registry: one leads, both take commands, and when that is gone the other leads. They
// need a server, `nats-server -js`, whose address is the argument.
import { createMember } from '@panoptes/cluster';

const [, , servers = 'nats://127.0.0.1:4222'] = process.argv;
const options = { servers, name: 'peers', leaseMs: 2_000, logger: false };

async function leading(member) {
  for await (const { role, epoch } of member.states()) if (role === 'primary') return epoch;
}

const first = await createMember(options);
console.log('the first leads, in epoch', await leading(first));
const second = await createMember(options);

const peer = { peerId: { nodeId: 'a1', publicKey: 'a1', did: 'did:zhtp:a1a1a1a1a1a1a1a1' } };
const { seq } = await second.upsert(peer); // wherever the primary is
const peers = await first.atLeast(seq); // here
console.log(
  `the ${second.role} took transaction ${seq}; the primary has`,
  [...peers.allPeers()].length,
);

await first.close();
console.log('the second leads, in epoch', await leading(second));
await second.close();
