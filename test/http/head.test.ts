import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEAD_LIMIT, HEADER_LINES_LIMIT, Head, MORE, NONE, scanHead } from '../../src/dissect/http/head.ts';
import { brief, byteByByte, c, play, s } from './dialogue.ts';

const scan = (text: string, response = false, partial = false) => {
  const bytes = Buffer.from(text, 'latin1');
  const head = new Head();
  const end = scanHead(head, bytes, 0, bytes.length, response, partial);
  const at = (from: number, to: number) => (to === 0 ? undefined : bytes.toString('latin1', from, to));
  return { head, end, at };
};

test('every part lies where it says', () => {
  const text =
    'POST /a?b HTTP/1.1\r\nHOST: x.example:80 \r\nContent-Length: 12\r\nconnection: Keep-Alive, UPGRADE\r\nUpgrade:\twebsocket\r\n' +
    'Referer: r\r\nContent-Type: t\r\nContent-Encoding: br\r\nExpect: 100-Continue\r\n\r\nbody';
  const { head, end, at } = scan(text);
  expect(text.slice(end)).toBe('body');
  expect(at(head.at, head.methodEnd)).toBe('POST');
  expect(at(head.targetAt, head.targetEnd)).toBe('/a?b');
  expect(at(head.at, head.lineEnd)).toBe('POST /a?b HTTP/1.1');
  expect(at(head.hostAt, head.hostEnd)).toBe('x.example:80');
  expect(at(head.upgradeAt, head.upgradeEnd)).toBe('websocket');
  expect(at(head.refererAt, head.refererEnd)).toBe('r');
  expect(at(head.contentTypeAt, head.contentTypeEnd)).toBe('t');
  expect(at(head.contentEncodingAt, head.contentEncodingEnd)).toBe('br');
  expect(head).toMatchObject({ version: 11, contentLength: 12, connectionUpgrade: true, keepAlive: true, close: false });
  expect(head).toMatchObject({ expectContinue: true, lines: 8, plain: true, transferEncoding: false });
});

test('a status line and its reason', () => {
  const { head, end, at } = scan('\r\n\nHTTP/1.0 404 Not  Found \r\nLocation: /l\n\n', true);
  expect(at(head.reasonAt, head.reasonEnd)).toBe('Not  Found');
  expect(at(head.locationAt, head.locationEnd)).toBe('/l');
  expect(at(head.statusAt, head.statusAt + 3)).toBe('404');
  expect([head.status, head.version, end]).toEqual([404, 10, 43]);
});

test('names that only begin or end like those that count', () => {
  const { head } = scan(
    'GET / HTTP/1.1\r\nX-Host: a\r\nHostname: b\r\nContent-Length-X: 1\r\nContent\rLength: 5\r\nLocationx: c\r\nHost\r\n: d\r\nTe: x\r\n\r\n',
  );
  expect([head.hostEnd, head.contentLength, head.locationEnd]).toEqual([0, -1, 0]);
  const spaced = scan('GET / HTTP/1.1\r\nHost : a\r\nContent-Length\t: 7\r\n\r\n');
  expect([spaced.at(spaced.head.hostAt, spaced.head.hostEnd), spaced.head.contentLength]).toEqual(['a', 7]);
});

test('the first Host counts; an empty value is none', () => {
  const { head, at } = scan('GET / HTTP/1.1\r\nHost:\r\nHost: a\r\nHost: b\r\nReferer:  \r\n\r\n');
  expect([at(head.hostAt, head.hostEnd), head.refererEnd]).toEqual(['a', 0]);
});

test('no end yet, wherever it is cut; no start line at all', () => {
  const text = 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n';
  for (let cut = 0; cut < text.length; cut++) expect(scan(text.slice(0, cut)).end).toBe(MORE);
  expect(scan(text).end).toBe(text.length);
  for (const line of [
    '\x00',
    'GET',
    ' GET / HTTP/1.1',
    'G\x01T / HTTP/1.1',
    `${'x'.repeat(40)} / HTTP/1.1`,
    'GET / HTTP/3.0',
    ': x',
    'HTTP/1.1 200 OK',
  ])
    expect(scan(`${line}\r\n\r\n`).end, line).toBe(line === 'GET' ? 7 : NONE);
  for (const line of [
    'HTTP/1.1 20',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 099',
    'HTTP/2.0 200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1\t200 OK',
    'HTTP/1.1 2x0 OK',
  ])
    expect(scan(`${line}\r\n\r\n`, true).end, line).toBe(NONE);
});

test('never reads behind its range', () => {
  const text = 'GET / HTTP/1.1\r\nHost: abcdef\r\nContent-Length: 123456\r\n\r\n';
  for (let end = 0; end <= text.length; end++) {
    const bytes = Buffer.from(text);
    const reads: number[] = [];
    const watched = new Proxy(bytes, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads.push(Number(key));
        return Reflect.get(target, key, target);
      },
    });
    scanHead(new Head(), watched, 0, end, false, true);
    expect(Math.max(0, ...reads), `range to ${end}`).toBeLessThan(Math.max(1, end));
  }
});

