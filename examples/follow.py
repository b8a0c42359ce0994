#!/usr/bin/env python3
"""Counts the peers of a registry, tier by tier: an observer that is no JavaScript.

It speaks the protocol of docs/PROCESS-PROTOCOL.md over descriptors 3 and 4, with JSON, and needs
nothing but the standard library. Its queries are `count`, `tiers` and `peer` (of a node id).
"""

import hashlib
import json
import os
import resource
import selectors
import struct
import sys
import time

DATA, CONTROL = 3, 4
HEADER = struct.Struct('<IIHH')  # bytes of payload, channel, kind, 0

SNAPSHOT, ENTRIES, RUN = 1, 2, 3
START, QUERY, ASK, OUTCOME, STATE, WRITTEN, END = range(16, 23)
HELLO, ANSWER, PAYLOAD, _, HANDLED, FAILED = range(32, 38)
ENDED = 41

RUN_HEADER_BYTES, RECORD_HEADER_BYTES = 80, 24
KINDS = {1: 'PeerAdded', 2: 'PeerUpdated', 3: 'PeerRemoved'}

# Where fields of an entry lie (docs/PROCESS-PROTOCOL.md, "An entry"). They are those of one release: the
# hash of its fields stands in the header of each run, and other fields are refused.
FIELDS_HASH = '08c77f664e81d2ff07493d7bcc0fc39f'
TRUST_SCORE, LAST_SEEN, NODE_ID = 176, 168, 208
TIER_SHIFT, TIERS = 14, ('tier1', 'tier2', 'tier3', 'tier4', 'untrusted')


class Entry:
    """A peer's entry, which begins at `base`; fields are read as they are asked for."""

    def __init__(self, memory, base):
        self.memory, self.base = memory, base

    @property
    def length(self):
        return struct.unpack_from('<I', self.memory, self.base)[0]

    @property
    def node_id(self):
        offset, length = struct.unpack_from('<II', self.memory, self.base + NODE_ID)
        start = self.base + offset
        return bytes(self.memory[start : start + length]).decode()

    @property
    def tier(self):
        bits = struct.unpack_from('<I', self.memory, self.base + 4)[0]
        return TIERS[bits >> TIER_SHIFT & 7]

    def number(self, at):
        return struct.unpack_from('<d', self.memory, self.base + at)[0]


def records(run):
    """Each record of a run: its seq, its kind and its entry."""
    if bytes(run[56:72]).hex() != FIELDS_HASH:
        raise ValueError('this registry has peers of other fields than this program knows')
    at = RUN_HEADER_BYTES
    while at < len(run):
        units, kind, _reason, _flags, seq = struct.unpack_from('<IBBHd', run, at)
        yield int(seq), KINDS[kind], Entry(run, at + RECORD_HEADER_BYTES)
        at += 8 * units


class Peers:
    """The observer: which peers there are, and of which tier and trust."""

    def __init__(self):
        self.known = {}

    def put(self, entry):
        tier, trust = entry.tier, entry.number(TRUST_SCORE)
        self.known[entry.node_id] = {'tier': tier, 'trustScore': trust}

    def load(self, memory, size):
        self.known.clear()
        base = 0
        for _ in range(size):
            entry = Entry(memory, base)
            self.put(entry)
            base += entry.length

    def handle(self, run):
        for _seq, kind, entry in records(run):
            if kind == 'PeerRemoved':
                self.known.pop(entry.node_id, None)
            else:
                self.put(entry)

    def query(self, name, args):
        if name == 'count':
            return len(self.known)
        if name == 'tiers':
            tiers = [peer['tier'] for peer in self.known.values()]
            return {tier: tiers.count(tier) for tier in TIERS}
        if name == 'peer':
            return self.known.get(*args)
        raise LookupError(f"there is no query '{name}'")

    def digest(self):
        rows = (f'{node_id}\t{peer["tier"]}\n' for node_id, peer in sorted(self.known.items()))
        return hashlib.sha256(''.join(rows).encode()).hexdigest()


