import { ConfigError } from '@panoptes/core';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type ClusterFlags, addClusterFlags, clusterServers } from './cluster-flags.js';

const flagsOf = (...args: string[]): ClusterFlags =>
  addClusterFlags(new Command().exitOverride(), 'where')
    .parse(args, { from: 'user' })
    .opts<ClusterFlags>();
const serversOf = (args: string[], env = {}) => clusterServers(flagsOf(...args), env);

describe('where a cluster is', () => {
  it.each([
    [['a'], { servers: ['nats://a'] }],
    [['nats://a:4222'], { servers: ['nats://a:4222'] }],
    [['nats://a:1, b:2/'], { servers: ['nats://a:1', 'nats://b:2'] }],
    [['nats://[::1]:4222'], { servers: ['nats://[::1]:4222'] }],
    [['nats://me:a%40b@a:1'], { servers: ['nats://a:1'], user: 'me', pass: 'a@b' }],
    [['nats://secret@a:1'], { servers: ['nats://a:1'], token: 'secret' }],
    [['tls://a'], { servers: ['tls://a'], tls: {} }],
    [['a', '--cluster-ca', 'ca'], { servers: ['nats://a'], tls: { caFile: 'ca' } }],
    [['a', '--cluster-creds', 'me'], { servers: ['nats://a'], credentialsFile: 'me' }],
  ])('is said by %j', ([url, ...more], expected) => {
    expect(serversOf(['--cluster', url!, ...more])).toEqual(expected);
  });

  it('is nowhere without a URL', () => {
    expect(serversOf([], { PANOPTES_CLUSTER_TOKEN: 't' })).toBeUndefined();
  });

  it('who this is comes from the environment, unless the flags say it', () => {
    const env = { PANOPTES_CLUSTER_USER: 'u', PANOPTES_CLUSTER_PASSWORD: 'p' };
    expect(serversOf(['--cluster', 'a'], env)).toMatchObject({ user: 'u', pass: 'p' });
    expect(serversOf(['--cluster', 't@a'], env)).toEqual({ servers: ['nats://a'], token: 't' });
    expect(serversOf(['--cluster', 'a', '--cluster-creds', 'f'], env)).toEqual({
      servers: ['nats://a'],
      credentialsFile: 'f',
    });
  });

  it.each([
    [['--cluster', 'http://a'], '--cluster: expected URLs as in nats://host:4222'],
    [['--cluster', ''], '--cluster: expected URLs'],
    [['--cluster', 'nats://a,,'], '--cluster: expected URLs'],
    [['--cluster', 'nats://a/path'], '--cluster: expected URLs'],
    [['--cluster', 'nats://a:port'], '--cluster: expected URLs'],
    [['--cluster', 'nats://u:p@a,nats://b'], '--cluster: expected the same user'],
    [['--cluster', 'nats://%zz@a'], '--cluster: expected %'],
    [['--cluster-creds', 'f'], '--cluster-creds: expected it with --cluster'],
    [['--cluster', 'a', '--cluster-ca', ''], '--cluster-ca: expected the path'],
    [['--cluster', 'a', '--cluster-cert', 'f'], '--cluster-cert: expected --cluster-key'],
    [['--cluster', 'a', '--cluster-key', 'f'], '--cluster-key: expected --cluster-cert'],
    [['--cluster', 'u:p@a', '--cluster-creds', 'f'], '--cluster-creds: expected a URL without'],
  ])('is refused: %j', (args, message) => {
    const parsing = () => serversOf(args);
    expect(parsing).toThrow(ConfigError);
    expect(parsing).toThrow(message);
  });

  it('is refused without repeating what lets somebody in', () => {
    const parsing = () => serversOf(['--cluster', 'nats://me:secret@a/path']);
    expect(parsing).toThrow('//…@a/path');
    expect(parsing).not.toThrow('secret');
  });
});
