import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { follow } from '../../src/session/follow.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { eth, ipv4, tcp, text } from '../frames.ts';
import { pcapOf, readCaptures } from '../rules/judge.ts';

const client = (flags: string, sequence: number, acknowledgment: number, payload = ''): Uint8Array =>
  eth(
    {},
    ipv4(
      { source: '10.0.0.1', destination: '10.0.0.2' },
      tcp({ sourcePort: 40000, destinationPort: 80, flags, sequence, acknowledgment }, text(payload)),
    ),
  );
const server = (flags: string, sequence: number, acknowledgment: number, payload = ''): Uint8Array =>
  eth(
    {},
    ipv4(
      { source: '10.0.0.2', destination: '10.0.0.1' },
      tcp({ sourcePort: 80, destinationPort: 40000, flags, sequence, acknowledgment }, text(payload)),
    ),
  );

const OPEN: [number, Uint8Array][] = [
  [0, client('S', 100, 0)],
  [0.01, server('SA', 500, 101)],
  [0.02, client('A', 101, 501)],
];

async function followed(packets: [number, Uint8Array][]) {
  const [records] = await readCaptures([pcapOf([...OPEN, ...packets])]);
  try {
    return follow(records, 0);
  } finally {
    records.close();
  }
}

describe('following a stream', () => {
  test('tells who said what, in order, what was sent again left out', async () => {
    const turns = await followed([
      [0.03, client('PA', 101, 501, 'hello ')],
      [0.04, client('PA', 112, 501, 'again')],
      [0.05, client('PA', 107, 501, 'once ')],
      [0.06, client('PA', 101, 501, 'hello ')],
      [0.07, server('PA', 501, 117, 'yes')],
    ]);
    expect(turns.map(({ from, lines, bytes }) => ({ from, lines, bytes }))).toEqual([
      { from: 'client', lines: ['hello once again'], bytes: 16 },
      { from: 'server', lines: ['yes'], bytes: 3 },
    ]);
  });

  test('says how many bytes the capture has lost', async () => {
    const turns = await followed([
      [0.03, client('PA', 101, 501, 'one')],
      [0.04, client('PA', 114, 501, 'three')],
    ]);
    expect(turns.map(({ lines, missing }) => [lines[0], missing])).toEqual([
      ['one', 0],
      ['three', 10],
    ]);
  });

  test('hides cookies and authorisation', async () => {
    const turns = await followed([
      [0.03, client('PA', 101, 501, 'GET / HTTP/1.1\r\nHost: a\r\nCookie: s3cret=1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n')],
      [0.04, server('PA', 501, 101, 'HTTP/1.1 200 OK\r\nSet-Cookie: s3cret=2\r\nContent-Length: 2\r\n\r\nok')],
    ]);
    const said = turns.flatMap(({ lines }) => lines).join('\n');
    expect(said).toContain('Host: a');
    expect(said).toContain('\nok');
    expect(said).not.toMatch(/s3cret|c2VjcmV0/);
  });

  test('hides them where the head is cut, folded, or goes on behind a hole', async () => {
    const cut = await followed([[0.03, client('PA', 101, 501, 'GET / HTTP/1.1\r\nHost: a\r\nCookie: s3cret=1; b=s3')]]);
    const folded = await followed([
      [0.03, client('PA', 101, 501, 'GET / HTTP/1.1\nAuthorization: Digest\n  s3cret="1"\nHost: a\n\n')],
    ]);
    const hole = await followed([
      [0.03, client('PA', 101, 501, 'GET / HTTP/1.1\r\nHost: a\r\n')],
      [0.04, client('PA', 140, 501, '3cret; c=s3\r\nAccept: b\r\nCookie: s3cret=1\r\n\r\n')],
    ]);
    for (const turns of [cut, folded, hole]) {
      const said = turns.flatMap(({ lines }) => lines).join('\n');
      expect(said).toContain('Host: a');
      expect(said).toContain('(hidden by wirebook)');
      expect(said).not.toContain('s3');
    }
    expect(hole.at(-1)?.lines).toContain('Accept: b');
  });

  test('says what the snapshot length cut off', async () => {
    const turns = await followed([
      [0.03, client('PA', 101, 501, 'one two').subarray(0, 14 + 20 + 20 + 3)],
      [0.04, client('PA', 108, 501, 'three')],
    ]);
    expect(turns.map(({ lines, missing }) => [lines[0], missing])).toEqual([
      ['one', 0],
      ['three', 4],
    ]);
  });

  test('tells messages apart by their framing', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n';
    const unchanged = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 90\r\n\r\n';
    const turns = await followed([[0.03, server('PA', 501, 101, `${chunked}${unchanged}HTTP/1.1 204 No Content\r\n\r\n`)]]);
    expect(turns[0].lines).toEqual([
      'HTTP/1.1 200 OK',
      'Transfer-Encoding: chunked',
      '',
      '',
      'hi',
      'HTTP/1.1 304 Not Modified',
      'Content-Length: 90',
      '',
      '',
      'HTTP/1.1 204 No Content',
      '',
      '',
    ]);
  });

  test('shows a compressed, chunked body as its sender wrote it', async () => {
    const [records] = await readCaptures([join(FIXTURES, 'chunked-gzip', 'client.pcap')]);
    try {
      const said = follow(records, 0).flatMap(({ lines }) => lines);
      expect(said[0]).toMatch(/^GET /);
      expect(said).toContain('Content-Encoding: gzip');
      expect(said.join('\n')).toMatch(/<html|<!doctype|[a-z]{3,} [a-z]{3,}/i);
      expect(said.join('\n')).not.toContain('\ufffd');
    } finally {
      records.close();
    }
  });
});
