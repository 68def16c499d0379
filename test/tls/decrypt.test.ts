import { constants } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { HeldBytes } from '../../src/correlate/held-bytes.ts';
import type { TlsSession } from '../../src/correlate/model.ts';
import type { StreamParser } from '../../src/correlate/stream-parser.ts';
import { TlsParser } from '../../src/correlate/tls.ts';
import { TlsKeys } from '../../src/dissect/tls/key-log.ts';
import { KEY_LOG, ssl3Talk } from './ssl3.ts';
import { type Chunk, serverContext, type Talk, talk } from './talk.ts';

/** What came out of TLS, with the packets that are said to have carried it. */
class Inner implements StreamParser {
  readonly protocol = 'test';
  readonly said = [[] as Uint8Array[], [] as Uint8Array[]];
  readonly packets = [new Set<number>(), new Set<number>()];
  readonly gaps: number[] = [];
  readonly ended: boolean[] = [];
  data(fromClient: boolean, bytes: Uint8Array, at: number, end: number, packet: number): void {
    this.said[fromClient ? 0 : 1].push(bytes.slice(at, end));
    this.packets[fromClient ? 0 : 1].add(packet);
  }
  gap(_fromClient: boolean, length: number): void {
    this.gaps.push(length);
  }
  end(fromClient: boolean): void {
    this.ended.push(fromClient);
  }
  text(fromClient: boolean): string {
    return Buffer.concat(this.said[fromClient ? 0 : 1]).toString('latin1');
  }
}

interface Reading {
  session: TlsSession;
  inner: Inner;
}

interface ReadOptions {
  keys?: TlsKeys;
  /** Chunks whose bytes are lost, by their place. */
  lost?: number[];
  /** Bytes of a segment; 0: as they were written. */
  segment?: number;
  /** Called before each chunk. */
  before?: (chunk: number, keys: TlsKeys, parser: TlsParser) => void;
}

function keysOf(keyLog: string): TlsKeys {
  const keys = new TlsKeys();
  keys.readAll(Buffer.from(keyLog));
  return keys;
}

function read(chunks: Chunk[], keyLog: string, options: ReadOptions = {}): Reading {
  const keys = options.keys ?? keysOf(keyLog);
  const inner = new Inner();
  const budget = new HeldBytes();
  const parser = new TlsParser(1, () => {}, budget, keys, inner);
  let packet = 0;
  chunks.forEach(({ fromClient, bytes }, i) => {
    options.before?.(i, keys, parser);
    if (options.lost?.includes(i)) {
      packet++;
      parser.gap(fromClient, bytes.length, packet, packet);
      return;
    }
    const step = options.segment || bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      packet++;
      parser.data(fromClient, bytes, at, Math.min(bytes.length, at + step), packet, packet * 1000);
    }
  });
  parser.end(true, 'fin', ++packet, packet);
  parser.end(false, 'fin', ++packet, packet);
  expect(budget.held).toBe(0);
  return { session: parser.session, inner };
}

/** As much of a segment as Ethernet carries. */
const SEGMENT = 1400;

const cut = (chunks: Chunk[], size: number): Chunk[] =>
  chunks.flatMap(({ fromClient, bytes }) => {
    const parts: Chunk[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push({ fromClient, bytes: bytes.slice(at, at + size) });
    return parts;
  });

const REQUEST = 'GET /secret HTTP/1.1\r\nHost: www.example.test\r\n\r\n';
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n${'0123456789'.repeat(7000)}`;
const SAYS = [REQUEST, ANSWER, REQUEST, 'HTTP/1.1 204 No Content\r\n\r\n'];
const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } as const;

const v12 = (ciphers: string) => ({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` }) as const;
const v13 = (ciphers: string) => ({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers }) as const;

const SUITES = [
  v13('TLS_AES_128_GCM_SHA256'),
  v13('TLS_AES_256_GCM_SHA384'),
  v13('TLS_CHACHA20_POLY1305_SHA256'),
  v13('TLS_AES_128_CCM_SHA256'),
  v13('TLS_AES_128_CCM_8_SHA256'),
  ...[
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA384',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-CAMELLIA128-SHA256',
    'ECDHE-ARIA256-GCM-SHA384',
    'AES128-CCM',
    'AES256-CCM8',
    'AES256-SHA',
    'CAMELLIA256-SHA',
    'NULL-SHA256',
  ].map(v12),
];

