import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { joined, pcapHeader, pcapRecord } from '../capture/build.ts';
import { udpFrame } from '../frames.ts';
import { clientHello, crypto, firstInitial, ID, shortPacket } from '../quic/build.ts';
import { datagram } from '../quic/drive.ts';

test('a short header is QUIC where the packets before were; the same bytes alone are UDP', async () => {
  const short = shortPacket(ID);
  const frames = [
    datagram(['>', firstInitial({ frames: crypto(0, clientHello('a.example')) })]),
    datagram(['>', short]),
    datagram(['<', shortPacket(new Uint8Array(0))]),
    udpFrame({ from: '10.0.0.1:50001', to: '10.0.0.2:443', payload: short }),
  ];
  const directory = mkdtempSync(join(tmpdir(), 'wirebook-quic-'));
  try {
    const file = join(directory, 'a.pcap');
    writeFileSync(
      file,
      joined(pcapHeader(), ...frames.map((bytes, i) => pcapRecord({ seconds: 1_600_000_000 + i, fraction: 0, data: bytes }))),
    );
    const session = new FileSession(await openCapture(file, { keep: true }));
    while (await session.step());
    const rows = [1, 2, 3, 4].map((n) => session.packetSummary(n));
    expect(rows.map((row) => row?.protocol)).toEqual(['QUIC', 'QUIC', 'QUIC', 'UDP']);
    expect(rows[1]?.info).toContain('Protected Payload');
    const layer = session.packet(2)?.layers.at(-1);
    expect([layer?.protocol, layer?.at, layer?.end]).toEqual(['quic', 42, 42 + short.length]);
    session.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
