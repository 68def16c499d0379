// What somebody wants to know, on real captures: each within six keys of the start, at 80x24.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES, truthOf } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import { FakeSession as Fake } from './fake.ts';

async function on(scenario: string, options: ConstructorParameters<typeof Drive>[1] = {}): Promise<Drive> {
  const session = new FileSession(await openCapture(join(FIXTURES, scenario, 'client.pcap'), { keep: true }));
  while (await session.step());
  return new Drive(session as unknown as Fake, options);
}

describe('within six keys', () => {
  test('why did the connection end? The timeline tells, and a RST from between is suspected by its TTL', async () => {
    expect((await on('cold-http')).press('Enter').text()).toContain('End    FIN by both, client first (16–18)');
    // The lab's truth: the router "isp" sent it in the server's name; the server is two routers away.
    const reset = (await on('reset-middlebox')).press('Enter').text();
    expect(reset).toContain("End    reset, server first (11); TTL 63, not the server's 62: somebody between?");
    expect((await on('reset-server')).press('Enter').text()).not.toContain('somebody between');
    expect((await on('nxdomain')).press('Enter').text()).toMatch(/End +the lookup was answered with NXDOMAIN/);
  });

  test('how many routers lie between?', async () => {
    expect((await on('cold-http')).press('Enter').text()).toContain("client's packets 0 (64), server's 2 (62)");
  });

  test('is the documented flow true of this stage?', async () => {
    const drive = (await on('cold-http')).press('Enter j j');
    expect(drive.text()).toMatch(/the book here: ✓2 ✗2 \(7 shows it\)/);
    expect(drive.press('7').text()).toMatch(/> TCP 32\.850 +✓ confirmed +R-TCP-1/);
    expect(drive.press('n').text()).toMatch(/> TCP 32\.850 +✗ contradicted +R-TCP-2/);
    expect(drive.press('n').text()).toMatch(/> .*✗ contradicted +R-TCP-4/);
    expect(drive.press('N').text()).toMatch(/> .*✗ contradicted +R-TCP-2/);
  });

  test('on a wide screen each stage has its verdicts beside it', async () => {
    const text = (await on('cold-http', { width: 120 })).press('Enter').text();
    expect(text).toMatch(/t TCP connect .* ✓2 ✗2 /);
    expect(text).toMatch(/d DNS lookup .* ✓5 /);
  });

  test('the lens of a journey shows its request', async () => {
    expect((await on('cold-http')).press('e').text()).toContain('Packet 10, 144 bytes: 66 of them are wrapping around http');
  });

  test('the summary has the packets over time, bytes by protocol, and how long stages took', async () => {
    const text = (await on('page-parallel')).press('6').text();
    for (const head of ['Packets per second', 'Bytes by protocol', 'Stage times']) expect(text).toContain(head);
    // The lab's ways take 12 ms there and 12 back; three connections were opened.
    expect(text).toMatch(/t TCP +3 +24\.\d ms +33\.\d ms +33\.\d ms/);
    expect(text).toMatch(/w wait +6 +24\.\d ms/);
  });

  test('which packets were sent again?', async () => {
    const session = (await on('losses')).press('0');
    const again = [0, 1, 2, 3, 4].flatMap((id) => session.session.connection(id)?.retransmissions ?? []);
    expect(again.length).toBeGreaterThan(0);
    const seen: string[] = [];
    for (let id = 0; id < 5; id++)
      seen.push(
        ...(session
          .press(id === 0 ? 'g' : 'j')
          .text()
          .match(/sent again \d+ \(([^)]*)\)/)?.[1]
          .split(',') ?? []),
      );
    expect(seen.map(Number)).toEqual(again);
  });

  test('whom each attempt went to: the ladder has a lane for each server, and one for the client, whatever its address', async () => {
    const text = (await on('happy-eyeballs-hole')).press('9').text();
    expect(text).toMatch(/ 9 .*│──\[SYN\].*>│ /);
    expect(text).toMatch(/ 10 .*│──\[SYN\].*>│ *$/m);
    expect(text.split('\n')[1]).toContain('192.0.2.80');
  });

  test('the whole end of a connection, its port, and rates in whole bytes', async () => {
    const text = (await on('closes')).press('0').text();
    expect(text).toMatch(/> +0 192\.168\.\S*…:42756 192\.0\.2\.81:8080/);
    expect(text).toContain('192.168.0.10:42756 → 192.0.2.81:8080 · FIN by both, client first (14–17)');
    expect(text).toContain('from client 77 B, 60 B/s (6)  from server 266 B, 207 B/s (5)');
  });
});

