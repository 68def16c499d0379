import { describe, expect, test } from 'vitest';
import { LIST_LIMIT, type TlsSession } from '../../src/correlate/model.ts';
import { TlsParser } from '../../src/correlate/tls.ts';
import { be16, join, text, u8 } from '../frames.ts';
import * as b from './build.ts';

interface Piece {
  from: 'client' | 'server';
  bytes: Uint8Array;
  packet?: number;
}

const client = (...parts: Uint8Array[]): Piece => ({ from: 'client', bytes: join(...parts) });
const server = (...parts: Uint8Array[]): Piece => ({ from: 'server', bytes: join(...parts) });

/** Packets 1, 2, …, at 10, 20, … */
function run(pieces: Piece[]): { session: TlsSession; emitted: TlsSession[]; parser: TlsParser } {
  const emitted: TlsSession[] = [];
  const parser = new TlsParser(5, (session) => emitted.push(session));
  pieces.forEach(({ from, bytes, packet }, i) => {
    const number = packet ?? i + 1;
    parser.data(from === 'client', bytes, 0, bytes.length, number, 10 * number);
  });
  parser.end(true, 'fin', 99, 990);
  expect(emitted).toEqual([]);
  parser.end(false, 'fin', 99, 990);
  expect(emitted).toEqual([parser.session]);
  return { session: parser.session, emitted, parser };
}

const finished = b.record(22, new Uint8Array(40).fill(0xab));
const hello = (more: b.HelloParts = {}, version = 0x0301): Uint8Array =>
  b.record(
    22,
    b.handshake(1, b.clientHello({ extensions: [b.serverName('www.example.test'), b.alpn('h2', 'http/1.1')], ...more })),
    version,
  );

const flight12 = [
  b.record(22, b.handshake(2, b.serverHello({ sessionId: new Uint8Array(32).fill(1), extensions: [b.alpn('h2')] }))),
  b.record(22, b.handshake(11, b.sized24(b.sized24(b.CERTIFICATE)))),
  b.record(22, join(b.handshake(12, new Uint8Array(100)), b.handshake(14, u8()))),
];
const full12: Piece[] = [
  client(hello()),
  server(...flight12),
  client(b.record(22, b.handshake(16, new Uint8Array(66))), b.changeCipherSpec, finished),
  server(b.changeCipherSpec, finished),
  client(b.applicationData(100)),
  server(b.applicationData(5000)),
  client(b.record(21, new Uint8Array(26).fill(0xcd))),
];