class Process:
    """The two pipes, and the one observer of this process."""

    def __init__(self):
        self.channel, self.peers = 0, Peers()
        self.snapshot = None
        self.send(HELLO, json.dumps({'protocol': 1, 'encoding': 'json'}).encode())

    def send(self, kind, *payload):
        frame = b''.join(payload)
        frame = HEADER.pack(len(frame), self.channel, kind, 0) + frame
        while frame:
            frame = frame[os.write(CONTROL, frame) :]

    def answer(self, kind, call_id, work):
        """Answers a call with what `work` gives, or with what it fails with."""
        try:
            value = work()
            message = value if kind == PAYLOAD else {'value': value}
        except Exception as error:
            kind, message = ANSWER, {'error': described(error)}
        self.send(kind, struct.pack('<I', call_id), json.dumps(message).encode())

    def take(self, channel, kind, payload):
        """What comes by the data pipe, in order; each is said to be handled when it is."""
        if channel != self.channel:
            return
        begun = time.monotonic()
        try:
            seq = self.handle(kind, payload)
        except Exception as error:
            self.send(FAILED, json.dumps({'error': described(error)}).encode())
            self.channel = 0
            return
        if seq is None:
            return
        milliseconds = 1000 * (time.monotonic() - begun)
        self.send(HANDLED, struct.pack('<4d', seq, milliseconds, memory_in_use(), 0))

    def handle(self, kind, payload):
        """Returns the last seq of what was handled; None while there is more of it to come."""
        if kind == RUN:
            self.peers.handle(payload)
            return struct.unpack_from('<d', payload, 48)[0]
        if kind == SNAPSHOT:
            seq, _time, size, length = struct.unpack('<4d', payload)
            self.snapshot = (seq, int(size), int(length), bytearray())
        elif kind == ENTRIES:
            self.snapshot[3].extend(payload)
        else:
            raise ValueError(f'a frame of kind {kind}')
        seq, size, length, memory = self.snapshot
        if len(memory) < length:
            return None
        self.snapshot = None
        self.peers.load(memory, size)
        return seq

    def call(self, channel, kind, payload):
        """What comes by the control pipe."""
        call_id = struct.unpack_from('<I', payload)[0] if len(payload) >= 4 else 0
        if kind == START:
            self.channel = channel
            self.answer(ANSWER, call_id, lambda: {
                'queries': ['count', 'tiers', 'peer'],
                'hasDigest': True,
                'hasProposal': False,
                'metrics': [],
            })
        elif kind == QUERY:
            end = 8 + struct.unpack_from('<I', payload, 4)[0]
            name, args = bytes(payload[8:end]).decode(), json.loads(bytes(payload[end:]))
            self.answer(PAYLOAD, call_id, lambda: self.peers.query(name, args))
        elif kind == ASK:
            self.ask(call_id, json.loads(bytes(payload[4:]))['method'])
        elif kind == END:
            self.channel = channel
            self.send(ENDED)
            self.channel = 0

    def ask(self, call_id, method):
        if method == 'digest':
            self.answer(ANSWER, call_id, self.peers.digest)
        elif method == 'probe':
            self.answer(ANSWER, call_id, lambda: {'heapBytes': memory_in_use(), 'externalBytes': 0})
        elif method == 'stop':
            self.answer(ANSWER, call_id, lambda: None)
            self.send(ENDED)
            self.channel = 0


def described(error):
    return {'name': type(error).__name__, 'message': str(error)}


def memory_in_use():
    """The most that this process has used, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == 'darwin' else 1024 * most


class Pipe:
    """Reads frames from a descriptor."""

    def __init__(self, descriptor, receive):
        self.descriptor, self.receive, self.waiting = descriptor, receive, bytearray()

    def read(self):
        """Takes what has come; false at the end, at which this process has to end."""
        chunk = os.read(self.descriptor, 1 << 16)
        self.waiting += chunk
        at = 0
        while len(self.waiting) - at >= HEADER.size:
            length, channel, kind, _zero = HEADER.unpack_from(self.waiting, at)
            end = at + HEADER.size + length
            if len(self.waiting) < end:
                break
            self.receive(channel, kind, bytes(self.waiting[at + HEADER.size : end]))
            at = end
        del self.waiting[:at]
        return len(chunk) > 0


def main():
    process = Process()
    with selectors.DefaultSelector() as ready:
        for pipe in (Pipe(CONTROL, process.call), Pipe(DATA, process.take)):
            ready.register(pipe.descriptor, selectors.EVENT_READ, pipe)
        while all(key.data.read() for key, _ in ready.select()):
            pass


if __name__ == '__main__':
    main()