describe('filters of the short lists', () => {
  test('the book, by a verdict and by a word; Esc shows all again', async () => {
    const drive = (await on('cold-http')).press('7 /').type('contradicted syn');
    expect(drive.lines()[22]).toMatch(/Filter: contradicted syn/);
    expect(drive.press('Enter').text()).toMatch(/> .*✗ contradicted +R-TCP-2/);
    expect(drive.text()).not.toContain('✓ confirmed ');
    expect(drive.press('Enter').model.screen).toBe('packets');
    expect(drive.press('Esc Esc').text()).toContain('✓ confirmed ');
    expect(drive.press('/').type('zzz').press('Enter').text()).toContain('zzz');
    expect(drive.text()).not.toContain('R-TCP-1 ');
  });

  test('the waterfall, in the language of journeys', async () => {
    const drive = (await on('page-parallel')).press('8 /').type('css').press('Enter');
    expect(drive.text()).toMatch(/> +GET www.my-app.com\/one…/);
    expect(drive.text()).not.toContain('….html');
    expect(drive.press('Enter').text()).toContain('GET http://www.my-app.com/one.css');
    expect(drive.press('Esc Esc').text()).toContain('….html');
  });

  test('the problems', () => {
    const problems = [
      { code: 'truncated-file', message: 'The file ends inside packet 48', packet: 48, offset: 38991 },
      { code: 'bad-block', message: 'Block at 1840: length 70', offset: 1840 },
    ];
    const drive = new Drive(new Fake({ problems })).press('5 /').type('block').press('Enter');
    expect(drive.text()).toContain('bad-block');
    expect(drive.text()).not.toContain('truncated-file');
    expect(drive.press('Esc').text()).toContain('truncated-file');
  });
});

describe('what went wrong on the wire is one key away', () => {
  test('packets that were sent again, as the lab dropped the first ones', async () => {
    const drive = (await on('losses')).press('5');
    expect(drive.selected()).toMatch(/TCP +4 +14 Retransmission/);
    // tshark 4.0.17: tcp.analysis.retransmission.
    expect(drive.press('Enter').model.numbers).toEqual([14, 25, 29, 41]);
    expect(drive.selected()).toContain('[TCP Retransmission]');
    expect(drive.press('Esc').model.screen).toBe('problems');
  });

  test('answers that tell of errors, as the server logged them', async () => {
    const { server } = truthOf('http-errors');
    const failed = server.filter(({ status }) => status >= 500).length;
    const drive = (await on('http-errors')).press('5 /').type('500').press('Enter');
    expect(drive.selected()).toMatch(new RegExp(`journey +${failed} +answers 500 to 599`));
    drive.press('Enter');
    expect(drive.model.screen).toBe('journeys');
    expect(drive.model.matches?.indices).toHaveLength(failed);
  });

  test('nothing is said to be wrong where nothing is', async () => {
    expect((await on('cold-http')).press('5').text()).toContain('Nothing is wrong with this capture, and nothing went wrong');
  });
});

describe('the screens by name in the title bar', () => {
  test.each([80, 100, 120, 160, 200])('every screen is named, %i columns wide, in both languages', async (width) => {
    const drive = await on('cold-http', { width });
    expect(drive.lines()[0]).toMatch(/1 ?J.*2 ?T.*3 ?P.*4 ?P.*5 ?P.*6 ?S.*7 ?B.*8 ?[WF].*9 ?L.*0 ?C.*DNS.*f ?S.*d ?[CD].*e ?L/);
    expect(drive.press('L').lines()[0]).toMatch(/1 ?여정.*7 ?책.*0 ?연결.*DNS.*e ?렌즈/);
  });
});