test('a head of 64 KiB and more, in pieces', () => {
  for (const size of [65_536, HEAD_LIMIT - 200]) {
    const big = `GET /big HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(size)}\r\nContent-Length: 3\r\n\r\nabc`;
    const answer = s(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(size)}\r\nContent-Length: 2\r\n\r\nok`);
    const inPieces = (bytes: Buffer): Buffer[] => {
      const out: Buffer[] = [];
      for (let i = 0; i < bytes.length; i += 1448) out.push(bytes.subarray(i, i + 1448));
      return out;
    };
    const result = play([c(big), answer], inPieces);
    expect(brief(result)).toEqual(['GET /big +3 > 200 (2 bytes, length)']);
    expect(result.carried).toBe(0);
  }
});

test('a head beyond the limit is read as far as that, and skipped', () => {
  const steps = [
    c(`GET /big HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(HEAD_LIMIT)}`),
    c('y\r\n\r\n'),
    s('HTTP/1.1 431 X\r\nContent-Length: 0\r\n\r\n'),
  ];
  const result = play([...steps, c('GET /2 HTTP/1.1\r\n\r\n'), s('HTTP/1.1 204 X\r\n\r\n')]);
  expect(brief(result)).toEqual(['GET /big > 431 (0 bytes, length)', 'GET /2 > 204 (0 bytes, none)']);
  expect(result.exchanges[0].host).toBe('a');
  expect(result.problems).toContain('http-head-too-long');
});

test('a million tiny header lines: bounded, and read once', () => {
  const lines = Buffer.from(`GET /lines HTTP/1.1\r\n${'a:\n'.repeat(1_000_000)}\n`);
  const head = new Head();
  expect(scanHead(head, lines, 0, lines.length, false)).toBe(lines.length);
  expect(head.lines).toBe(1_000_000);
  const late = Buffer.from(`GET / HTTP/1.1\n${'a:\n'.repeat(HEADER_LINES_LIMIT)}Host: late\n\n`);
  scanHead(head, late, 0, late.length, false);
  expect(head.hostEnd).toBe(0);
  for (const pieces of [undefined, byteByByte]) {
    const result = play([c(lines.subarray(0, 500_000)), c(lines.subarray(500_000))], pieces);
    expect(brief(result)).toEqual(['GET /lines > nothing']);
    expect(result.carried).toBe(0);
  }
});

test('lists of empty parts do not go deep', () => {
  for (const name of ['Connection', 'Transfer-Encoding', 'Content-Length']) {
    const { end } = scan(`GET / HTTP/1.1\r\n${name}: ${',; ,'.repeat(60_000)}\r\n\r\n`);
    expect(end).toBeGreaterThan(240_000);
  }
});

test('lines end at their line feeds wherever these lie, and only heads without folds and high bytes are plain', () => {
  const line = fc
    .array(fc.constantFrom('\x00', '\t', '\v', '\r', ' ', 'a', '\x8a', '\xff'), { maxLength: 9 })
    .map((list) => list.join(''));
  fc.assert(
    fc.property(fc.nat(8), fc.array(line, { maxLength: 6 }), fc.boolean(), fc.nat(5), (before, lines, cut, behind) => {
      const fields = lines.map((text) => `x:${text}`).join('\n');
      const text = `GET / HTTP/1.1\n${fields}${lines.length > 0 ? '\n' : ''}${cut ? '' : '\n'}`;
      const bytes = Buffer.from('\n'.repeat(before) + text + 'z\n\n\xff'.repeat(behind), 'latin1');
      const head = new Head();
      const end = scanHead(head, bytes, before, before + text.length, false);
      expect(end).toBe(cut ? MORE : before + text.length);
      expect(head.lines).toBe(lines.length);
      if (!cut) expect(head.plain).toBe(!/[\x80-\xff]/.test(text));
    }),
  );
  expect(scan('GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n').head.plain).toBe(false);
});

test('a head reads the same wherever it lies in whatever array, whatever stands behind it', () => {
  const text = 'GET / HTTP/1.1\r\nHost: a\r\nVia:b\r\nX-Real-IP : c\r\nConnection: close\r\nContent-Length: 7\r\n\r\n';
  for (let before = 0; before < 20; before++)
    for (let behind = 0; behind < 20; behind++) {
      const buffer = Buffer.from('\xff'.repeat(before) + text + '\xff'.repeat(behind), 'latin1');
      for (const bytes of [buffer, new Uint8Array(buffer)]) {
        const head = new Head();
        expect(scanHead(head, bytes, before, before + text.length, false)).toBe(before + text.length);
        expect(head).toMatchObject({ version: 11, lines: 5, fields: 1 + 32 + 128, close: true, contentLength: 7, plain: true });
        expect([head.hostAt - before, head.hostEnd - before]).toEqual([22, 23]);
      }
    }
});

test('a byte that differs from a dash or a colon by the bit that makes a small letter is none', () => {
  for (const line of ['content\rlength: 5', 'x\rreal-ip: 1', 'content-length\x1a 5', 'connection\x1a close']) {
    const { head } = scan(`GET / HTTP/1.1\r\n${line}\r\n\r\n`);
    expect([head.contentLength, head.fields]).toEqual([-1, 0]);
  }
});