describe('TLS 1.2 (RFC 5246 §7.3)', () => {
  test('a full handshake', () => {
    expect(run(full12).session).toEqual({
      connection: 5,
      clientHelloPacket: 1,
      clientHelloFirstPacket: 1,
      clientHelloTime: 10,
      serverHelloPacket: 2,
      serverHelloTime: 20,
      firstApplicationDataPacket: 5,
      firstApplicationDataTime: 50,
      finishedPacket: 4,
      finishedTime: 40,
      clientFinishedTime: 30,
      sni: 'www.example.test',
      version: 'TLS 1.2',
      cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      cipherId: '0xc02f',
      alpnOffered: ['h2', 'http/1.1'],
      alpn: 'h2',
      resumed: false,
      certificateNames: ['www.example.test', '*.example.test', '192.0.2.1', '2001:db8::1'],
      // As "openssl x509 -text" shows it.
      certificates: [
        {
          subject: 'O=wirebook tests, CN=www.example.test',
          issuer: 'O=wirebook tests, CN=www.example.test',
          names: ['www.example.test', '*.example.test', '192.0.2.1', '2001:db8::1'],
          validFrom: '2026-11-20T13:47:54Z',
          validTo: '2126-10-27T13:47:54Z',
          keyType: 'ec',
          curve: 'prime256v1',
        },
      ],
      alpnVisible: true,
      // printf 1301,c02f | sha256sum
      ja4: 't12d0202h2_c1929292aa6b_000000000000',
      alerts: [{ packet: 7, time: 70, from: 'client', level: 'encrypted', description: 'encrypted' }],
      packets: [1, 2, 3, 4],
    });
  });

  test('resumed: the session id comes back, and the server finishes first (§7.3)', () => {
    const sessionId = new Uint8Array(32).fill(3);
    const { session } = run([
      client(hello({ sessionId })),
      server(b.record(22, b.handshake(2, b.serverHello({ sessionId }))), b.changeCipherSpec, finished),
      client(b.changeCipherSpec, finished, b.applicationData(10)),
    ]);
    expect(session).toMatchObject({ resumed: true, finishedPacket: 3, firstApplicationDataPacket: 3 });
    expect(session.certificateNames).toBeUndefined();
  });

  test('seen from the middle of the handshake: what follows the ServerHello tells whether it was resumed', () => {
    const sessionId = new Uint8Array(32).fill(3);
    const serverFirst = b.record(22, b.handshake(2, b.serverHello({ sessionId })));
    expect(run([server(serverFirst, b.changeCipherSpec, finished)]).session.resumed).toBe(true);
    expect(run([server(serverFirst, ...flight12.slice(1))]).session.resumed).toBe(false);
    expect(run([server(serverFirst)]).session.resumed).toBeUndefined();
  });

  test('messages in one record, one message in many records', () => {
    const messages = join(
      b.handshake(2, b.serverHello()),
      b.handshake(11, b.sized24(b.sized24(b.CERTIFICATE))),
      b.handshake(14, u8()),
    );
    const records: Uint8Array[] = [];
    for (let at = 0; at < messages.length; at += 50) records.push(b.record(22, messages.subarray(at, at + 50)));
    const { session } = run([client(hello()), server(b.record(22, messages))]);
    expect(run([client(hello()), server(...records)]).session).toEqual(session);
    expect(session.certificateNames?.[0]).toBe('www.example.test');
  });

  test('the ServerHello is there when its record is whole: the certificate behind it takes two more packets (§6.2.1)', () => {
    const flight = b.record(
      22,
      join(b.handshake(2, b.serverHello()), b.handshake(11, b.sized24(b.sized24(b.CERTIFICATE))), b.handshake(14, u8())),
    );
    const { session } = run([
      client(hello()),
      server(flight.subarray(0, 200)),
      server(flight.subarray(200, 300)),
      server(flight.subarray(300)),
    ]);
    expect(session).toMatchObject({ serverHelloPacket: 4, serverHelloTime: 40 });
    const cut = run([client(hello()), server(flight.subarray(0, 200)), server(flight.subarray(200, 300))]);
    expect(cut.session).toMatchObject({ serverHelloPacket: 2, cipherId: '0xc02f' });
  });

  test('hellos whose ends were not captured are told as far as they go', () => {
    const suites = [0xc02f, 0x1301, 0x0005];
    const versions = suites.map((suite) => {
      const parser = new TlsParser(5, () => {});
      const asking = hello();
      const answering = b.record(22, b.handshake(2, b.serverHello({ suite, extensions: [b.alpn('h2')] })));
      for (const [fromClient, bytes, packet, from] of [
        [true, asking, 1, 90],
        [false, answering, 2, 50],
      ] as const) {
        parser.data(fromClient, bytes, 0, from, packet, packet);
        parser.gap(fromClient, bytes.length - from, packet, packet);
      }
      const { session } = parser;
      expect(session).toMatchObject({
        clientHelloPacket: 1,
        serverHelloPacket: 2,
        cipherId: `0x${suite.toString(16).padStart(4, '0')}`,
      });
      expect([session.ja4, session.alpn]).toEqual([undefined, undefined]);
      return session.version;
    });
    expect(versions).toEqual(['TLS 1.2', 'TLS 1.3', 'TLS 1.2']);
    // Cut before the suite: nobody can tell TLS 1.2 from 1.3.
    const parser = new TlsParser(5, () => {});
    const answering = b.record(22, b.handshake(2, b.serverHello()));
    parser.data(false, answering, 0, 40, 1, 1);
    parser.gap(false, answering.length - 40, 1, 1);
    expect(parser.session).toMatchObject({ serverHelloPacket: 1 });
    expect([parser.session.version, parser.session.cipherId, parser.session.alpnVisible]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('an alert in the clear', () => {
    const { session } = run([client(hello()), server(b.alert(2, 40)), client(b.alert(1, 0))]);
    expect(session.alerts).toMatchObject([
      { packet: 2, from: 'server', level: 'fatal', description: 'handshake_failure' },
      { packet: 3, from: 'client', level: 'warning', description: 'close_notify' },
    ]);
    expect(session.packets).toEqual([1, 2, 3]);
  });

  test('a certificate that is none', () => {
    const broken = b.record(22, b.handshake(11, b.sized24(b.sized24(new Uint8Array(50).fill(0x30)))));
    expect(run([client(hello()), server(flight12[0], broken)]).session.certificateNames).toEqual([]);
  });
});

describe('TLS 1.3 (RFC 8446 §2)', () => {
  test.each([14, 16, 18, 21])('draft %i: the ServerHello has neither session id nor compression method', (draft) => {
    const share = b.extension(51, be16(29), b.sized16(new Uint8Array(32)));
    const { session } = run([client(hello()), server(b.record(22, b.handshake(2, b.draftServerHello(draft, 0x1302, share))))]);
    expect(session).toMatchObject({ version: `TLS 1.3 (draft ${draft})`, cipherId: '0x1302', cipher: 'TLS_AES_256_GCM_SHA384' });
  });

  const sh = b.serverHello({
    suite: 0x1301,
    extensions: [b.extension(43, be16(0x0304)), b.extension(51, be16(29), b.sized16(new Uint8Array(32)))],
  });
  const offer = { extensions: [b.serverName('www.example.test'), b.versions(0x0304, 0x0303), b.keyShares(29)] };
  const flight = [b.record(22, b.handshake(2, sh)), b.changeCipherSpec, b.applicationData(800), b.applicationData(53)];

  test("finished with the client's first record that can hold it; data begins with its next", () => {
    const { session } = run([
      client(hello(offer)),
      server(...flight),
      client(b.changeCipherSpec, b.applicationData(53)),
      server(b.applicationData(250), b.applicationData(250)),
      client(b.applicationData(90)),
      server(b.applicationData(5000)),
      client(b.applicationData(19)),
    ]);
    expect(session).toMatchObject({
      version: 'TLS 1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      cipherId: '0x1301',
      resumed: false,
      finishedPacket: 3,
      finishedTime: 30,
      firstApplicationDataPacket: 5,
      packets: [1, 2, 3],
      alerts: [],
    });
  });

  test('resumed by a pre-shared key, with early data', () => {
    const psk = b.serverHello({ suite: 0x1303, extensions: [b.extension(41, be16(0)), b.extension(43, be16(0x0304))] });
    const { session } = run([
      client(hello(offer), b.changeCipherSpec, b.applicationData(300)),
      server(b.record(22, b.handshake(2, psk)), b.changeCipherSpec, b.applicationData(80), b.applicationData(300)),
      client(b.applicationData(21), b.applicationData(53)),
      client(b.applicationData(90)),
    ]);
    expect(session).toMatchObject({ resumed: true, firstApplicationDataPacket: 1, finishedPacket: 3, alerts: [] });
  });

  test('HelloRetryRequest: the first ClientHello counts, the second ServerHello', () => {
    const retry = b.serverHello({
      random: b.RETRY_RANDOM,
      suite: 0x1302,
      extensions: [b.extension(43, be16(0x0304)), b.extension(51, be16(23))],
    });
    const { session } = run([
      client(hello(offer)),
      server(b.record(22, b.handshake(2, retry)), b.changeCipherSpec),
      client(b.changeCipherSpec, hello(offer, 0x0303)),
      server(...flight),
      client(b.applicationData(53)),
    ]);
    expect(session).toMatchObject({
      clientHelloPacket: 1,
      helloRetryPacket: 2,
      serverHelloPacket: 4,
      cipherId: '0x1301',
      finishedPacket: 5,
    });
    expect(session.packets).toEqual([1, 2, 3, 4, 5]);
  });

  test('the client refuses the certificate: its first record is too short for a Finished', () => {
    const { session } = run([client(hello(offer)), server(...flight), client(b.applicationData(19))]);
    expect(session.alerts).toMatchObject([{ packet: 3, from: 'client', level: 'encrypted', description: 'encrypted' }]);
    expect(session.finishedPacket).toBeUndefined();
  });

  test('a draft version, an unknown suite, GREASE', () => {
    const draft = b.serverHello({ suite: 0x1a1a, extensions: [b.extension(43, be16(0x7f1c))] });
    expect(run([client(hello(offer)), server(b.record(22, b.handshake(2, draft)))]).session).toMatchObject({
      version: 'TLS 1.3 (draft 28)',
      cipher: 'GREASE (0x1a1a)',
    });
  });
});

describe('pieces', () => {
  test('a ClientHello split at every byte is the same, and is where its last byte is', () => {
    const whole = hello({ extensions: [b.serverName('www.example.test'), b.alpn('h2'), b.keyShares(4588, 29)] });
    const rest = full12.slice(1).map((piece, i) => ({ ...piece, packet: 10 + i }));
    const at = (pieces: Piece[]) => run([...pieces, ...rest]).session;
    const one = at([{ from: 'client', bytes: whole, packet: 2 }]);
    expect([one.clientHelloFirstPacket, one.clientHelloPacket, one.sni]).toEqual([2, 2, 'www.example.test']);
    for (let cut = 1; cut < whole.length; cut++) {
      const two = at([
        { from: 'client', bytes: whole.subarray(0, cut), packet: 1 },
        { from: 'client', bytes: whole.subarray(cut), packet: 2 },
      ]);
      // The hello begins behind the record's header.
      const first = cut > 5 ? 1 : 2;
      expect(two).toEqual({
        ...one,
        clientHelloFirstPacket: first,
        clientHelloTime: 10 * first,
        packets: cut >= 5 ? [1, ...one.packets] : one.packets,
      });
    }
  });

  test('the whole conversation in single bytes', () => {
    const one = run(full12).session;
    const parser = new TlsParser(5, () => {});
    full12.forEach(({ from, bytes }, i) => {
      for (let at = 0; at < bytes.length; at++) parser.data(from === 'client', bytes, at, at + 1, i + 1, 10 * (i + 1));
    });
    expect(parser.session).toEqual(one);
  });

  test('a late segment: the hello is where it became readable', () => {
    const whole = hello();
    const { session } = run([
      { from: 'client', bytes: whole.subarray(0, 60), packet: 5 },
      { from: 'client', bytes: whole.subarray(60), packet: 4 },
    ]);
    expect([session.clientHelloFirstPacket, session.clientHelloPacket, session.clientHelloTime]).toEqual([4, 5, 40]);
  });

  test('roles the wrong way round are put right by the hellos', () => {
    const swapped = full12.map((piece): Piece => ({ ...piece, from: piece.from === 'client' ? 'server' : 'client' }));
    expect(run(swapped).session).toEqual(run(full12).session);
  });

  test('the SSL 2.0 form of the ClientHello, split at every byte', () => {
    const old = b.oldClientHello();
    for (let cut = 1; cut <= old.length; cut++) {
      const { session } = run([client(old.subarray(0, cut)), client(old.subarray(cut)), server(...flight12)]);
      expect(session).toMatchObject({ clientHelloPacket: cut === old.length ? 1 : 2, serverHelloPacket: 3, resumed: false });
    }
  });
});

describe('holes', () => {
  const gapIn = (skip: number, length: number): TlsSession => {
    const parser = new TlsParser(1, () => {});
    const up = hello();
    parser.data(true, up, 0, up.length, 1, 10);
    const down = join(...flight12, b.changeCipherSpec, finished, b.applicationData(3000), b.applicationData(2000));
    parser.data(false, down, 0, skip, 2, 20);
    parser.gap(false, length, 3, 30);
    parser.data(false, down, skip + length, down.length, 3, 30);
    return parser.session;
  };

  test('inside a record whose bytes nobody needs: nothing is lost', () => {
    const start = join(...flight12, b.changeCipherSpec, finished).length;
    expect(gapIn(start + 5, 1000)).toMatchObject({
      serverHelloPacket: 2,
      certificateNames: ['www.example.test', '*.example.test', '192.0.2.1', '2001:db8::1'],
    });
  });

  test('inside the certificate: the messages behind it are still found', () => {
    const session = gapIn(flight12[0].length + 30, 100);
    expect(session).toMatchObject({ serverHelloPacket: 2, resumed: false });
    expect(session.certificateNames).toBeUndefined();
  });

  test('over record borders: goes on at the next header', () => {
    const parser = new TlsParser(1, () => {});
    const down = join(...flight12, b.changeCipherSpec, finished, b.applicationData(3000), b.applicationData(2000));
    parser.data(false, down, 0, 20, 1, 10);
    const at = join(...flight12, b.changeCipherSpec, finished).length - 3;
    parser.gap(false, at - 20, 2, 20);
    parser.data(false, down, at, down.length, 2, 20);
    expect(parser.session).toMatchObject({ firstApplicationDataPacket: 2 });
  });

  test('a stream that begins in the middle of a record', () => {
    const bytes = join(new Uint8Array(700).fill(0x42), b.applicationData(300), b.applicationData(300));
    const { session } = run([server(bytes)]);
    expect(session).toMatchObject({ firstApplicationDataPacket: 1, packets: [] });
  });
});

describe('bounds', () => {
  test('a message of 16 MB that never comes takes no memory', () => {
    const parser = new TlsParser(1, () => {});
    const begin = b.record(22, join(u8(1, 0xff, 0xff, 0xff), new Uint8Array(16_000)));
    for (let i = 0; i < 100; i++) parser.data(true, begin, 0, begin.length, i, i);
    expect(parser.session.clientHelloPacket).toBeUndefined();
  });

  test('lists are capped', () => {
    const parser = new TlsParser(1, () => {});
    const bytes = b.alert(1, 90);
    for (let i = 1; i <= LIST_LIMIT + 50; i++) parser.data(true, bytes, 0, bytes.length, i, i);
    expect([parser.session.alerts.length, parser.session.packets.length]).toEqual([LIST_LIMIT, LIST_LIMIT]);
    const protocols = hello({ extensions: [b.alpn(...Array.from({ length: 200 }, (_, i) => `p${i}`))] });
    expect(run([client(protocols)]).session.alpnOffered).toHaveLength(64);
  });

  test('application data is stepped over, not read', () => {
    const parser = new TlsParser(1, () => {});
    const untouchable = new Proxy(new Uint8Array(0), {
      get() {
        throw new Error('read');
      },
    });
    parser.data(false, b.applicationData(16_000), 0, 2000, 1, 10);
    for (let i = 2; i < 9; i++) parser.data(false, untouchable, 0, 1460, i, 10 * i);
    expect(parser.session.firstApplicationDataPacket).toBe(1);
  });

  test('let go early, it is emitted once', () => {
    const emitted: TlsSession[] = [];
    const parser = new TlsParser(1, (session) => emitted.push(session));
    parser.finish();
    parser.end(true, 'reset', 1, 1);
    parser.end(false, 'reset', 1, 1);
    expect(emitted).toHaveLength(1);
  });
});

describe('told from other protocols by the first bytes', () => {
  const guess = (bytes: Uint8Array) => TlsParser.guess(bytes, 0, bytes.length);

  test('records of a start and of the middle, the old form, and what is none', () => {
    expect([hello(), b.applicationData(9), b.alert(2, 40), b.changeCipherSpec, b.oldClientHello()].map(guess)).toEqual([
      'yes',
      'yes',
      'yes',
      'yes',
      'yes',
    ]);
    expect([text('GET / HTTP/1.1'), text('SSH-2.0-x'), u8(0x16, 3, 9), u8(0x17, 2), u8(0x80, 1, 4)].map(guess)).toEqual([
      'no',
      'no',
      'no',
      'no',
      'no',
    ]);
    expect(guess(b.record(22, u8(99, 0, 0, 0)))).toBe('no');
    expect(guess(b.record(20, u8(1, 1)))).toBe('no');
    for (let n = 0; n < 6; n++) expect(guess(hello().subarray(0, n))).toBe('more');
    for (let n = 1; n < 11; n++) expect(guess(b.oldClientHello().subarray(0, n))).toBe('more');
  });
});
