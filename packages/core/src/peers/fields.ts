import {
  choice,
  count,
  flag,
  hex,
  list,
  number,
  optional,
  ratio,
  record,
  text,
  time,
} from './field-kinds.js';

/**
 * The fields of a peer entry: the single source of its type, validator, bytes and lazy view.
 * To add a field, add it here.
 */
export const peerFields = {
  peerId: record('who the peer is', {
    nodeId: text('primary key', 256),
    publicKey: hex('public key; post-quantum keys reach 2,592 bytes', 4096),
    did: text('decentralized identifier', 100),
  }),
  endpoints: list(
    'where the peer can be reached',
    record('an endpoint', {
      address: text('host and port, or a radio address', 512),
      protocol: text('transport', 64),
      signalStrength: ratio('share of full strength', 1),
      latencyMs: number('milliseconds', 0),
    }),
    64,
  ),
  activeProtocols: list('transports in use', text('transport', 64), 64),
  connectionMetrics: record('the connection, as last measured', {
    signalStrength: ratio('share of full strength', 1),
    bandwidthCapacity: number('bytes a second', 0),
    latencyMs: number('milliseconds', 0),
    stabilityScore: ratio('share of time up', 1),
    connectedAt: time('Unix milliseconds'),
  }),
  authenticated: flag('proved that it owns its key', false),
  quantumSecure: flag('connected through a post-quantum handshake', false),
  nextHop: optional(text('node id of the next hop, when relayed', 256)),
  hopCount: count('relays in between', 0),
  routeQuality: ratio('share of packets that arrive', 1),
  capabilities: record('what the peer offers', {
    nodeType: optional(text('role in its network, such as full, light or validator', 64)),
    apiEndpoint: optional(text('URL', 512)),
    protocolVersion: optional(text('version of its protocol', 64)),
    supportsWeb4: flag('serves Web4 content', false),
    protocols: list('application protocols', text('protocol', 64), 64),
    maxBandwidth: number('bytes a second', 0),
    availableBandwidth: number('bytes a second', 0),
    routingCapacity: number('peers it relays for at most', 0),
    energyLevel: optional(ratio('share of a full battery', 1)),
    availabilityPercent: number('percent of time', 100, { max: 100 }),
  }),
  location: optional(
    record('where it is', {
      latitude: number('degrees', 0, { min: -90, max: 90 }),
      longitude: number('degrees', 0, { min: -180, max: 180 }),
      region: optional(text('name of the region', 64)),
    }),
  ),
  links: list(
    'whom it hears, in a mesh network',
    record('a link', {
      nodeId: text('node id of the other end', 256),
      quality: ratio('share of packets that arrive', 1),
      type: text('medium', 64),
    }),
    512,
  ),
  reliabilityScore: ratio('share of requests it answered', 1),
  dhtInfo: optional(
    record('its place in the DHT', {
      kademliaDistance: number('log2 of the XOR distance', 0, { max: 512 }),
      bucketIndex: count('index of its bucket', 0),
      lastContact: time('Unix milliseconds'),
      failedAttempts: count('unanswered requests in a row', 0),
    }),
  ),
  discoveryMethod: choice(
    'how it was found',
    ['bootstrap', 'dht', 'mesh-scan', 'relay', 'manual', 'blockchain'],
    'manual',
  ),
  firstSeen: time('Unix milliseconds'),
  lastSeen: time('Unix milliseconds'),
  tier: choice(
    'standing, best first',
    ['tier1', 'tier2', 'tier3', 'tier4', 'untrusted'],
    'untrusted',
  ),
  trustScore: ratio('0 distrusted, 1 trusted', 0.5),
  dataTransferred: count('bytes'),
  tokensEarned: number('tokens', 0),
  trafficRouted: count('bytes'),
} as const;

/** The tiers, best first. */
export const tiers = peerFields.tier.words;