/** Suites that this OpenSSL does not offer any more are left out; the others must be opened. */
async function tryTalk(settings: (typeof SUITES)[number], says: string[]): Promise<Talk | undefined> {
  try {
    return await talk({ client: settings, server: settings, says });
  } catch (error) {
    if (/no cipher match|no ciphers available|no shared cipher|handshake failure/i.test(String(error))) return undefined;
    throw error;
  }
}

describe('what OpenSSL says to itself is read as it was meant', () => {
  test.each(SUITES.map((settings) => ({ settings, name: settings.ciphers })))('$name', async ({ settings, name }) => {
    const spoken = await tryTalk(settings, SAYS);
    if (spoken === undefined) {
      // AES-GCM there always is.
      expect(name).not.toContain('GCM-SHA256');
      return;
    }
    for (const segment of [0, 1000, 7]) {
      const { session, inner } = read(spoken.chunks, spoken.keyLog, { segment });
      expect(session.cipher).toBe(spoken.cipher);
      expect(session.decryption).toMatchObject({ sealed: 0, reasons: [] });
      expect(inner.text(true)).toBe(REQUEST + REQUEST);
      expect(inner.text(false)).toBe(SAYS[1] + SAYS[3]);
      expect(inner.gaps).toEqual([]);
      expect(session.alerts.at(-1)).toMatchObject({ level: 'warning', description: 'close_notify' });
      expect(session.certificates?.[0]).toMatchObject({ names: ['www.example.test'], keyType: 'rsa', keyBits: 2048 });
    }
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s', async (version) => {
    const settings = { ...OLD, minVersion: version, maxVersion: version };
    const spoken = await talk({ client: settings, server: settings, says: SAYS });
    expect(spoken.protocol).toBe(version);
    const { session, inner } = read(spoken.chunks, spoken.keyLog);
    expect(session.decryption?.sealed).toBe(0);
    expect(inner.text(true)).toBe(REQUEST + REQUEST);
    expect(inner.text(false)).toBe(SAYS[1] + SAYS[3]);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('resumed, %s', async (version) => {
    const settings = { minVersion: version, maxVersion: version } as const;
    const context = serverContext(settings);
    const first = await talk({ client: settings, context, says: SAYS });
    const again = await talk({ client: { ...settings, session: first.session }, context, says: SAYS });
    expect(again.reused).toBe(true);
    expect(read(first.chunks, first.keyLog).session.resumed).toBe(false);
    const { session, inner } = read(again.chunks, again.keyLog);
    expect(session.resumed).toBe(true);
    expect(session.decryption?.sealed).toBe(0);
    expect(inner.text(false)).toBe(SAYS[1] + SAYS[3]);
  });

  test('after a HelloRetryRequest', async () => {
    const spoken = await talk({
      client: { ...v13('TLS_AES_128_GCM_SHA256'), ecdhCurve: 'P-256:P-384' },
      server: { ...v13('TLS_AES_128_GCM_SHA256'), ecdhCurve: 'P-384' },
      says: SAYS,
    });
    const { session, inner } = read(spoken.chunks, spoken.keyLog);
    expect(session.helloRetryPacket).toBeDefined();
    expect(session.decryption?.sealed).toBe(0);
    expect(inner.text(true)).toBe(REQUEST + REQUEST);
  });

  test('ALPN and the handshake’s end of TLS 1.3 are known with keys', async () => {
    const alpn = { ALPNProtocols: ['h2', 'http/1.1'] };
    const settings = v13('TLS_AES_128_GCM_SHA256');
    const spoken = await talk({
      client: { ...settings, ...alpn },
      server: { ...settings, ALPNProtocols: ['http/1.1'] },
      says: SAYS,
    });
    const { session } = read(spoken.chunks, spoken.keyLog);
    expect([session.alpnOffered, session.alpn, session.alpnVisible]).toEqual([['h2', 'http/1.1'], 'http/1.1', true]);
    const sealed = read(spoken.chunks, '');
    expect([sealed.session.alpn, sealed.session.alpnVisible]).toEqual([undefined, false]);
    expect(sealed.session.finishedPacket).toBe(session.finishedPacket);
  });
});

describe('what cannot be opened is told, and nothing is made up', () => {
  const settings = v13('TLS_AES_128_GCM_SHA256');
  const spoken = talk({ client: settings, server: settings, says: SAYS });
  const older = talk({ client: v12('ECDHE-RSA-AES128-GCM-SHA256'), server: v12('ECDHE-RSA-AES128-GCM-SHA256'), says: SAYS });

  test('no keys of this connection', async () => {
    const other = '0'.repeat(64);
    const log = (await spoken).keyLog.replace(/ [0-9a-f]{64} /g, ` ${other} `);
    const { session, inner } = read((await spoken).chunks, log);
    expect(session.decryption?.opened).toBe(0);
    expect(session.decryption?.reasons.map((each) => each.why)).toEqual(['no-keys']);
    expect(inner.text(true) + inner.text(false)).toBe('');
  });

  test.each([
    ['TLS 1.3', () => spoken],
    ['TLS 1.2', () => older],
  ])('wrong keys, %s', async (_, made) => {
    const { chunks, keyLog } = await made();
    const wrong = keyLog.replace(/[0-9a-f]{8}$/gm, '00000000');
    const { session, inner } = read(chunks, wrong);
    expect(session.decryption?.opened).toBe(0);
    expect(session.decryption?.reasons.map((each) => each.why)).toEqual(['keys-do-not-fit']);
    expect(inner.text(true) + inner.text(false)).toBe('');
  });

  test('the capture began after the hellos', async () => {
    const { chunks, keyLog } = await spoken;
    const { session } = read(chunks.slice(4), keyLog);
    expect(session.decryption?.opened).toBe(0);
    expect(session.decryption?.reasons[0].why).toBe('no-client-hello');
  });

  test.each([
    ['TLS 1.3', () => spoken],
    ['TLS 1.2', () => older],
  ])('behind lost bytes reading goes on, %s', async (_, made) => {
    const { chunks: written, keyLog } = await made();
    const chunks = cut(written, SEGMENT);
    const whole = read(chunks, keyLog).inner.text(false);
    const bulk = chunks.flatMap(({ fromClient, bytes }, i) => (!fromClient && bytes.length === SEGMENT ? [i] : []));
    expect(bulk.length).toBeGreaterThan(40);
    // Each one on its own: inside records, and where one ends and the next begins.
    for (const lost of bulk.slice(5)) {
      const { session, inner } = read(chunks, keyLog, { lost: [lost] });
      const said = inner.text(false);
      let same = 0;
      while (said[same] === whole[same]) same++;
      // Whole records are missing in one place; two at most.
      expect(whole.endsWith(said.slice(same)), `without chunk ${lost}`).toBe(true);
      expect(whole.length - said.length).toBeGreaterThan(0);
      expect(whole.length - said.length).toBeLessThanOrEqual(2 * 16_384);
      expect(inner.gaps.length).toBeGreaterThan(0);
      expect(session.decryption?.opened).toBeGreaterThan(4);
    }
  });

  test('a changed record is not opened, those behind it are', async () => {
    const { chunks, keyLog } = await spoken;
    const at = chunks.findIndex(({ bytes, fromClient }) => !fromClient && bytes.length > 16_000);
    const bytes = chunks[at].bytes.slice();
    bytes[bytes.length - 20] ^= 1;
    const { session, inner } = read(chunks.with(at, { fromClient: false, bytes }), keyLog);
    expect(session.decryption?.reasons).toEqual([expect.objectContaining({ why: 'keys-do-not-fit', records: 1 })]);
    expect(inner.text(false).endsWith(SAYS[3])).toBe(true);
  });
});

describe('keys that come late', () => {
  const settings = v13('TLS_AES_256_GCM_SHA384');
  const spoken = talk({ client: settings, server: settings, says: SAYS });

  test.each([3, 6, 20, 40])('before segment %i', async (when) => {
    const { chunks: written, keyLog } = await spoken;
    const chunks = cut(written, SEGMENT);
    const keys = new TlsKeys();
    keys.growing = true;
    const before = (i: number): void => {
      if (i === when) keys.readAll(Buffer.from(keyLog));
    };
    const { session, inner } = read(chunks, '', { keys, before });
    expect(session.decryption?.sealed).toBe(0);
    expect(inner.text(true)).toBe(REQUEST + REQUEST);
    expect(inner.text(false)).toBe(SAYS[1] + SAYS[3]);
    const early = read(chunks, keyLog).inner;
    expect([...inner.packets[1]]).toEqual([...early.packets[1]]);
  });

  test('not at all: what waited is told, and let go', async () => {
    const { chunks } = await spoken;
    const keys = new TlsKeys();
    keys.growing = true;
    const { session } = read(chunks, '', { keys });
    expect(session.decryption?.opened).toBe(0);
    expect(session.decryption?.reasons.map((each) => each.why)).toEqual(['no-keys']);
  });

  test('after more than may wait: what comes then is opened', async () => {
    const bulk = 'x'.repeat(600_000);
    const long = await talk({ client: settings, server: settings, says: [REQUEST, bulk, REQUEST, 'the end'] });
    const keys = new TlsKeys();
    keys.growing = true;
    const chunks = cut(long.chunks, SEGMENT);
    const last = chunks.length - 20;
    const { session, inner } = read(chunks, '', {
      keys,
      before: (i) => {
        if (i === last) keys.readAll(Buffer.from(long.keyLog));
      },
    });
    expect(session.decryption?.sealed).toBeGreaterThan(10);
    expect(inner.text(false).endsWith('the end')).toBe(true);
  });
});

describe('hostile records', () => {
  const settings = [v13('TLS_AES_128_GCM_SHA256'), v12('ECDHE-RSA-AES128-SHA'), v12('ECDHE-RSA-CHACHA20-POLY1305')];
  const spoken = Promise.all(settings.map((each) => talk({ client: each, server: each, says: SAYS })));

  test('whatever is done to the bytes: no error, and nothing comes out that was not said', async () => {
    let seed = 1;
    const below = (limit: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % limit;
    };
    for (const { chunks: written, keyLog } of await spoken) {
      const said = SAYS[0] + SAYS[2] + SAYS[1] + SAYS[3];
      for (let round = 0; round < 150; round++) {
        const chunks = cut(written, SEGMENT);
        for (let times = 1 + below(4); times > 0; times--) {
          const at = below(chunks.length);
          const { fromClient } = chunks[at];
          const bytes = chunks[at].bytes.slice();
          const kind = below(5);
          if (kind === 0) bytes[below(bytes.length)] ^= 1 << below(8);
          else if (kind === 1) for (let i = 0; i < 20; i++) bytes[below(bytes.length)] = below(256);
          else if (kind === 2) bytes.copyWithin(below(bytes.length), below(bytes.length));
          if (kind < 3) chunks[at] = { fromClient, bytes };
          else if (kind === 3) chunks.splice(at, 1);
          else chunks.splice(at, 0, chunks[below(chunks.length)]);
        }
        const { inner } = read(chunks, keyLog, { lost: round % 3 === 0 ? [below(chunks.length)] : [] });
        // Each piece is one segment's part of a record whose tag or MAC was right.
        for (const piece of inner.said.flat()) expect(said).toContain(Buffer.from(piece).toString('latin1'));
      }
    }
  });
});

describe('what old captures have', () => {
  test.each([0x000a, 0x002f, 0x0035])('SSL 3.0 with suite %i (RFC 6101 §5.2.3)', (suite) => {
    const says = ['GET / HTTP/1.0\r\n\r\n', ANSWER.slice(0, 9000), 'x', 'y'.repeat(333)];
    const { session, inner } = read(ssl3Talk(suite, says), KEY_LOG, { segment: SEGMENT });
    expect([inner.text(true), inner.text(false)]).toEqual([says[0] + says[2], says[1] + says[3]]);
    expect(session.decryption).toMatchObject({ opened: 6, sealed: 0 });
    expect(session.version).toBe('SSL 3.0');
    const other = read(ssl3Talk(suite, says), KEY_LOG.replace('0badc0de', '0badc0df'));
    expect([other.inner.text(true), other.session.decryption?.opened]).toEqual(['', 0]);
  });

  test("a session's secret by its id, as openssl s_client prints it", async () => {
    const { chunks, keyLog } = await talk({
      client: v12('ECDHE-RSA-AES128-GCM-SHA256'),
      server: { secureOptions: constants.SSL_OP_NO_TICKET },
      says: SAYS,
    });
    // In the ServerHello behind the record's header, the message's, the version and the random.
    const hello = chunks.find((chunk) => !chunk.fromClient)?.bytes ?? new Uint8Array(0);
    const id = Buffer.from(hello.subarray(44, 44 + hello[43])).toString('hex');
    expect(id).toHaveLength(64);
    const [, random, master] = keyLog.trim().split(' ');
    const line = `RSA Session-ID:${id} Master-Key:${master}\n`;
    const keys = keysOf(line).settled;
    const { session, inner } = read(chunks, '', { keys });
    expect(inner.text(true)).toBe(REQUEST + REQUEST);
    expect(session.decryption?.sealed).toBe(0);
    expect(keys.foundLines).toBe(`CLIENT_RANDOM ${random} ${master}\n`);
    expect(read(chunks, line.replace(id.slice(0, 8), '00000000')).inner.text(true)).toBe('');
  });
});
