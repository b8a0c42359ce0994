import { deepFreeze } from '../deep-freeze.js';
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
 * To add a field, add it here. What its comment says editors show wherever the field is used.
 */
export const peerFields = deepFreeze({
  /** Who the peer is. */
  peerId: record({
    /** Primary key; 256 bytes at most. */
    nodeId: text(256),
    /** Public key in hex; post-quantum keys reach 2,592 bytes, 4,096 are accepted. */
    publicKey: hex(4096),
    /** Decentralized identifier; 100 bytes at most. */
    did: text(100),
  }),
  /** Where the peer can be reached; 64 endpoints at most. */
  endpoints: list(
    record({
      /** Host and port, or a radio address. */
      address: text(512),
      /** Transport. */
      protocol: text(64),
      /** Share of full strength: 0 to 1, default 1. */
      signalStrength: ratio(1),
      /** Milliseconds; default 0. */
      latencyMs: number(0),
    }),
    64,
  ),
  /** Transports in use; 64 at most. */
  activeProtocols: list(text(64), 64),
  /** The connection, as last measured. */
  connectionMetrics: record({
    /** Share of full strength: 0 to 1, default 1. */
    signalStrength: ratio(1),
    /** Bytes a second; default 0. */
    bandwidthCapacity: number(0),
    /** Milliseconds; default 0. */
    latencyMs: number(0),
    /** Share of time up: 0 to 1, default 1. */
    stabilityScore: ratio(1),
    /** Since when it is connected, in Unix milliseconds; default now. */
    connectedAt: time(),
  }),
  /** Whether it proved that it owns its key; default false. */
  authenticated: flag(false),
  /** Whether it is connected through a post-quantum handshake; default false. */
  quantumSecure: flag(false),
  /** Node id of the next hop, when relayed. */
  nextHop: optional(text(256)),
  /** Relays in between; default 0. */
  hopCount: count(),
  /** Share of packets that arrive: 0 to 1, default 1. */
  routeQuality: ratio(1),
  /** What the peer offers. */
  capabilities: record({
    /** Role in its network, such as full, light or validator. */
    nodeType: optional(text(64)),
    /** URL of its API. */
    apiEndpoint: optional(text(512)),
    /** Version of its protocol. */
    protocolVersion: optional(text(64)),
    /** Whether it serves Web4 content; default false. */
    supportsWeb4: flag(false),
    /** Application protocols; 64 at most. */
    protocols: list(text(64), 64),
    /** Bytes a second; default 0. */
    maxBandwidth: number(0),
    /** Bytes a second; default 0. */
    availableBandwidth: number(0),
    /** Peers that it relays for at most; default 0. */
    routingCapacity: number(0),
    /** Share of a full battery: 0 to 1. */
    energyLevel: optional(ratio(1)),
    /** Percent of time that it is up: 0 to 100, default 100. */
    availabilityPercent: number(100, { max: 100 }),
  }),
  /** Where it is. */
  location: optional(
    record({
      /** Degrees: -90 to 90, default 0. */
      latitude: number(0, { min: -90, max: 90 }),
      /** Degrees: -180 to 180, default 0. */
      longitude: number(0, { min: -180, max: 180 }),
      /** Name of the region. */
      region: optional(text(64)),
    }),
  ),
  /** Whom it hears, in a mesh network; 512 links at most. */
  links: list(
    record({
      /** Node id of the other end. */
      nodeId: text(256),
      /** Share of packets that arrive: 0 to 1, default 1. */
      quality: ratio(1),
      /** Medium. */
      type: text(64),
    }),
    512,
  ),
  /** Share of requests that it answered: 0 to 1, default 1. */
  reliabilityScore: ratio(1),
  /** Its place in the DHT. */
  dhtInfo: optional(
    record({
      /** Log2 of the XOR distance: 0 to 512, default 0. */
      kademliaDistance: number(0, { max: 512 }),
      /** Index of its bucket; default 0. */
      bucketIndex: count(),
      /** When it was last heard of in the DHT, in Unix milliseconds; default now. */
      lastContact: time(),
      /** Unanswered requests in a row; default 0. */
      failedAttempts: count(),
    }),
  ),
  /** How it was found; default manual. */
  discoveryMethod: choice(
    ['bootstrap', 'dht', 'mesh-scan', 'relay', 'manual', 'blockchain'],
    'manual',
  ),
  /** When it was first seen, in Unix milliseconds; default now. */
  firstSeen: time(),
  /** When it was last seen, in Unix milliseconds; default now. What is too long ago has expired. */
  lastSeen: time(),
  /** Standing, best first; default untrusted. */
  tier: choice(['tier1', 'tier2', 'tier3', 'tier4', 'untrusted'], 'untrusted'),
  /** 0 distrusted to 1 trusted, default 0.5. */
  trustScore: ratio(0.5),
  /** Bytes that it has transferred; default 0. */
  dataTransferred: count(),
  /** Tokens that it has earned; default 0. */
  tokensEarned: number(0),
  /** Bytes that it has relayed; default 0. */
  trafficRouted: count(),
});

/** The tiers, best first. */
export const tiers = peerFields.tier.words;
